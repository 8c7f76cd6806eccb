"""The few forms of Markdown that the pages are made of."""

from collections.abc import Iterable, Sequence

MADE = "<!-- Made by `make docs`; change its source instead. -->"


def document(title: str, *parts: str) -> str:
    return "\n\n".join((f"# {title}", MADE, *(part.strip() for part in parts))) + "\n"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cell or ' ' for cell in line)} |" for line in lines)


def mermaid(lines: Iterable[str]) -> str:
    return "\n".join(("```mermaid", *lines, "```"))


def one_line(docstring: str | None) -> str:
    """The first paragraph, on one line."""
    paragraph = (docstring or "").strip().partition("\n\n")[0]
    return " ".join(paragraph.split())


def anchor(name: str) -> str:
    """A place that `#name` leads to."""
    return f'<a id="{name}"></a>'
