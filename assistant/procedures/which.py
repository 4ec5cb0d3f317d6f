"""Which procedure a question is about: by its code, else by the words of its title, of its text, and how it ranks."""

from __future__ import annotations

import functools
import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.library import Library
from assistant.match import flat, holds
from assistant.procedures.cards import PROCEDURE
from assistant.procedures.question import Asked, alternatives, is_number
from assistant.types import Found, Query, Term
from assistant.understand import is_stopword
from ingest.types import Document

# What a fit is made of: the question's words that the title has (of those that any title has), the title's words
# that the question has, the question's words that the text has, and the rank of its best passage.
TITLE_SHARE, OWN_SHARE, TEXT_SHARE, RANK_SHARE = 1.0, 0.35, 0.5, 0.3
LOOKED_AT = 6  # procedures by title and by rank that are looked into
# For a procedure to be meant at all (python -m evals run answers, procedures): the fit, the subject's weight in the
# title and in title or text; without so much of it in the title, it may still tell what is asked in a sentence.
KNOWN, IN_TITLE, TOLD = 1.3, 0.4, 0.6
MAYBE, AHEAD = 1.15, 0.3  # the fit, and how much better than the next
ALIKE = 0.03  # of the question in the titles and the texts: two this close are named alike
OWN = 0.8  # of a title's weight: it was all but named in full
WHOLE = 0.95  # of a title's weight: it was named in full
SAMPLE = 0.1  # what an illustrative document yields to a real one

# Words of questions about any procedure, or of any question.
_FRAME = frozenset(
    {"thủ", "tục", "hồ", "sơ", "nộp", "giấy", "tờ", "làm", "muốn", "xin", "a", "ạ", "sang", "khác", "mới", "vừa", "giờ"}
    | {"xong", "sẽ", "vậy", "lúc", "thêm", "dành", "phải", "cần", "mang", "đem"}
)


@dataclass(frozen=True, slots=True)
class Fit:
    """How a question fits a procedure.

    `named` is the share of the question's subject that stands in the title, `told` in the title or the text, `own` the
    share of the title that stands in the question, `title` that of the question's words that any title has which this
    one has. `foreign`: amid the words of the title, the question has one that the procedure never says.
    """

    document_id: str
    score: float
    named: float
    told: float
    own: float
    title: float = 1.0
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Titles:
    """The procedures' titles as features: those of each, where each stands, how much it and how much a title tells."""

    of: Mapping[str, frozenset[str]]
    holding: Mapping[str, Sequence[str]]
    weights: Mapping[str, float]
    totals: Mapping[str, float]


def fitting(
    query: Query, asked: Asked, found: Sequence[Found], library: Library, within: Collection[str] | None
) -> list[Fit]:
    """The procedures that the question may be about, the best fit first; one of each code."""
    titles = titles_of(library)
    said = alternatives(asked.subject)
    readings = _readings(asked.subject, said, titles)
    shares = [_title_shares(reading, titles, within) for reading in readings]
    shared = {id_: max(share.get(id_, 0.0) for share in shares) for id_ in set().union(*shares)}
    ranks = _ranks(found, titles.totals if within is None else set(titles.totals) & set(within))
    every = set().union(*readings) | set(_features(flat(asked.whole)))
    own = {id_: _weight(every & titles.of[id_], titles) / titles.totals[id_] for id_ in {*shared, *ranks}}
    first = sorted(shared, key=lambda id_: (-shared[id_] - OWN_SHARE * own[id_], id_))[:LOOKED_AT]
    subject = subject_of(query, asked)
    fits: list[Fit] = []
    for id_ in dict.fromkeys((*first, *itertools.islice(ranks, LOOKED_AT))):
        named, told, foreign = _shares(asked, subject, said, id_, library)
        title = shared.get(id_, 0.0)
        score = TITLE_SHARE * title + OWN_SHARE * own[id_]
        score += TEXT_SHARE * told + RANK_SHARE * ranks.get(id_, 0.0) - SAMPLE * _is_sample(id_, library)
        fits.append(Fit(id_, score, named, told, own[id_], title, foreign))
    return _one_of_each(sorted(fits, key=lambda fit: (-fit.score, fit.document_id)), library)


def _readings(subject: str, said: Sequence[tuple[str, str]], titles: Titles) -> list[list[str]]:
    """The features of the question that any title has: as it is written, and with words that procedures use instead."""
    text = together = flat(subject)
    texts = [text]
    for words, official in said:
        texts.append(text.replace(f" {words} ", f" {official} "))
        together = together.replace(f" {words} ", f" {official} ")
    every = (_features(each) for each in dict.fromkeys((*texts, together)))
    return [[feature for feature in each if feature in titles.weights] for each in every]


def _title_shares(features: Sequence[str], titles: Titles, within: Collection[str] | None) -> dict[str, float]:
    """By procedure, the share of the features' weight that its title has."""
    total = _weight(features, titles) or 1.0
    shares: dict[str, float] = defaultdict(float)
    for feature in features:
        for id_ in titles.holding[feature]:
            if within is None or id_ in within:
                shares[id_] += titles.weights[feature] / total
    return shares


def meant(fits: Sequence[Fit]) -> Sequence[Fit]:
    """The one procedure that the question means, several where they fit alike, none where none does."""
    if not fits or not _is_known(fits[0]):
        return ()
    best = fits[0]
    if best.own >= WHOLE:
        return [best]
    return [fit for fit in fits if _is_known(fit) and _as_named(fit) >= _as_named(best) - ALIKE]


def _as_named(fit: Fit) -> float:
    """What the question's words tell of which one it is: not how long a title is, nor how its passages rank."""
    return fit.title + fit.told


def _is_known(fit: Fit) -> bool:
    if fit.foreign:
        return False
    named = fit.named >= IN_TITLE or fit.own >= OWN
    return (fit.score >= KNOWN and named and fit.told >= TOLD) or fit.own >= WHOLE


def maybe_meant(fits: Sequence[Fit]) -> Fit | None:
    """The procedure that stands out, though its title has little of the question."""
    best = fits[0] if fits else None
    if best is None or best.foreign or best.score < MAYBE or best.told < TOLD:
        return None
    return best if len(fits) == 1 or best.score - fits[1].score >= AHEAD else None


def _is_sample(id_: str, library: Library) -> bool:
    document = library.described(id_)
    return document is not None and document.illustrative


def real_first(ids: Collection[str], library: Library) -> list[str]:
    return sorted(ids, key=lambda id_: (_is_sample(id_, library), id_))


def subject_of(query: Query, asked: Asked) -> tuple[Term, ...]:
    """The terms that name the procedure or the case, not the field, the way or the step."""
    left = flat(asked.subject.replace("|", " "))
    return tuple(
        term
        for term in query.terms
        if term.typed
        and not is_number(term.forms[0])
        and not _FRAME.issuperset(term.forms[0].split())
        and any(holds(left, form) for form in term.forms)
    )


def _one_of_each(fits: Iterable[Fit], library: Library) -> list[Fit]:
    kept: dict[str, Fit] = {}
    for fit in fits:
        document = library.described(fit.document_id)
        kept.setdefault((document.number if document else None) or fit.document_id, fit)
    return list(kept.values())


def _weight(features: Iterable[str], titles: Titles) -> float:
    return sum(titles.weights[feature] for feature in features)


def _ranks(found: Sequence[Found], allowed: Collection[str]) -> dict[str, float]:
    """The best passage's rank by procedure, of 1 for the best of all documents."""
    best = max((passage.score for passage in found), default=0.0) or 1.0
    ranks: dict[str, float] = {}
    for passage in found:
        if passage.document_id in allowed:
            ranks.setdefault(passage.document_id, math.sqrt(passage.score / best))
    return ranks


def _shares(
    asked: Asked, subject: Sequence[Term], said: Sequence[tuple[str, str]], id_: str, library: Library
) -> tuple[float, float, bool]:
    """The shares of the subject's weight in the title, and in title or text; and whether a word amid the title's is
    in neither.
    """
    title, whole = texts_of(id_, library)
    total = sum(term.rarity for term in subject) or 1.0
    named = [term for term in subject if stands(term, said, title)]
    told = [term for term in subject if term in named or stands(term, said, whole)]
    text = flat(asked.subject)
    foreign = any(
        term not in told and before in named and after in named
        and holds(text, " ".join(t.forms[0] for t in (before, term, after)))
        for before, term, after in zip(subject, subject[1:], subject[2:], strict=False)
    )  # fmt: skip
    return sum(term.rarity for term in named) / total, sum(term.rarity for term in told) / total, foreign


def stands(term: Term, said: Sequence[tuple[str, str]], flat_text: str) -> bool:
    """Whether a term stands in a flat text: as it is, as procedures name it, or, of a compound, all its syllables."""
    forms = term.forms
    if any(holds(flat_text, form) for form in forms):
        return True
    others = [official for words, official in said if any(holds(f" {words} ", form) for form in forms)]
    within = ((form, words, official) for form in forms for words, official in said if holds(f" {form} ", words))
    others += [f" {form} ".replace(f" {words} ", f" {official} ") for form, words, official in within]
    return any(_all_stand(other.split(), flat_text) for other in others)


def _all_stand(syllables: Sequence[str], flat_text: str) -> bool:
    told = [syllable for syllable in syllables if syllable not in _FRAME]
    return bool(told) and all(holds(flat_text, syllable) for syllable in told)


def texts_of(id_: str, library: Library) -> tuple[str, str]:
    """The title and the whole text of a procedure, flat."""
    return library.derived(("procedure texts", id_), lambda: _texts(id_, library))


def _texts(id_: str, library: Library) -> tuple[str, str]:
    parsed = library.document(id_)
    assert parsed is not None
    return flat(parsed.document.title), flat(parsed.document.text)


def titles_of(library: Library) -> Titles:
    return library.derived("procedure titles", lambda: make_titles(library.documents()))


def make_titles(documents: Iterable[Document]) -> Titles:
    procedures = (document for document in documents if document.kind == PROCEDURE)
    features = {document.id: frozenset(_features(flat(document.title))) for document in procedures}
    counts = Counter(feature for each in features.values() for feature in each)
    weights = {feature: math.log(1 + len(features) / count) for feature, count in counts.items()}
    holding: dict[str, list[str]] = defaultdict(list)
    for id_, each in features.items():
        for feature in each:
            holding[feature].append(id_)
    totals = {id_: sum(weights[feature] for feature in each) or 1.0 for id_, each in features.items()}
    return Titles(features, holding, weights, totals)


@functools.lru_cache(maxsize=1024)
def _features(flat_text: str) -> tuple[str, ...]:
    """Syllables that say something, and neighbouring pairs: `chuyển đi` is not `chuyển đến`."""
    syllables = [s for s in flat_text.split() if s not in _FRAME]
    found = [s for s in syllables if not is_stopword(s)]
    found += [f"{one} {other}" for one, other in itertools.pairwise(syllables)]
    return tuple(dict.fromkeys(found))
