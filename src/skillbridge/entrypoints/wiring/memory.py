"""Everything in this process: the store is dictionaries, and nothing stands beside it."""

from dishka import AsyncContainer, Provider, Scope, provide

from skillbridge.adapters.memory.provider import MemoryProvider, MemorySignals
from skillbridge.adapters.memory.store import Store
from skillbridge.application.ports.processes import Processes
from skillbridge.entrypoints.dependencies import Dependencies, Dependency, workers
from skillbridge.entrypoints.http.server.inject import HttpProvider
from skillbridge.entrypoints.wiring.container import make_container, outside
from skillbridge.entrypoints.worker.settle import JobProvider
from skillbridge.settings import Settings


class OwnDependencies(Provider):
    """For /health: nothing but the worker, which runs in this process too."""

    @provide(scope=Scope.APP)
    def dependencies(self, processes: Processes) -> Dependencies:
        return Dependencies([Dependency("worker", lambda: workers(processes), critical=False)])


def providers(store: Store | None = None) -> tuple[Provider, ...]:
    """Storage, signals and jobs: one container is the API's and the worker's."""
    return MemoryProvider(store or Store()), signals(), JobProvider()


def signals() -> Provider:
    return MemorySignals()


def everything(settings: Settings) -> AsyncContainer:
    """API and worker."""
    return make_container(
        *providers(),
        HttpProvider(streams=settings.streams),
        OwnDependencies(),
        *outside(settings),
    )
