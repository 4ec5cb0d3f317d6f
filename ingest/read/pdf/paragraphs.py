"""Lines to paragraphs, by what a reader sees: full lines go on, indents, gaps and list marks begin something new.

The same for text layers and for scans. What the document's own habits are (does it indent paragraphs, does it set
them apart, how far are lines apart) is measured first, for a mark at the start of a line means little where wrapped
lines may begin with one too: `… theo khoản` / `1. Việc …`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.read.lines import MARKER
from ingest.read.pdf.paper import Line
from ingest.syllables import is_syllable
from ingest.types import Block

INDENT = 0.6
"""Of the font size. Paragraphs are indented by 1 to 1.27 cm, that is 2 to 3."""
CENTRED = 0.5
"""Of the font size: how far a centred line's middle may be off."""
SAME_SIZE = 0.12
"""Share by which sizes may differ in a paragraph."""
LOOSE = 1.18
"""Times the usual distance of lines: more is a gap between paragraphs. Word's paragraphs are set apart by 3 pt and
more, a quarter of a line."""
SPACE = 0.25
"""Of the font size: the space that the next line's first word would need before it."""
MISJUDGED = 1.1
"""How much wider than reckoned that word may be."""
SHORT_WORD = 2.5
"""Of the font size."""
NARROW, WIDE = frozenset("iíìỉĩịlfjtrI.,;:'!()-/|[]"), frozenset("mwMW@%ƠƯỞỬỢỰỜỪỚỨỠỮĐOÔQGNHUD")
NARROW_WIDTH, WIDE_WIDTH = 0.6, 1.4
"""Beside the other letters, in the usual typefaces."""
UNIT = re.compile(
    r"điều\s+\d+[a-zđ]?\s*[.:]|"
    r"(?:chương|phần|mục|tiểu mục)\s+(?:thứ\s+\w+|[IVXLC]+|\d+)\b(?!\s+(?:của|này|và|Điều))",
    re.IGNORECASE,
)
"""`Điều 5.`, `Chương II`, `Mục 1`: a new unit, not the middle of a sentence about one."""
DASH = re.compile(r"[-–]\s")
DIGITS = frozenset("0123456789.,")
STOPS = tuple(".;:!?…")
CLOSERS = '"”’)»'
MIN_HABIT = 3
"""Cases that make a habit."""
RESCUE = 0.25
"""Share of the width that a line may lack where its words plainly go on: a word that can't be parted came next."""
MARGIN_SHARE = 0.25
"""Of a page's lines that end within `SAME_END` points of each other at its margin."""
SAME_END = 3.0
NEIGHBOURS = 8.0
"""Points between the ends of two lines that reach to the margin, where they aren't all made equally long."""
NARROW_CELL = 4.0
"""Of the font size: in a wider cell no word needs breaking."""
SCANNED_SLACK = 2.0
"""How much more everything may vary in scans."""


@dataclass(frozen=True, slots=True)
class Area:
    """Where a column's lines may begin and end."""

    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A line with its page and the area that it had; `fresh` where nothing above it can go on in it, `far` where the
    distance to the line above it is not known: it begins a page or stands under a table."""

    line: Line
    page: int
    area: Area
    scanned: bool = False
    fresh: bool = False
    far: bool = False


@dataclass(frozen=True, slots=True)
class Habits:
    """`leading` is the distance of a paragraph's lines over their size; `indented` whether paragraphs begin with an
    indent, `spaced` whether they are set apart."""

    leading: float
    indented: bool
    spaced: bool


def habits_of(placed: Sequence[Placed]) -> Habits:
    pairs = [(a, b) for a, b in pairwise(placed) if not b.fresh and not b.far and _same_size(a, b)]
    full = [(a, b) for a, b in pairs if is_full(a, b) and not _is_centred(b)]
    distances = Counter(round(_distance(a, b), 1) for a, b in full if _distance(a, b) < 3)
    often = [distance for distance, times in distances.items() if times >= max(2, 0.2 * len(full))]
    leading = min(often, default=1.3)
    drawn_in = sum(_inset(a) and not _inset(b) for a, b in full)
    level = sum(_inset(a) and _inset(b) and abs(a.line.left - b.line.left) < INDENT * a.line.size for a, b in full)
    listed = [_distance(a, b) > LOOSE * leading for a, b in pairs if _begins(b.line.text)]
    spaced = len(listed) >= MIN_HABIT and sum(listed) >= 0.8 * len(listed)
    return Habits(leading, indented=drawn_in >= MIN_HABIT and drawn_in > level, spaced=spaced)


def paragraphs(placed: Iterable[Placed], habits: Habits) -> Iterator[Block]:
    """One block a paragraph."""
    current: list[Placed] = []
    for one in placed:
        if current and goes_on(current, one, habits):
            current.append(one)
            continue
        if current:
            yield _block(current)
        current = [one]
    if current:
        yield _block(current)


def goes_on(current: Sequence[Placed], new: Placed, habits: Habits) -> bool:
    """Whether a line belongs to the paragraph of the lines above it."""
    last = current[-1]
    if new.fresh or not _same_size(last, new):
        return False
    plainly = _plainly_goes_on(last, new)
    if not plainly and not is_full(last, new):
        return False
    if _is_centred(new) and (_is_centred(last) or _fills(last)):
        same = last.line.bold == new.line.bold and last.line.text.isupper() == new.line.text.isupper()
        same = same and (_is_centred(last) or last.line.bold or last.line.text.isupper() or plainly)
        return same and _near(last, new, habits) and not _begins(new.line.text)
    if not _in_line(current, new, habits):
        return False
    if not _near(last, new, habits):
        return plainly
    return plainly or not _breaks(current, new, habits)


def _breaks(current: Sequence[Placed], new: Placed, habits: Habits) -> bool:
    """Whether a line that could go on begins something by its words."""
    last = current[-1]
    if not _starts(new.line.text):
        return False
    drawn_in = habits.indented and _inset(current[0]) and not _inset(new)
    if new.far and habits.spaced and not habits.indented and _ends(last.line.text):
        return True
    certain = drawn_in or (habits.spaced and not new.far)
    if _begins(new.line.text):
        if DASH.match(new.line.text) and not _ends(last.line.text) and not DASH.match(current[0].line.text):
            return False  # a dash within a sentence: Lao động - Thương binh và Xã hội
        return not certain or (_ends(last.line.text) and not drawn_in)
    return not certain and last.line.bold != new.line.bold and (last.line.bold or _ends(last.line.text))


def _in_line(current: Sequence[Placed], new: Placed, habits: Habits) -> bool:
    """Whether a line begins where the paragraph's next one would."""
    last = current[-1]
    slack = INDENT * last.line.size * (SCANNED_SLACK if new.scanned else 1)
    step = (new.line.left - new.area.left) - (last.line.left - last.area.left)
    first = len(current) == 1
    if step > slack:
        return first and _begins(last.line.text) and step < 5 * last.line.size and _near(last, new, habits)
    if step < -slack:
        return first
    return not (first and habits.indented and _inset(new)) or _plainly_goes_on(last, new)


def _plainly_goes_on(last: Placed, new: Placed) -> bool:
    """Whether the words alone show that a sentence goes on, on a line that is nearly full."""
    if _ends(last.line.text) or not new.line.text[:1].islower() or _begins(new.line.text):
        return False
    if _is_centred(last) or _is_centred(new) or _distance(last, new) > 2.2:
        return False
    return last.area.right - last.line.right < RESCUE * (last.area.right - last.area.left)


def is_full(last: Placed, new: Placed | None) -> bool:
    """Whether the next line's first word would not have fitted; a short word, where there is no next line."""
    line = last.line
    if _is_centred(last) and (new is None or _is_centred(new)):
        room = (last.area.right - last.area.left) - (line.right - line.left)
    else:
        room = last.area.right - line.right
    slack = SCANNED_SLACK if last.scanned else 1.0
    word = _first_word(new.line) if new else SHORT_WORD * line.size
    return room < word * MISJUDGED * slack + SPACE * line.size


def _first_word(line: Line) -> float:
    """How wide the first word is, reckoned from its letters."""
    return (line.right - line.left) * _weight(line.text.split(maxsplit=1)[0]) / _weight(line.text)


def _weight(text: str) -> float:
    return sum(NARROW_WIDTH if sign in NARROW or sign == " " else WIDE_WIDTH if sign in WIDE else 1 for sign in text)


def _near(last: Placed, new: Placed, habits: Habits) -> bool:
    loose = LOOSE * (1.15 if new.scanned else 1)
    return new.far or _distance(last, new) <= max(loose * habits.leading, habits.leading + 0.1)


def _distance(last: Placed, new: Placed) -> float:
    """Of two lines' baselines, over their size."""
    return (new.line.bottom - last.line.bottom) / max(last.line.size, 1.0)


def _same_size(last: Placed, new: Placed) -> bool:
    if new.scanned or last.scanned:
        return True
    return abs(last.line.size - new.line.size) <= SAME_SIZE * max(last.line.size, new.line.size)


def _inset(placed: Placed) -> bool:
    return placed.line.left - placed.area.left > INDENT * placed.line.size


def _is_centred(placed: Placed) -> bool:
    line, area = placed.line, placed.area
    before, after = line.left - area.left, area.right - line.right
    off = CENTRED * line.size * (SCANNED_SLACK if placed.scanned else 1)
    return abs(before - after) <= 2 * off and min(before, after) > 0.1 * line.size


def _fills(placed: Placed) -> bool:
    """Whether a line reaches from side to side, so that it can't be told whether it is centred."""
    before, after = placed.line.left - placed.area.left, placed.area.right - placed.line.right
    return max(before, after) < placed.line.size


def _begins(text: str) -> bool:
    return MARKER.match(text) is not None or UNIT.match(text) is not None


def _starts(text: str) -> bool:
    """Whether a sentence or an item may begin so."""
    return _begins(text) or not text.lstrip("“\"'(")[:1].islower()


def _ends(text: str) -> bool:
    return text.rstrip(CLOSERS).endswith(STOPS)


def _block(lines: Sequence[Placed]) -> Block:
    text = lines[0].line.text
    for last, new in pairwise(lines):
        text = f"{text}{new.line.text}" if _is_torn(last, new) else joined([text, new.line.text])
    return Block(text, bold=all(one.line.bold for one in lines), page=lines[0].page)


def _is_torn(last: Placed, new: Placed) -> bool:
    """Whether a word was broken between its letters, because its cell is too narrow for it: `ST` / `T`, `11.` / `2`."""
    word, rest = last.line.text, new.line.text.split(maxsplit=1)[0]
    if " " in word or last.area.right - last.area.left > NARROW_CELL * last.line.size:
        return False
    room = (last.area.right - last.area.left) - (last.line.right - last.line.left)
    letter = _first_word(new.line) / len(rest)
    letters = word.isalpha() and rest.isalpha() and not (is_syllable(word) and is_syllable(rest))
    number = word[-1] in DIGITS and rest[0] in DIGITS
    return room < letter * MISJUDGED and (letters or number)


def joined(texts: Sequence[str]) -> str:
    """Wrapped lines as one. A hyphen or slash within a word (`05-NQ/` `TU`, `2021-` `2025`) has no space after it."""
    text = ""
    for part in texts:
        glued = len(text) > 1 and text[-1] in "-–/" and text[-2].isalnum() and part[:1].isalnum()
        text += part if glued or not text else f" {part}"
    return text


def area_of(lines: Sequence[Line], width: float) -> Area:
    """Where a page's lines begin and end: the outermost places that lines share. A page of short lines is taken to
    have a right margin no wider than its left one."""
    if not lines:
        return Area(0.0, width)
    left = _shared([line.left for line in lines])
    right = -_shared([-line.right for line in lines])
    return Area(left, max(right, width - left) if left < 0.25 * width else right)


def _shared(places: Sequence[float]) -> float:
    """The outermost place where a share of the lines ends; where none does, the outermost with another one near."""
    ordered = sorted(places)
    enough = max(MIN_HABIT, round(MARGIN_SHARE * len(ordered)))
    for place, last in zip(ordered, ordered[enough - 1 :], strict=False):
        if last - place <= SAME_END:
            return place
    return next((place for place, other in pairwise(ordered) if other - place <= NEIGHBOURS), ordered[0])
