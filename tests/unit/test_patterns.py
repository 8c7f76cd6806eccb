"""No pattern that sees text of others may cost more than its length: counted, not timed."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.measures.pattern_steps import Machine, TooMuchWork, literals, parser

import skillbridge
from skillbridge.adapters.telemetry.logs import HIDDEN, redact

SOURCE = Path(skillbridge.__file__).parent
LENGTH = 400
GROWTH = 3
"""A text twice as long may cost thrice as much; four times would be quadratic."""
A_SIGN = 2_000
"""Steps for each sign, whatever the pattern: country codes are tried one after the other."""
PAIRS = 12
"""Of the parts of a pattern, this many are tried together."""
INLINE = {"search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}


def patterns() -> dict[str, re.Pattern[str] | re.Pattern[bytes]]:
    """Every compiled pattern of every module, by where it stands."""
    found = {}
    for module in pkgutil.walk_packages([str(SOURCE)], "skillbridge."):
        if module.name.endswith("__main__"):
            continue
        names = vars(importlib.import_module(module.name))
        for name, value in names.items():
            several = value.values() if isinstance(value, dict) else [value]
            for number, one in enumerate(several):
                if isinstance(one, re.Pattern):
                    found[f"{module.name}.{name}[{number}]"] = one
    return found


def inline() -> dict[str, re.Pattern[str]]:
    """Those that stand within a call, by file and line."""
    found = {}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {f"re.{f}" for f in INLINE}:
                text = ast.unparse(node.args[0])
                if not text.startswith("re.escape("):
                    found[f"{path.name}:{node.lineno}"] = re.compile(ast.literal_eval(text))
    return found


PATTERNS = {pattern.pattern: (name, pattern) for name, pattern in (patterns() | inline()).items()}


def only_at_the_start(name: str) -> bool:
    """Whether its module asks it for nothing but whole texts."""
    module, _, variable = name.partition("[")[0].rpartition(".")
    if not module.startswith("skillbridge"):
        return False
    text = Path(str(importlib.import_module(module).__file__)).read_text()
    return not re.search(rf"\b{variable}\.(search|sub|subn|finditer|findall|split)\b", text)


def hard_texts(pattern: re.Pattern[str] | re.Pattern[bytes], length: int) -> Iterator[str]:
    """What the pattern is made of, over and over, alone, in pairs, and ended by what it has not."""
    text = pattern.pattern
    plain = text.decode("latin-1") if isinstance(text, bytes) else text
    parts = sorted(set(literals(parser.parse(plain, pattern.flags))))
    pairs = list(product(parts, parts))
    for one, other in Random(0).sample(pairs, min(PAIRS, len(pairs))):
        yield (one + other) * (length // len(one + other)) + "\0"
        yield one + other * (length // len(other)) + "\0"


def work(pattern: re.Pattern[str] | re.Pattern[bytes], *, once: bool = False) -> None:
    """Raises TooMuchWork for a pattern that is not linear."""
    machine = Machine.of(pattern)
    pairs = zip(hard_texts(pattern, LENGTH), hard_texts(pattern, 2 * LENGTH), strict=True)
    for short, long in pairs:
        steps = machine.search(short, allowed=A_SIGN * len(short), once=once)
        machine.search(long, allowed=GROWTH * steps, once=once)


@pytest.mark.asvs("1.2.9", "1.3.12")
@pytest.mark.parametrize("text", PATTERNS, ids=lambda text: PATTERNS[text][0])
def test_no_pattern_does_more_work_than_its_text_is_long(text: str) -> None:
    name, pattern = PATTERNS[text]
    work(pattern, once=only_at_the_start(name))


@given(st.text(alphabet="eyJ.-_@:/+ a1", max_size=2_000))
def test_the_search_for_secrets_is_linear_in_whatever_comes(text: str) -> None:
    machine = Machine.of(re.compile(_secrets()))
    assert machine.search(text, allowed=40 * (len(text) + 1)) > 0


@pytest.mark.parametrize("text", ["a" * 60_000, "eyJ" * 20_000, "a.-+" * 15_000, "a@" * 30_000])
def test_sixty_kilobytes_are_read_a_few_times_each(text: str) -> None:
    machine = Machine.of(re.compile(_secrets()))
    assert machine.search(text, allowed=40 * len(text)) >= len(text)
    redact(None, "", {"path": text})


def _secrets() -> str:
    return next(str(text) for text, (name, _) in PATTERNS.items() if "logs._VALUES" in name)


@pytest.mark.parametrize(
    "quadratic", [r"[\w.+-]+@", r"eyJ[\w-]+\.", r"(?:a|aa)+$", r"\s+$", r"(\d+)*x", r"a*+b"]
)
def test_a_pattern_that_is_not_linear_is_found_out(quadratic: str) -> None:
    with pytest.raises(TooMuchWork):
        work(re.compile(quadratic))


@given(st.text(alphabet="aeyJ.-@:/ 1b", max_size=40))
def test_the_machine_finds_what_re_finds(text: str) -> None:
    for source in (r"[\w.+-]+@[\w-]+\.\w+?", r"(?<!a)(?:b|a{1,3})++(?=[.-])", r"\beyJ|\s*1$"):
        machine, start, ends = Machine.of(re.compile(source)), 0, []
        machine.allowed = 10**9
        while start <= len(text):
            ends.append(machine._run(0, text, start))
            start += 1
        expected = [re.compile(source).match(text, at) for at in range(len(text) + 1)]
        assert ends == [found and found.end() for found in expected]


def test_patterns_are_found_wherever_they_stand() -> None:
    assert {"_VALUES", "_ID"} <= {name.rpartition(".")[2].partition("[")[0] for name in patterns()}
    assert any(name.startswith("up.py:") for name in inline())


@pytest.mark.parametrize(
    "secret", ["xeyJhbGci.eyJzdWIi.c2ln", "token=eyJhbGci.eyJzdWIi.c2ln", "_eyJh.b.c"]
)
def test_a_token_is_hidden_also_where_it_follows_a_word(secret: str) -> None:
    cleaned = redact(None, "", {"event": f"got {secret}!"})["event"]
    assert cleaned in {f"got {HIDDEN}!", f"got token={HIDDEN}!"}
