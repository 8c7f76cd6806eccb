"""The blocks of `docs/first-feature.md`: edits of files and commands, as a reader would follow them."""

import re
from collections.abc import Iterator
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "first-feature.md"
LAST_PART = "## 8. "
"""The checks: what stands there takes minutes."""
STEP = re.compile(
    r"^(?:(?P<new>New, )?`(?P<file>[^`\n]+)`"
    r"(?:, (?P<where>before|after|in place of) `(?P<line>[^`\n]+)`|, at the end)?:\n\n)?"
    r"```(?P<kind>\w+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


def steps(page: str) -> Iterator[re.Match[str]]:
    """Each block of the page; a block that no edit and no command would be skipped by readers."""
    for step in STEP.finditer(page):
        if not step["file"] and step["kind"] != "sh":
            raise ValueError(f"neither an edit nor a command:\n{step[0]}")
        yield step
