"""A path of modules, by whoever drew it."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from skillbridge.domain.ids import ModuleId, ResourceId, SkillId


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A step of the path. `weight` is its share of the whole, against the other weights."""

    id: ModuleId
    title: str
    summary: str
    skill: SkillId
    minutes: int
    weight: int
    prerequisites: tuple[ModuleId, ...] = ()
    resources: tuple[ResourceId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    title: str
    modules: tuple[Module, ...]

    @property
    def minutes(self) -> int:
        return sum(module.minutes for module in self.modules)

    def in_order(self) -> "Outline":
        """The same modules, each after its prerequisites and else as they stood."""
        ordered, _ = sort_out(self.modules)
        return replace(self, modules=tuple(ordered))


def sort_out(modules: Collection[Module]) -> tuple[list[Module], list[Module]]:
    """Modules in an order in which they can be taken, and those that wait for each other.

    A prerequisite that is not among the modules is not waited for. Quadratic, for tens.
    """
    ids = {module.id for module in modules}
    placed: set[ModuleId] = set()
    ordered: list[Module] = []
    waiting = [(module, ids.intersection(module.prerequisites)) for module in modules]
    while ready := next((pair for pair in waiting if pair[1] <= placed), None):
        waiting.remove(ready)
        ordered.append(ready[0])
        placed.add(ready[0].id)
    return ordered, [module for module, _ in waiting]
