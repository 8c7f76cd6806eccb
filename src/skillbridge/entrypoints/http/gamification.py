"""/v1/badges and /v1/me/badges: what there is to earn, and what is earned."""

from dishka import FromDishka
from litestar import Router

from skillbridge.application.gamification.badges import ListAwards, ListBadges
from skillbridge.application.gamification.views import Award, BadgeView
from skillbridge.domain.actor import Actor
from skillbridge.entrypoints.http.server.auth import needs
from skillbridge.entrypoints.http.server.operations import get


@get("/badges", guards=[needs("badges:read")])
async def list_badges(
    actor: FromDishka[Actor], badges: FromDishka[ListBadges]
) -> tuple[BadgeView, ...]:
    """Every badge with the activity it takes, and how near you are to it."""
    return await badges(actor)


@get("/me/badges", guards=[needs("badges:read")])
async def list_awards(
    actor: FromDishka[Actor], awards: FromDishka[ListAwards]
) -> tuple[Award, ...]:
    """The badges you have. They are awarded by themselves, moments after the activity."""
    return await awards(actor)


routes = Router("/v1", route_handlers=[list_badges, list_awards], tags=["gamification"])
