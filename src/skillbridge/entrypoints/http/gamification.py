"""/v1/badges and /v1/me/badges: what there is to earn, and what is earned."""

from dishka import FromDishka
from litestar import Router

from skillbridge.application.gamification.badges import ListBadges, ListTrophies
from skillbridge.application.gamification.views import BadgeView, Trophy
from skillbridge.domain.actor import Actor
from skillbridge.entrypoints.http.auth import needs
from skillbridge.entrypoints.http.inject import inject
from skillbridge.entrypoints.http.operations import get


@get("/badges", operation_id="ListBadges", guards=[needs("badges:read")])
@inject
async def list_badges(
    actor: FromDishka[Actor], badges: FromDishka[ListBadges]
) -> tuple[BadgeView, ...]:
    """Every badge with the deeds it takes, and how near you are to it."""
    return await badges(actor)


@get("/me/badges", operation_id="ListTrophies", guards=[needs("badges:read")])
@inject
async def list_trophies(
    actor: FromDishka[Actor], trophies: FromDishka[ListTrophies]
) -> tuple[Trophy, ...]:
    """The badges you have. They are awarded by themselves, moments after the deed."""
    return await trophies(actor)


routes = Router("/v1", route_handlers=[list_badges, list_trophies], tags=["gamification"])
