"""Plug the catalogue into whoever asks for it."""

from functools import cache

from dishka import AnyOf, Provider, Scope, provide

from skillbridge.adapters.catalogue.catalogue import load
from skillbridge.domain.resources.catalogue import Catalogue
from skillbridge.domain.roadmaps.syllabus import Syllabus


@cache
def ours() -> Catalogue:
    return load()


class CatalogueProvider(Provider):
    """Read once per process; to resources it is the catalogue, to roadmaps the syllabus."""

    scope = Scope.APP

    @provide
    def catalogue(self) -> AnyOf[Catalogue, Syllabus]:
        return ours()
