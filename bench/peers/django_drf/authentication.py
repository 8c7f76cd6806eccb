"""The bearer token as Django REST framework takes it."""

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from bench.peers import bearer


class Bearer(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[object, None]:
        try:
            return bearer.learner(request.headers.get("authorization", "")), None
        except bearer.Refused as refused:
            raise AuthenticationFailed from refused
