"""Greetings, thanks, questions about the assistant, abuse, opinions and predictions: short fixed replies."""

from __future__ import annotations

import functools
import re
from typing import cast

from assistant.types import Answer, Status
from ingest.text import search_form
from ingest.values import bare
from ingest.vocabulary import rows


def reply(text: str) -> Answer | None:
    """The reply to a message that asks nothing of the documents; None for every other."""
    said = " ".join(re.sub(r"[^\w\s]", " ", search_form(text)).split())
    for status, pattern, unmarked, fixed in _replies():
        if pattern.fullmatch(said) or (unmarked and bare(said) == said and unmarked.fullmatch(said)):
            return Answer(status, "extractive", fixed)
    return None


@functools.cache
def _replies() -> list[tuple[Status, re.Pattern[str], re.Pattern[str] | None, str]]:
    """Status, pattern, the pattern without diacritics where it covers the whole message, and the reply.

    Within a sentence bare letters are too many words: `theo ban` is `theo bạn` and `theo Ban`.
    """
    forms = [(status, search_form(pattern), fixed) for status, pattern, fixed in rows("smalltalk.tsv", "assistant")]
    return [
        (cast("Status", status), re.compile(form), None if ".*" in form else re.compile(bare(form)), fixed)
        for status, form, fixed in forms
    ]
