"""When each module is due."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from skillbridge.domain.ids import ModuleId
from skillbridge.domain.roadmaps.outline import Module

DAYS = 7


def due_dates(
    modules: Sequence[Module], *, minutes_per_week: int, start: date
) -> Mapping[ModuleId, date]:
    """Working forward from the start, one module after the other, at an even pace.

    A module is due on the day its last minute is worked; part of a day counts as a day.
    """
    due: dict[ModuleId, date] = {}
    worked = 0
    for module in modules:
        worked += module.minutes
        due[module.id] = start + timedelta(days=-(-worked * DAYS // minutes_per_week))
    return due
