"""The ledger against a list made by hand (`cases/ledger/facts.jsonl`): which facts are found, how right their fields.

A fact is found where one of the same kind stands in the same words with the same value and unit, or the same bodies in
the lead, and its indicator or action has most of the words of the listed one. Optional facts count neither way.
Some documents are held back by a hash of their ids: the failures of the others only are printed.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from ingest.facts.periods import find_deadline, read_period
from ingest.text import syllables
from ingest.types import Fact, Figure, ParsedDocument, Task

CASES = Path(__file__).parent / "cases" / "ledger" / "facts.jsonl"
WORDS = 0.5  # share of the listed indicator's words that the found one must have
HELD = 100  # of 256: documents whose failures are not looked at
_FIELDS = {
    "figure": ("comparator", "period", "scope", "owner", "plan", "change", "of"),
    "task": ("coordinate", "monitor", "deliverable", "deadline", "due", "group"),
}

Listed = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Compared:
    """A document's listed facts and those found there, paired where they agree."""

    document: str
    pairs: tuple[tuple[Listed, Fact], ...]
    missed: tuple[Listed, ...]
    spurious: tuple[Fact, ...]

    @property
    def held(self) -> bool:
        """Kept back from whoever tunes."""
        return hashlib.sha256(self.document.encode()).digest()[0] < HELD


def load(path: Path = CASES) -> dict[str, list[Listed]]:
    """The listed facts by document, in the order of the file."""
    listed: dict[str, list[Listed]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        fact = json.loads(line)
        listed[fact["document"]].append(fact)
    return dict(listed)


def compare(parsed: ParsedDocument, listed: Sequence[Listed]) -> Compared:
    """Pair each listed fact with the found one that agrees best; no found one twice, required ones first."""
    free = list(parsed.facts)
    pairs: list[tuple[Listed, Fact]] = []
    missed: list[Listed] = []
    for fact in sorted(listed, key=lambda fact: bool(fact.get("optional"))):
        place = _place(fact, parsed)
        fitting = [(_likeness(fact, found), -i) for i, found in enumerate(free) if _agrees(fact, found, place)]
        if fitting:
            pairs.append((fact, free.pop(-max(fitting)[1])))
        elif not fact.get("optional"):
            missed.append(fact)
    return Compared(parsed.document.id, tuple(pairs), tuple(missed), tuple(free))


def metrics(compared: Sequence[Compared]) -> dict[str, float]:
    """Precision and recall over all facts and by kind, and the share of right fields among those found."""
    found: dict[str, float] = {}
    for kind in ("", "target", "result", "task"):
        right = sum(
            kind in {"", fact["kind"]} for each in compared for fact, _ in each.pairs if not fact.get("optional")
        )
        missed = sum(kind in {"", fact["kind"]} for each in compared for fact in each.missed)
        spurious = sum(kind in {"", kind_of(fact)} for each in compared for fact in each.spurious)
        name = f"{kind}_" if kind else ""
        found |= {f"{name}listed": right + missed, f"{name}precision": _share(right, right + spurious)}
        found |= {f"{name}recall": _share(right, right + missed)}
    for field, (right, all_) in _fields([pair for each in compared for pair in each.pairs]).items():
        found[f"right_{field}"] = _share(right, all_)
    return found


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def kind_of(fact: Fact) -> str:
    return fact.kind if isinstance(fact, Figure) else "task"


def _place(fact: Listed, parsed: ParsedDocument) -> tuple[int, int]:
    """The words in which the listed fact stands."""
    text = parsed.document.text
    if "quote" in fact:
        start = text.index(fact["quote"])
        return start, start + len(fact["quote"])
    lines = text.split("\n")
    start = sum(len(line) + 1 for line in lines[: fact["paragraph"] - 1])
    return start, start + len(lines[fact["paragraph"] - 1])


def _agrees(fact: Listed, found: Fact, place: tuple[int, int]) -> bool:
    if fact["kind"] != kind_of(found) or found.end <= place[0] or found.start >= place[1]:
        return False
    if isinstance(found, Task):
        lead = {_name(name) for name in fact.get("lead", ())}
        return lead == {_name(name) for name in found.lead} and _likeness(fact, found) >= WORDS
    return _same_value(fact, found) and _same_unit(fact.get("unit", ""), found.unit) and _likeness(fact, found) >= WORDS


def _same_value(fact: Listed, found: Figure) -> bool:
    try:
        return Decimal(fact["value"]) == found.value
    except InvalidOperation:
        return found.value is None and _name(fact["value"]) in _name(found.written)


def _same_unit(listed: str, found: str) -> bool:
    """A listed unit may be longer or shorter: `hồ sơ` and `hồ sơ thủ tục hành chính`."""
    one, other = _name(listed), _name(found)
    return one.startswith(other) or other.startswith(one)


def _likeness(fact: Listed, found: Fact) -> float:
    """Share of the words of the listed indicator or action that the found one has, its unit and scope included."""
    words = syllables(fact.get("indicator") or fact["action"])
    said = f"{found.indicator} {found.unit} {found.scope} {found.column}" if isinstance(found, Figure) else found.action
    own = set(syllables(said))
    return sum(word in own for word in words) / len(words) if words else 1.0


def _name(text: str) -> str:
    return " ".join(syllables(text.replace("Ủy ban nhân dân", "UBND")))


def _fields(pairs: Sequence[tuple[Listed, Fact]]) -> dict[str, tuple[int, int]]:
    """By field: how many are right, of those that the list or the found fact has."""
    right: Counter[str] = Counter()
    counted: Counter[str] = Counter()
    for fact, found in pairs:
        for field, one, other in _compared_fields(fact, found):
            if one or other:
                counted[field] += 1
                right[field] += one == other
    return {field: (right[field], counted[field]) for field in counted}


def _compared_fields(fact: Listed, found: Fact) -> Iterator[tuple[str, object, object]]:
    """Each field as listed and as found, in a form that compares."""
    for field in _FIELDS["figure" if isinstance(found, Figure) else "task"]:
        listed = fact.get(field, "=" if field == "comparator" else "")
        value: Any = getattr(found, {"owner": "owners", "of": "whole"}.get(field, field))
        yield field, _form(field, listed), _form(field, value)


def _form(field: str, value: Any) -> object:  # noqa: ANN401 (a field of any type)
    if value in (None, "", ()):
        return None
    if field in {"period", "deadline"}:
        deadline = find_deadline(str(value))
        period = read_period(str(value))
        return (
            (period.first, period.last)
            if period
            else _name(str(value)[deadline.start : deadline.end] if deadline else value)
        )
    if field in {"comparator", "due", "of"}:
        return str(value)
    names = value if isinstance(value, tuple | list) else (value,)
    return tuple(sorted(_name(each) for each in names))


def describe(fact: Listed | Fact) -> str:
    """One line for people."""
    if isinstance(fact, Figure):
        value = f"{fact.comparator} {fact.value} {fact.unit} [{fact.period}] {fact.scope}"
        return f"{fact.kind} {fact.path}: {fact.indicator} {value}"
    if isinstance(fact, Task):
        return f"task {fact.path}: {', '.join(fact.lead)}: {fact.action[:80]} [{fact.deadline}]"
    return json.dumps({name: value for name, value in fact.items() if name != "document"}, ensure_ascii=False)


def failures(compared: Compared) -> Iterator[str]:
    """What was missed, what was found that isn't there, and which fields are wrong, a line each."""
    yield f"\n{compared.document}"
    yield from (f"  missed {describe(fact)}" for fact in compared.missed)
    yield from (f"  not listed {describe(fact)}" for fact in compared.spurious)
    for fact, found in compared.pairs:
        for field, one, other in _compared_fields(fact, found):
            if one != other:
                yield f"  {field}: listed {one!r}, found {other!r} in {describe(found)}"
