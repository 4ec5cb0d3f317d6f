"""Which procedure a question is about: by its code, else by the words of its title, of its text, and how it ranks."""

from __future__ import annotations

import functools
import itertools
import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.library import Library
from assistant.match import flat, holds
from assistant.procedures.cards import PROCEDURE
from assistant.types import Found, Query, Term
from assistant.understand import is_stopword
from ingest.types import Document
from ingest.values import bare

# What a fit is made of: the question's words that the title has (of those that any title has), the title's words
# that the question has, the question's words that the text has, and the rank of its best passage.
TITLE_SHARE, OWN_SHARE, TEXT_SHARE, RANK_SHARE = 1.0, 0.35, 0.5, 0.3
LOOKED_AT = 6  # procedures by title and by rank that are looked into
KNOWN = 0.3  # of the subject's weight in the title, for a procedure to be meant at all
TOLD = 0.66  # of the subject's weight in the title or the text
ALIKE = 0.03  # two fits this close are one as good as the other
OWN_ALIKE = 0.1
BESIDE = 0.5  # of the best passage's rank: with less, another document is meant
HALF = 0.5  # of a title's weight: with as much it is meant all the same
WHOLE = 0.95  # of a title's weight: it was named in full

_FRAME = frozenset({"thủ", "tục", "hồ", "sơ", "nộp", "giấy", "tờ"})


@dataclass(frozen=True, slots=True)
class Fit:
    """How a question fits a procedure. `named` is the share of the question's subject that stands in the title,
    `told` in the title or the text, `own` the share of the title that stands in the question; `rank` that of its best
    passage (1 for the best of all), `titled` the share of all title words in the question that are its own."""

    document_id: str
    score: float
    named: float
    told: float
    own: float
    rank: float
    titled: float


@dataclass(frozen=True, slots=True)
class Titles:
    """The procedures' titles as features, and how rare each feature is among them."""

    features: Mapping[str, frozenset[str]]
    weights: Mapping[str, float]


def by_code(query: Query, library: Library) -> list[str] | None:
    """The procedures whose code the question names; None where it names none."""
    codes = [constraint.key for constraint in query.constraints if constraint.kind == "procedure"]
    return library.numbered(codes) if codes else None


def fitting(
    query: Query, subject: Sequence[Term], found: Sequence[Found], library: Library, within: Collection[str] | None
) -> list[Fit]:
    """The procedures that the question may be about, the best fit first; one of each code."""
    titles = titles_of(library, unmarked=query.unmarked)
    asked = [f for f in _features(flat(query.text), unmarked=query.unmarked) if f in titles.weights]
    allowed = {id_ for id_ in titles.features if within is None or id_ in within}
    total = sum(titles.weights[feature] for feature in asked) or 1.0
    shared = {id_: sum(titles.weights[f] for f in asked if f in titles.features[id_]) for id_ in allowed}
    own = {id_: shared[id_] / (sum(titles.weights[f] for f in titles.features[id_]) or 1.0) for id_ in allowed}
    ranks = _ranks(found, allowed)
    first = sorted(allowed, key=lambda id_: (-shared[id_] / total - OWN_SHARE * own[id_], id_))[:LOOKED_AT]
    fits: list[Fit] = []
    for id_ in dict.fromkeys((*first, *itertools.islice(ranks, LOOKED_AT))):
        named, told = _shares(query, subject, id_, library)
        score = TITLE_SHARE * shared[id_] / total + OWN_SHARE * own[id_]
        score += TEXT_SHARE * told + RANK_SHARE * ranks.get(id_, 0.0)
        fits.append(Fit(id_, score, named, told, own[id_], ranks.get(id_, 0.0), shared[id_] / total))
    return _one_of_each(sorted(fits, key=lambda fit: (-fit.score, fit.document_id)), library)


def meant(fits: Sequence[Fit]) -> Sequence[Fit]:
    """The one procedure that the question means, several where they fit alike, none where none does."""
    likely = [fit for fit in fits if fit.rank >= BESIDE or fit.own >= HALF]
    known = [fit for fit in likely if (fit.named >= KNOWN and fit.told >= TOLD) or fit.own >= WHOLE]
    if not known or known[0] is not fits[0]:
        return ()
    best = known[0]
    return [best] if best.own >= WHOLE else [fit for fit in known if _alike(fit, best)]


def _alike(fit: Fit, best: Fit) -> bool:
    """Whether a procedure fits as well: its title has as much of what is asked, and little more that is not."""
    as_named = min(fit.named - best.named, fit.told - best.told, fit.titled - best.titled) >= 0
    as_named = as_named and abs(fit.own - best.own) <= OWN_ALIKE
    return fit is best or fit.score >= best.score - ALIKE or as_named


def _one_of_each(fits: Iterable[Fit], library: Library) -> list[Fit]:
    numbers = {document.id: document.number for document in library.documents()}
    kept: dict[str, Fit] = {}
    for fit in fits:
        kept.setdefault(numbers[fit.document_id] or fit.document_id, fit)
    return list(kept.values())


def _ranks(found: Sequence[Found], allowed: Collection[str]) -> dict[str, float]:
    """The best passage's rank by procedure, of 1 for the best of all documents."""
    best = max((passage.score for passage in found), default=0.0) or 1.0
    ranks: dict[str, float] = {}
    for passage in found:
        if passage.document_id in allowed:
            ranks.setdefault(passage.document_id, math.sqrt(passage.score / best))
    return ranks


def _shares(query: Query, subject: Sequence[Term], id_: str, library: Library) -> tuple[float, float]:
    """The shares of the subject's weight in the title, and in title or text."""
    texts = texts_of(id_, library)
    title, whole = (bare(text) if query.unmarked else text for text in texts)
    total = sum(term.rarity for term in subject) or 1.0
    named = sum(term.rarity for term in subject if stands(query, term, title))
    told = sum(term.rarity for term in subject if stands(query, term, title) or stands(query, term, whole))
    return named / total, told / total


def stands(query: Query, term: Term, flat_text: str) -> bool:
    """Whether a term stands in a flat text (without marks where the question has none): as it is, or all its parts."""
    forms = [bare(form) if query.unmarked else form for form in term.forms]
    return any(holds(flat_text, form) for form in forms)


def texts_of(id_: str, library: Library) -> tuple[str, str]:
    """The title and the whole text of a procedure, flat."""
    return library.derived(("procedure", id_), lambda: _texts(id_, library))


def _texts(id_: str, library: Library) -> tuple[str, str]:
    parsed = library.document(id_)
    assert parsed is not None
    return flat(parsed.document.title), flat(parsed.document.text)


def titles_of(library: Library, *, unmarked: bool) -> Titles:
    return library.derived(("procedure titles", unmarked), lambda: make_titles(library.documents(), unmarked=unmarked))


def make_titles(documents: Iterable[Document], *, unmarked: bool) -> Titles:
    features = {
        document.id: frozenset(_features(flat(document.title), unmarked=unmarked))
        for document in documents
        if document.kind == PROCEDURE
    }
    counts = Counter(feature for each in features.values() for feature in each)
    weights = {feature: math.log(1 + len(features) / count) for feature, count in counts.items()}
    return Titles(features, weights)


@functools.lru_cache(maxsize=1024)
def _features(flat_text: str, *, unmarked: bool) -> tuple[str, ...]:
    """Syllables that say something, and neighbouring pairs: `chuyển đi` is not `chuyển đến`."""
    syllables = [s for s in flat_text.split() if s not in _FRAME]
    found = [s for s in syllables if not is_stopword(s)]
    found += [f"{one} {other}" for one, other in itertools.pairwise(syllables)]
    return tuple(dict.fromkeys(map(bare, found) if unmarked else found))
