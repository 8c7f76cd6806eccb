"""Plug the model into its port."""

from pathlib import Path

from dishka import Provider, Scope, provide

from skillbridge.adapters.reranking.bounds import BaseOrder, BoundedReRanker
from skillbridge.adapters.reranking.linear import LinearModel
from skillbridge.adapters.resilience import Breaker
from skillbridge.application.ranking.ports.ranker import ReRanker


class RerankingProvider(Provider):
    """Reads the model at once: a program with a broken one does not start.

    Raises UnreadableModel.
    """

    scope = Scope.APP

    def __init__(self, model: Path | None) -> None:
        super().__init__()
        self._model = LinearModel.load(model) if model else None

    @provide
    def reranker(self) -> ReRanker:
        """The model within its bounds, or none."""
        if self._model is None:
            return BaseOrder()
        return BoundedReRanker(self._model, Breaker("reranker", reset_after=30))
