"""What a procedure's card tells of what is asked: the value that leads, then the rows, each with its citation."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence

from assistant.compose import inert
from assistant.match import flat, holds
from assistant.procedures.cards import Field, Line, Procedure, Row, field_name
from assistant.procedures.page import BULLETS, Page, Told
from assistant.procedures.question import Asked
from ingest.text import CAPITALS, sentences
from ingest.vocabulary import rows

_STEP = re.compile(r"^\W*Bước\s+(\d{1,2})\b", re.IGNORECASE)
_HANDED_IN = re.compile(
    rf"(?<!không phải )\b(?:nộp|gửi|đăng ký|đến)\b[^.;]*?\b(?:tại|đến|tới|cho|ở|với)\s+"
    rf"(?:[{CAPITALS}]|(?:cơ quan|đơn vị|trụ sở|bộ phận|cơ sở)\b)"
)
_MONEY = re.compile(
    r"\d[\d.,]*\s*(?:triệu|nghìn|tỷ|ngàn)?\s*(?:đồng|đ/|usd)|\d\s*tháng (?:lương|trợ cấp)|mức lương cơ sở",
    re.IGNORECASE,
)
_WHOM = re.compile(r"cơ quan|đơn vị|bộ phận|\bai\b")
_FORM = re.compile(r"\bmẫu\b", re.IGNORECASE)
_PIECES = re.compile(r";\s+")
_LONGEST_LEAD = 160  # characters
LONGEST_LEADS = 400  # characters, of several lines
HALF = 0.5  # of what is left of the question: so much of it in a row makes the row the one that is asked for


def tell(what: str, asked: Asked, page: Page) -> Told | None:
    """None where the procedure says nothing of it."""
    return TELLERS[what](asked, page)


# --- ways of filing: time and fee -----------------------------------------------------------------------------------


def _time(asked: Asked, page: Page) -> Told | None:
    return _by_way("time", asked, page)


def _fee(asked: Asked, page: Page) -> Told | None:
    return _by_way("fee", asked, page)


def _by_way(name: Field, asked: Asked, page: Page) -> Told | None:
    """The values of the rows of the way asked for, or of all; else the part's own lines, where no way is asked for."""
    rows = [row for row in rows_of_way(asked.way, page.procedure) if name in row.cells]
    rows = _of_case(rows, page)
    if not rows:
        return None if asked.way and page.procedure.rows("ways") else _lines(name, page)
    values = [_chosen(row.cells[name], page) for row in rows]
    if len(set(values)) == 1:
        lead = f"**{inert(values[0])}**" + "".join(page.mark(row.unit) for row in rows)
    else:
        lead = "\n".join(
            f"**{inert(_named(row, value))}**{page.mark(row.unit)}" for row, value in zip(rows, values, strict=True)
        )
    return Told(field_name(name), lead, _way_lines(rows, page))


def rows_of_way(way: str, procedure: Procedure) -> list[Row]:
    rows = [row for row in procedure.rows("ways") if "way" in row.cells or "time" in row.cells or "fee" in row.cells]
    return [row for row in rows if not way or holds(flat(row.cells.get("way", "")), flat(way).strip())]


def _of_case(rows: Sequence[Row], page: Page) -> list[Row]:
    """The rows that say most of what is left of the question, where some say more of it than others."""
    hits = [page.hits(f"{row.case} {' '.join(row.cells.values())}") for row in rows]
    best = max(hits, default=0.0)
    return [row for row, hit in zip(rows, hits, strict=True) if hit == best] if best >= HALF else list(rows)


def _chosen(value: str, page: Page) -> str:
    """The piece of a value that says most of what is left of the question; all of it where none does."""
    pieces = _PIECES.split(value)
    hits = [page.hits(piece) for piece in pieces]
    best = max(hits)
    chosen = [piece for piece, hit in zip(pieces, hits, strict=True) if hit == best]
    return chosen[0] if len(pieces) > 1 and best >= HALF and len(chosen) == 1 else value


def _named(row: Row, value: str) -> str:
    way = row.cells.get("way", "")
    return f"{way}: {value}" if way else value


def _way_lines(rows: Sequence[Row], page: Page) -> tuple[str, ...]:
    """What is said of each way; of several alike, once."""
    alike: dict[str, list[Row]] = {}
    for row in rows:
        alike.setdefault("; ".join(row.cells[name] for name in _OF_WAYS if name in row.cells), []).append(row)
    lines: list[str] = []
    for cells, each in alike.items():
        names = ", ".join(dict.fromkeys(row.cells["way"] for row in each if "way" in row.cells))
        marks = "".join(page.mark(row.unit) for row in each)
        lines.append(f"- {inert(': '.join(filter(None, (names, cells))))}{marks}")
    return tuple(lines)


_OF_WAYS: tuple[Field, ...] = ("time", "fee", "note")


def _ways(_: Asked, page: Page) -> Told | None:
    rows = rows_of_way("", page.procedure)
    if not rows:
        return _lines("ways", page)
    names = dict.fromkeys(row.cells["way"] for row in rows if "way" in row.cells)
    marks = {name: next(page.mark(row.unit) for row in rows if row.cells.get("way") == name) for name in names}
    lead = "; ".join(f"**{inert(name)}**{mark}" for name, mark in marks.items())
    return Told(field_name("ways"), lead, _way_lines(rows, page))


# --- papers ---------------------------------------------------------------------------------------------------------


def _papers(_: Asked, page: Page) -> Told | None:
    """Every paper, under its case; those of the case asked for alone; first what the rest of the question names."""
    rows, lines = list(page.procedure.rows("papers")), list(page.procedure.lines("papers"))
    if not rows and not lines:
        return None
    rows = _of_asked_case(rows, page)
    hits = [page.hits(_paper(row)) for row in rows]
    best = max(hits, default=0.0)
    named = [row for row, hit in zip(rows, hits, strict=True) if hit == best] if best >= HALF else []
    lead = (
        "\n".join(f"**{inert(_paper(row))}**{page.mark(row.unit)}" for row in named) if len(named) < len(rows) else ""
    )
    shown: list[str] = [f"- {_inert_line(line, page)}{_mark(line, page)}" for line in lines]
    case = ""
    for row in rows:
        if row.case != case:
            shown.append(f"{inert(row.case)}:")
            case = row.case
        shown.append(f"- {_paper_line(row)}{page.mark(row.unit)}")
    return Told(field_name("papers"), lead, tuple(shown))


def _of_asked_case(rows: Sequence[Row], page: Page) -> list[Row]:
    """The rows of the case that the question names, and those without a case or of every case."""
    hits = {case: page.hits(case) for case in {row.case for row in rows} if case}
    best = max(hits.values(), default=0.0)
    if not best or min(hits.values()) == best:
        return list(rows)
    kept = {case for case, hit in hits.items() if hit == best or not is_special(case)}
    return [row for row in rows if not row.case or row.case in kept]


def is_special(case: str) -> bool:
    """Whether a heading is of a case of its own, and not of papers that everybody brings."""
    return bool(re.match(r"\W*(?:trường hợp|đối với|nếu|khi)\b", case, re.IGNORECASE))


def _paper(row: Row) -> str:
    return row.cells.get("paper") or " — ".join(row.cells.values())


def _paper_line(row: Row) -> str:
    order: tuple[Field, ...] = ("copies", "form", "note")
    return inert(" — ".join((_paper(row).lstrip(BULLETS), *(row.cells[name] for name in order if name in row.cells))))


def _copies(asked: Asked, page: Page) -> Told | None:
    """How many of the paper that the question names; of all where it names none."""
    rows = [row for row in page.procedure.rows("papers") if "copies" in row.cells]
    scores = [_likeness(asked.tail, _paper(row)) for row in rows]
    best = max(scores, default=0.0)
    named = [row for row, score in zip(rows, scores, strict=True) if score == best]
    if best < HALF or len(named) == len(rows) > 1:
        return _papers(asked, page)
    lead = "\n".join(f"**{inert(row.cells['copies'])}**{page.mark(row.unit)}" for row in named)
    return Told(field_name("copies"), lead, tuple(f"- {_paper_line(row)}{page.mark(row.unit)}" for row in named))


def _likeness(asked: str, name: str) -> float:
    """How well words name a paper: the shares of each in the other, what is asked first."""
    left, right = flat(asked.replace("|", " ")).split(), flat(name).split()
    words = [word for word in left if len(word) > 1 and word not in _FILLERS]
    shared = [word for word in words if word in right]
    if not words or not right:
        return 0.0
    return len(shared) / len(words) + 0.2 * len(set(shared)) / len(set(right))


_FILLERS = frozenset(
    {"phải", "cần", "nộp", "vậy", "thì", "là", "hồ", "sơ", "mấy", "bao", "nhiêu", "có", "của", "trong"}
)


def _forms(_: Asked, page: Page) -> Told | None:
    """The forms of the papers, and what else is said to be by a form, the result first."""
    names: tuple[Field, ...] = ("result", "papers", "steps")
    lines = [line for name in names for line in page.procedure.lines(name) if _FORM.search(page.procedure.shown(line))]
    rows = [row for row in page.procedure.rows("papers") if "form" in row.cells or _FORM.search(_paper(row))]
    shown = [f"- {_inert_line(line, page)}{_mark(line, page)}" for line in lines]
    shown += [f"- {_paper_line(row)}{page.mark(row.unit)}" for row in rows]
    return Told(field_name("form"), "", tuple(shown)) if shown else None


# --- lines ----------------------------------------------------------------------------------------------------------


def _lines(name: Field, page: Page) -> Told | None:
    """The lines of a part; one alone leads. Of several, those that say the most of what is left of the question."""
    lines, rows = list(page.procedure.lines(name)), list(page.procedure.rows(name))
    if not lines and not rows:
        return None
    if len(lines) == 1 and not rows and len(page.procedure.shown(lines[0])) <= _LONGEST_LEAD:
        return Told(field_name(name), f"**{_inert_line(lines[0], page)}**{_mark(lines[0], page)}")
    hits = [page.hits(page.procedure.shown(line)) for line in lines]
    best = max(hits, default=0.0)
    named = [line for line, hit in zip(lines, hits, strict=True) if hit == best and best >= HALF]
    lead = "\n".join(f"**{_inert_line(line, page)}**{_mark(line, page)}" for line in named)
    lead = lead if len(named) < len(lines) and len(lead) <= LONGEST_LEADS else ""
    shown: list[str] = []
    case = ""
    for line in lines:
        if line.case != case:
            shown.append(f"{inert(line.case)}:")
            case = line.case
        shown.append(f"- {_inert_line(line, page)}{_mark(line, page)}")
    for row in rows:
        if row.case != case:
            shown.append(f"{inert(row.case)}:")
            case = row.case
        shown.append(
            f"- {inert('; '.join(f'{c}: {v}' if c else v for c, v in row.unit.cells if v))}{page.mark(row.unit)}"
        )
    return Told(field_name(name), lead, tuple(shown))


def _inert_line(line: Line, page: Page) -> str:
    return inert(page.procedure.shown(line).lstrip(BULLETS))


def _mark(line: Line, page: Page) -> str:
    return page.mark(line.unit, line.start, line.end)


def _plain(name: Field) -> Callable[[Asked, Page], Told | None]:
    return lambda _, page: _lines(name, page)


def _agency(_: Asked, page: Page) -> Told | None:
    """Who does it, and who decides, where that is another."""
    own, other = ([page.procedure.shown(line) for line in page.procedure.lines(n)] for n in ("agency", "authority"))
    told = _lines("agency" if own else "authority", page)
    decides = _lines("authority", page) if own and other and own != other else None
    if told is None or decides is None:
        return told
    return Told(told.name, told.lead, (*told.lines, f"{decides.name}:", *filter(None, (decides.lead,)), *decides.lines))


def _place(asked: Asked, page: Page) -> Told | None:
    """Where papers are handed in; and to whom, where that is asked."""
    told, agency = _where(page), _lines("agency", page) if _WHOM.search(asked.said) else None
    if told is None or agency is None:
        return told or agency
    return Told(told.name, told.lead, (*told.lines, f"{agency.name}:", *filter(None, (agency.lead,)), *agency.lines))


def _where(page: Page) -> Told | None:
    """The place; where no part names it, the words of the ways or the steps that tell it."""
    told = _lines("place", page)
    if told is not None:
        return told
    procedure = page.procedure
    for row in procedure.rows("ways"):
        if _HANDED_IN.search(row.cells.get("note", "")):
            return Told(field_name("place"), f"**{inert(row.cells['note'])}**{page.mark(row.unit)}")
    for line in procedure.lines("steps"):
        for start, end in sentences(procedure.document.text, line.start, line.end):
            sentence = procedure.document.text[start:end]
            if _HANDED_IN.search(sentence):
                return Told(field_name("place"), f"“{inert(sentence)}”{page.mark(line.unit, start, end)}")
    return None


def _step(asked: Asked, page: Page) -> Told | None:
    """The step of that number, all its lines; every step where no number is asked for."""
    lines = page.procedure.lines("steps")
    if asked.step is None:
        return _lines("steps", page)
    chosen: list[Line] = []
    number = 0
    for line in lines:
        opened = _STEP.match(page.procedure.shown(line))
        number = int(opened[1]) if opened else number
        if number == asked.step:
            chosen.append(line)
    if not chosen:
        return None
    shown = tuple(f"{_inert_line(line, page)}{_mark(line, page)}" for line in chosen)
    return Told(field_name("steps"), "", shown)


def _basis(asked: Asked, page: Page) -> Told | None:
    """The documents that it rests on, those of the kind asked for where one is named."""
    rows, lines = list(page.procedure.rows("basis")), list(page.procedure.lines("basis"))
    asked_for = next(((kind, ending) for kind, said, ending in _kinds() if said.search(asked.said)), None)
    if asked_for:
        kind, ending = asked_for
        rows = [row for row in rows if ending.search(row.cells.get("number", "")) or _begins(row, kind)]
        lines = [line for line in lines if holds(flat(page.procedure.shown(line)), kind)]
    if not rows and not lines:
        return None
    shown = [f"- {_ground(row)}{page.mark(row.unit)}" for row in rows]
    shown += [f"- {_inert_line(line, page)}{_mark(line, page)}" for line in lines]
    return Told(field_name("basis"), "", tuple(shown))


def _begins(row: Row, kind: str) -> bool:
    return flat(row.cells.get("about", "")).startswith(f" {kind} ") and "number" not in row.cells


def _ground(row: Row) -> str:
    cells = row.cells
    about = cells.get("about", "")
    more = ", ".join(filter(None, (cells.get("issuer"), cells.get("issued"))))
    number = f"**{inert(cells['number'])}**" if "number" in cells else ""
    return ": ".join(filter(None, (number, inert(about)))) + (f" ({inert(more)})" if more else "")


@functools.cache
def _kinds() -> Sequence[tuple[str, re.Pattern[str], re.Pattern[str]]]:
    return [
        (kind, re.compile(said), re.compile(written))
        for kind, said, written in rows("procedure_grounds.tsv", "assistant")
    ]


def _fact(name: Field) -> Callable[[Asked, Page], Told | None]:
    def told(_: Asked, page: Page) -> Told | None:
        row = page.procedure.facts.get(name)
        return (
            Told(field_name(name), f"**{inert(row.cells[name])}**{page.mark(row.unit)}") if row else _lines(name, page)
        )

    return told


def _amount(_: Asked, page: Page) -> Told | None:
    """A sum of money that is paid out: told outside the fees only."""
    procedure = page.procedure
    names: tuple[Field, ...] = ("result", "conditions", "steps")
    for line in (line for name in names for line in procedure.lines(name)):
        for start, end in sentences(procedure.document.text, line.start, line.end):
            sentence = procedure.document.text[start:end]
            if _MONEY.search(sentence) and page.hits(sentence) >= (HALF if page.left else 0):
                return Told("", f"“{inert(sentence)}”{page.mark(line.unit, start, end)}")
    return None


def overview(asked: Asked, page: Page) -> Told:
    """The procedure in short, for who only names it."""
    lines: list[str] = []
    for what in ("time", "fee", "papers", "place", "agency", "result"):
        told = tell(what, asked, page)
        if told is not None:
            lines.append(f"{told.name}: {told.lead}" if told.lead and "\n" not in told.lead else f"{told.name}:")
            lines += () if told.lead and "\n" not in told.lead else (told.lines or (told.lead,))
    return Told("", "", tuple(lines))


TELLERS: Mapping[str, Callable[[Asked, Page], Told | None]] = {
    "time": _time,
    "fee": _fee,
    "ways": _ways,
    "papers": _papers,
    "copies": _copies,
    "forms": _forms,
    "place": _place,
    "agency": _agency,
    "authority": _plain("authority"),
    "partner": _plain("partner"),
    "result": _plain("result"),
    "who": _plain("who"),
    "conditions": _plain("conditions"),
    "step": _step,
    "steps": _plain("steps"),
    "basis": _basis,
    "level": _fact("level"),
    "code": _fact("code"),
    "sector": _fact("sector"),
    "amount": _amount,
}
