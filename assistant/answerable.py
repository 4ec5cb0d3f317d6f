"""How sure it is that the best evidence answers: a few measures of it, and the share of 1 that a trained model gives.

Coverage alone can't tell: a text may share all words but the one that is asked for, or say it all in other words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import numpy as np

from assistant.evidence import Weighed, logit, stands
from assistant.overlap import Floats
from assistant.ranker import Ranker
from assistant.types import Found, Query, Wanted


def sureness(query: Query, fit: Sequence[Weighed], found: Sequence[Found], model: Ranker) -> float:
    """From 0 to 1, for the first of `fit`, which are in order and not empty."""
    row, names = features(query, fit, found)
    return float(model.scores(row, names)[0])


def features(query: Query, fit: Sequence[Weighed], found: Sequence[Found]) -> tuple[Floats, list[str]]:
    """One row for the first of `fit`, and its columns' names."""
    best = fit[0]
    others = [each.share for each in fit if not each.overlaps(best)]
    measures = {
        **best.judged,
        "share": logit(best.share),
        "margin": logit(best.share) - logit(max(others, default=0.0)),
        "place": best.passage,
        "top": found[0].score if found else 0.0,
        "constraints": len(query.constraints),
        "length": len(query.words),
        "unmarked": query.unmarked,
        **{f"wanted_{kind}": query.wanted == kind for kind in get_args(Wanted)},
        **_missing(query, best),
    }
    return np.array([list(measures.values())], dtype=np.float32), list(measures)


def _missing(query: Query, best: Weighed) -> dict[str, float]:
    """What of the question's typed words stands not in the evidence, nor above it, nor anywhere round it: as a share
    of them by rarity, and the rarest."""
    typed = [term for term in query.terms if term.typed]
    total = sum(term.rarity for term in typed) or 1.0
    told: dict[str, float] = {"terms": len(typed), "rarity": total / max(len(typed), 1)}
    for name, places in (("own", 1), ("above", 2), ("round", 5)):
        lost = [term.rarity for term in typed if not stands(query, term, best, places)]
        told |= {f"missing_{name}": sum(lost) / total, f"rarest_{name}": max(lost, default=0.0)}
    return told
