"""What a model need not know of who asks: a goal without what leads to somebody.

Addresses, links, handles and numbers of six digits or more, as of telephones and papers, are replaced by the
word of their kind. A name within a sentence no rule can tell from other words: it stays.
"""

import re
from dataclasses import replace

from skillbridge.domain.roadmaps.brief import Brief

_LINK = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_MAIL = re.compile(r"[^\s@<>()]{1,64}@[^\s@<>()]{1,190}")
_HANDLE = re.compile(r"(?<!\w)@\w{2,40}")
_NUMBER = re.compile(r"\+?\d(?:[ ().-]{0,2}\d){5,20}")
_KINDS = ((_LINK, "[link]"), (_MAIL, "[address]"), (_HANDLE, "[handle]"), (_NUMBER, "[number]"))


def pseudonymised(brief: Brief) -> Brief:
    """The same again changes nothing."""
    goal = brief.goal
    for pattern, word in _KINDS:
        goal = pattern.sub(word, goal)
    return replace(brief, goal=goal[:500])
