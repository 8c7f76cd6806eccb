"""A linear model over the features of a suggestion, from a JSON file.

    {"version": "2026-11", "intercept": -3.1, "weights": {"skill": 0.0004, "base_position": -0.02}}

    log odds that the learner asks = intercept + sum of weight x feature

Logistic regression as ranker: the order of the odds is the order of the probabilities, so no
exponential is needed. Equal odds keep the base order. Nothing is drawn at random.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from pathlib import Path

import msgspec

from skillbridge.application.ranking.features import FEATURES
from skillbridge.application.ranking.ports.ranker import BASE, Option, RankingContext
from skillbridge.domain.errors import Unavailable
from skillbridge.domain.ids import UserId
from skillbridge.domain.ranking.need import Need


class UnreadableModel(Unavailable):
    """The file of the model that reorders suggestions is no model that fits this program."""


class ModelFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """As the file says it; a feature that is left out has weight 0."""

    version: str
    weights: Mapping[str, float]
    intercept: float = 0.0


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Orders by falling log odds."""

    name: str
    weights: Mapping[str, float]
    intercept: float = 0.0

    @classmethod
    def load(cls, path: Path) -> "LinearModel":
        """Raises UnreadableModel with what is wrong."""
        try:
            said = msgspec.json.decode(path.read_bytes(), type=ModelFile)
        except (OSError, msgspec.DecodeError) as error:
            raise UnreadableModel(f"the model {path} cannot be read: {error}") from error
        if unknown := sorted(set(said.weights) - set(FEATURES)):
            raise UnreadableModel(f"the model {path} weighs what nobody knows: {unknown}")
        if not said.version or said.version == BASE:
            raise UnreadableModel(f"the model {path} needs a version of its own")
        return cls(said.version, said.weights, said.intercept)

    def __call__(
        self,
        need: Need,  # noqa: ARG002  the features tell all
        options: Sequence[Option],
        context: RankingContext,  # noqa: ARG002  same
    ) -> Sequence[UserId]:
        ranked = sorted(options, key=lambda option: -self.log_odds(option.features))
        return [option.mentor_id for option in ranked]

    def log_odds(self, features: Mapping[str, int]) -> float:
        """Summed exactly, so that the order of the file's weights does not matter."""
        parts = (weight * features[name] for name, weight in self.weights.items())
        return fsum((self.intercept, *parts))
