"""Tables as CSV (RFC 4180), in which no text of a person is a formula: the one place where they are written.

Spreadsheets run what begins with `=`, `+`, `-` or `@`, in full width too, also after blanks: an apostrophe before it
makes it text (OWASP ASVS 1.2.10). Every cell is in quotes, so that no spreadsheet parts it where its country writes `;`.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

MEDIA_TYPE = "text/csv; charset=utf-8; header=present"
_FORMULA = re.compile(r"\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20\u2212\ufe63\ufe62\ufe66\ufe6b|%]")

Cell = str | int | float | None


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """One line after the other, for a stream; numbers stay numbers, nothing is an empty cell."""
    line = io.StringIO()
    writer = csv.writer(line, quoting=csv.QUOTE_ALL)
    for row in chain([head], rows):
        writer.writerow([as_text(one) if isinstance(one, str) else one for one in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def as_text(cell: str) -> str:
    """A cell that is read as text by every spreadsheet."""
    return f"'{cell}" if _FORMULA.match(cell) else cell
