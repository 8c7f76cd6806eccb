"""How much work a regular expression does: steps of a backtracking machine, counted.

`re` does not tell, and clocks depend on the machine. The same parse as `re` makes is run here by
the same rules: alternatives in order, greedy or lazy, possessive groups give nothing back.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

Test = Callable[[str], bool]
op: Any = import_module("re._constants")
parser: Any = import_module("re._parser")
"""The parser of `re` has no public name; `re.DEBUG` prints what it returns."""
_CATEGORIES: dict[Any, Test] = {
    op.CATEGORY_DIGIT: str.isdecimal,
    op.CATEGORY_SPACE: str.isspace,
    op.CATEGORY_WORD: lambda sign: sign.isalnum() or sign == "_",
}
_OPPOSITES = {
    op.CATEGORY_NOT_DIGIT: op.CATEGORY_DIGIT,
    op.CATEGORY_NOT_SPACE: op.CATEGORY_SPACE,
    op.CATEGORY_NOT_WORD: op.CATEGORY_WORD,
}


class TooMuchWork(AssertionError):
    """The pattern took more steps than it was allowed."""


@dataclass
class Machine:
    """`instructions` are a sign's test, "split", "jump", "within" (look, atomic), "at" or "end"."""

    instructions: list[tuple[Any, ...]] = field(default_factory=list)
    steps: int = 0
    allowed: int = 0

    @classmethod
    def of(cls, pattern: re.Pattern[Any]) -> "Machine":
        text = pattern.pattern
        text = text.decode("latin-1") if isinstance(text, bytes) else text
        made = cls()
        made._sequence(parser.parse(text, pattern.flags & ~re.DEBUG), pattern.flags)
        made.instructions.append(("end",))
        return made

    def search(self, text: str, *, allowed: int, once: bool = False) -> int:
        """Steps of every match in `text` as `finditer` has them, or of one from the start."""
        self.steps, self.allowed, start = 0, allowed, 0
        while start <= len(text):
            end = self._run(0, text, start)
            if once:
                break
            start = start + 1 if end is None or end == start else end
        return self.steps

    def _run(self, at: int, text: str, start: int) -> int | None:
        waiting = [(at, start)]
        while waiting:
            at, place = waiting.pop()
            self.steps += 1
            if self.steps > self.allowed:
                raise TooMuchWork
            name, *given = self.instructions[at]
            if name == "end":
                return place
            if name == "split":
                waiting += [(given[1], place), (given[0], place)]
            elif name == "jump":
                waiting.append((given[0], place))
            elif name == "sign":
                if place < len(text) and given[0](text[place]):
                    waiting.append((at + 1, place + 1))
            else:
                moved = self._part(name, given, at, text, place)
                if moved is not None:
                    waiting.append((given[-1], moved))
        return None

    def _part(self, name: str, given: list[Any], at: int, text: str, place: int) -> int | None:
        if name == "at":
            return place if _stands(given[0], text, place) else None
        wanted, back, _ = given
        found = self._run(at + 1, text, place - back) if place >= back else None
        if name == "atomic":
            return found
        return place if (found is not None) == wanted else None

    def _sequence(self, nodes: Any, flags: int) -> None:
        for name, value in nodes:
            self._node(name, value, flags)

    def _node(self, name: Any, value: Any, flags: int) -> None:
        if name in {op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN}:
            self.instructions.append(("sign", _test(name, value, flags)))
        elif name is op.SUBPATTERN:
            self._sequence(value[3], flags)
        elif name is op.BRANCH:
            self._branch(value[1], flags)
        elif name in {op.MAX_REPEAT, op.MIN_REPEAT}:
            self._repeat(value, flags, lazy=name is op.MIN_REPEAT)
        elif name is op.POSSESSIVE_REPEAT:
            self._within("atomic", lambda: self._repeat(value, flags, lazy=False))
        elif name is op.ATOMIC_GROUP:
            self._within("atomic", lambda: self._sequence(value, flags))
        elif name in {op.ASSERT, op.ASSERT_NOT}:
            back = value[1].getwidth()[0] if value[0] < 0 else 0
            wanted = name is op.ASSERT
            self._within("look", lambda: self._sequence(value[1], flags), wanted, back)
        elif name is op.AT:
            self.instructions.append(("at", value, len(self.instructions) + 1))
        else:
            raise NotImplementedError(f"count the steps of {name} too")

    def _within(
        self, name: str, body: Callable[[], None], wanted: bool = True, back: int = 0
    ) -> None:
        here = len(self.instructions)
        self.instructions.append(())
        body()
        self.instructions.append(("end",))
        self.instructions[here] = (name, wanted, back, len(self.instructions))

    def _branch(self, ways: Any, flags: int) -> None:
        jumps = []
        for way in ways[:-1]:
            split = len(self.instructions)
            self.instructions.append(())
            self._sequence(way, flags)
            jumps.append(len(self.instructions))
            self.instructions.append(())
            self.instructions[split] = ("split", split + 1, len(self.instructions))
        self._sequence(ways[-1], flags)
        for jump in jumps:
            self.instructions[jump] = ("jump", len(self.instructions))

    def _repeat(self, value: Any, flags: int, *, lazy: bool) -> None:
        least, most, body = value
        for _ in range(least):
            self._sequence(body, flags)
        endless = most is op.MAXREPEAT
        splits = []
        for _ in range(1 if endless else most - least):
            splits.append(len(self.instructions))
            self.instructions.append(())
            self._sequence(body, flags)
        if endless:
            self.instructions.append(("jump", splits[0]))
        out = len(self.instructions)
        for split in splits:
            ways = (out, split + 1) if lazy else (split + 1, out)
            self.instructions[split] = ("split", *ways)


def _test(name: Any, value: Any, flags: int) -> Test:
    ignore = bool(flags & re.IGNORECASE)
    if name is op.ANY:
        return lambda sign: bool(flags & re.DOTALL) or sign != "\n"
    if name is op.IN:
        return _any_of(value, flags)
    same = {chr(value), *((chr(value).lower(), chr(value).upper()) if ignore else ())}
    return (lambda sign: sign in same) if name is op.LITERAL else (lambda sign: sign not in same)


def _any_of(items: Any, flags: int) -> Test:
    opposite = items[0][0] is op.NEGATE
    tests = [_one_of(name, value, flags) for name, value in items[opposite:]]

    def test(sign: str) -> bool:
        return any(one(sign) for one in tests) != opposite

    if flags & re.IGNORECASE:
        return lambda sign: test(sign.lower()) or test(sign.upper())
    return test


def _one_of(name: Any, value: Any, flags: int) -> Test:
    if name is op.RANGE:
        return lambda sign: value[0] <= ord(sign) <= value[1]
    if name is op.CATEGORY:
        if value in _OPPOSITES:
            inner = _CATEGORIES[_OPPOSITES[value]]
            return lambda sign: not inner(sign)
        return _CATEGORIES[value]
    return _test(name, value, flags)


def _stands(where: Any, text: str, place: int) -> bool:
    word = _CATEGORIES[op.CATEGORY_WORD]
    before = place > 0 and word(text[place - 1])
    after = place < len(text) and word(text[place])
    return {
        op.AT_BEGINNING: place == 0,
        op.AT_BEGINNING_STRING: place == 0,
        op.AT_END: place == len(text) or text[place:] == "\n",
        op.AT_END_STRING: place == len(text),
        op.AT_BOUNDARY: before != after,
        op.AT_NON_BOUNDARY: before == after,
    }[where]


def literals(nodes: Any) -> Iterator[str]:
    """The runs of plain signs, and one sign of each class: what to make hard inputs of."""
    run = ""
    for name, value in nodes:
        if name is op.LITERAL:
            run += chr(value)
            continue
        if run:
            yield run
        run = ""
        for inner in _inner(name, value):
            yield from literals(inner)
        if name is op.IN:
            test = _any_of(value, 0)
            yield next(filter(test, map(chr, (97, *range(32, 0x10FFFF)))))
    if run:
        yield run


def _inner(name: Any, value: Any) -> list[Any]:
    if name is op.BRANCH:
        return list(value[1])
    if name is op.SUBPATTERN:
        return [value[3]]
    if name in {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}:
        return [value[2]]
    if name in {op.ASSERT, op.ASSERT_NOT}:
        return [value[1]]
    return [value] if name is op.ATOMIC_GROUP else []
