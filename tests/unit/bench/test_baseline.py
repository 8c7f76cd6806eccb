"""Comparing the core's speed with a committed baseline."""

import json
from pathlib import Path

import pytest
from bench.baseline import REFERENCE, changes, ratios

pytestmark = pytest.mark.row("G2")


def measured(folder: Path, **nanoseconds: float) -> Path:
    for number, (name, median) in enumerate(nanoseconds.items()):
        run = folder / str(number) / "new"
        run.mkdir(parents=True)
        (run / "benchmark.json").write_text(json.dumps({"full_id": name}))
        (run / "estimates.json").write_text(json.dumps({"median": {"point_estimate": median}}))
    return folder


def test_times_are_told_in_the_reference(tmp_path: Path) -> None:
    runs = measured(tmp_path, **{REFERENCE: 200.0, "rank": 50.0, "share": 1000.0})
    assert ratios(runs) == {"rank": 0.25, "share": 5.0}


def test_a_run_without_the_reference_tells_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        ratios(measured(tmp_path, rank=50.0))


def test_only_what_is_more_than_noise_has_changed() -> None:
    before = {"same": 1.0, "slower": 1.0, "quicker": 1.0, "absent here": 1.0}
    now = {"same": 1.1, "slower": 2.0, "quicker": 0.5, "new": 9.0}
    assert changes(before, now) == {"slower": 2.0, "quicker": 0.5}
