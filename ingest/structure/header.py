"""Where a document's header, body and closing are, and what the header says: kind, number, issuer, date, title.

State documents follow Nghị định 30/2020/NĐ-CP, Party documents Hướng dẫn 36-HD/VPTW; a news item has a headline
at most. What can't be found is None, never a guess.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ingest.read.lines import MOTTO
from ingest.structure.annexes import appendix_label, is_attached_note
from ingest.structure.imprint import opens_imprint, read_imprint
from ingest.text import CAPITALS, bare, sentences
from ingest.types import Block
from ingest.values import PATTERNS, as_date, find_values

PROCEDURE = dict(PATTERNS)["procedure"]

# Type names in the order that matters: a longer name before the one it begins with.
KINDS = (
    "Nghị quyết liên tịch", "Nghị quyết", "Nghị định", "Thông tư liên tịch", "Thông tư", "Quyết định", "Chỉ thị",
    "Kết luận", "Hướng dẫn", "Kế hoạch", "Báo cáo", "Thông báo", "Chương trình hành động", "Chương trình", "Tờ trình",
    "Đề án", "Phương án", "Quy chế", "Quy định", "Công điện", "Biên bản", "Pháp lệnh", "Bộ luật", "Luật", "Hiến pháp",
    "Công văn",
)  # fmt: skip

HEADER_LINES = 40  # a header, its notes and its title never take more
LETTERHEAD_LINES = 8  # body, those above it, number, motto, place and date
_KIND = re.compile(rf"^\W{{0,2}}(?:bản )?(?P<kind>{'|'.join(KINDS)})(?=\W|$)\s*[:–-]?\s*(?P<rest>.*)$", re.IGNORECASE)
_NUMBER_LINE = re.compile(r"^(?:số|luật số)\s*:?\s*(?P<number>\S.*)$", re.IGNORECASE)
_SUBJECT = re.compile(r"^(?:V/v|Về việc)\s*:?\s*(?P<rest>.+)$", re.IGNORECASE)
_ABOUT = re.compile(r"^(?:về việc|về|v/v)\s*:?\s+", re.IGNORECASE)
_PLACE = re.compile(r"(?:.*,\s*)?(?:ngày\s+)?", re.IGNORECASE)  # what stands before the date of issue
_BODY_START = re.compile(
    r"^(?:căn cứ|kính gửi|thực hiện|theo đề nghị|xét|điều\s+\d|chương\s|phần\s|mục\s|[IVXLC]+\s*[.\-–/]"
    r"|\d+(?:\.\d+)*\s*[.\-)]|[a-zđ]\)|[-–+•])",
    re.IGNORECASE,
)  # fmt: skip
_MOTTO = re.compile(
    r"\W*(?:cộng h(?:òa|oà) xã hội chủ nghĩa việt nam|độc lập\s*[-–]\s*tự do\s*[-–]\s*hạnh phúc)\W*", re.IGNORECASE
)
_RULE = re.compile(r"^[\W_]*$")
_GROUNDS = re.compile(r"^(?:căn cứ|theo đề nghị|xét)\s", re.IGNORECASE)
_ENACTING = re.compile(rf"^(?:quyết nghị|{'|'.join(KINDS)})\s*:$", re.IGNORECASE)
_RECIPIENTS = re.compile(r"^nơi nhận\s*:?", re.IGNORECASE)
_SIGNATURE = re.compile(
    rf"^(?:T/?M\.?|KT\.?|K/T\.?|TL\.?|TUQ\.?|Q\.)\s+(?:[{CAPITALS} ]{{4,}}|[{CAPITALS}][^.;:]{{3,40}})$"
)
# Who signs where nobody signs for a body: laws, and letters of a head of office.
_SIGNATORY = re.compile(
    r"^(?:(?:QUYỀN |PHÓ )?(?:CHỦ TỊCH|CHỦ NHIỆM|THỦ TƯỚNG|BỘ TRƯỞNG|THỨ TRƯỞNG|GIÁM ĐỐC|TỔNG GIÁM ĐỐC|CHÁNH VĂN PHÒNG"
    r"|BÍ THƯ|HIỆU TRƯỞNG|VIỆN TRƯỞNG|CHÁNH ÁN|CHÁNH THANH TRA|(?:TỔNG )?CỤC TRƯỞNG|CHI CỤC TRƯỞNG|VỤ TRƯỞNG"
    r"|TRƯỞNG \w+|TỔNG BÍ THƯ|ĐẠI DIỆN))(?:$|\s)"
)
_ENDS_TEXT = re.compile(r"\./\.?\s*$|^(?:bộ )?luật này (?:đã )?được quốc hội .*thông qua", re.IGNORECASE)
_NOTE = re.compile(r"^(?:hướng dẫn|ghi chú|chú thích|chú giải|lưu ý|giải thích)\b", re.IGNORECASE)
_ADOPTED = re.compile(r"thông qua\s+(?=ngày\s)", re.IGNORECASE)
# A line that says so of the text, and the mark at the end of a title.
_SAMPLE = re.compile(r"^\W*(?:văn bản|bản|tin|tài liệu)(?: này)?(?: là)?(?: bản)? minh (?:họa|hoạ)\b", re.IGNORECASE)
_SAMPLE_MARK = re.compile(r"\s*\((?:văn bản |bản )?minh (?:họa|hoạ)\)\s*$", re.IGNORECASE)
# A line of capitals that begins so names a body; any other goes on with the name above it: ỦY BAN NHÂN DÂN / TỈNH …
_OFFICES = "bộ|sở|tổng cục|chi cục|cục|vụ|ban|trung tâm|viện"
_BODY = re.compile(
    rf"(?:{_OFFICES}|văn phòng|phòng|thanh tra|ủy ban|uỷ ban|ubnd|hội đồng|hđnd|đảng bộ|chi bộ|đảng ủy|tỉnh ủy|thành ủy"
    r"|huyện ủy|thị ủy|chính phủ|thủ tướng|quốc hội|chủ tịch|công an|tòa án|kiểm toán|đại học|trường|tổng công ty"
    r"|công ty)\b",
    re.IGNORECASE,
)
_PARTY_BODY = re.compile(r"(?:đảng bộ|chi bộ|đảng ủy|tỉnh ủy|thành ủy|huyện ủy|thị ủy)\b", re.IGNORECASE)
# Names that keep their capitals inside a body's name: they can't be told from a line of capitals, so these are given.
_PROPER = (
    "Quảng Ninh", "Việt Nam", "Hạ Long", "Đảng", "Tỉnh ủy", "Thành ủy", "Huyện ủy", "Nhà nước", "Quốc hội",
    "Chính phủ", "Chấp hành", "Thường vụ", "Ủy ban", "UBND", "HĐND",
)  # fmt: skip
_PROPER_NAMES = {name.lower(): name for name in _PROPER}
_PROPER_WORDS = re.compile(rf"\b(?:{'|'.join(_PROPER_NAMES)})\b")
# What a body deals with is written with capitals: Sở Nội vụ, Sở Văn hóa, Thể thao và Du lịch.
_FIELD = re.compile(rf"^(?:{_OFFICES}) \w")
_FIELDS = re.compile(r"^(?:bộ|sở) ")
_NEXT_FIELD = re.compile(r"(?:,| và| [-–]) \w")
_PLACE_NAME = re.compile(
    r"\b((?:tỉnh|thành phố|thị xã|huyện|quận|phường|xã|đặc khu|(?:[Tt]ỉnh|[Tt]hành|[Hh]uyện|thị) ủy) )(\w[\w\s-]*)$"
)
TITLE_LENGTH = 160  # where a headline has to be taken from running text


@dataclass(frozen=True, slots=True)
class Header:
    """What the first lines say. Body lines begin at index `body`."""

    kind: str
    number: str | None
    title: str
    issuer: str | None
    issued_on: date | None
    illustrative: bool
    body: int


def read_header(lines: Sequence[str], blocks: Sequence[Block]) -> Header:
    """Read the header of a document whose verbatim lines are `lines`, made from `blocks` one to one."""
    top = lines[:HEADER_LINES]
    illustrative = any(_SAMPLE.search(line) or _SAMPLE_MARK.search(line) for line in top[:12])
    lines = [_SAMPLE_MARK.sub("", line) for line in top] + list(lines[HEADER_LINES:])
    top = lines[:HEADER_LINES]
    code = _procedure_code(lines)
    if code is not None:
        return _procedure_header(lines, blocks, code, illustrative=illustrative)
    at = _kind_line(top, blocks)
    if at is None:
        return _plain_header(lines, blocks, illustrative=illustrative)
    kind, rest = _kind_of(top[at])
    title, body = _title(lines, blocks, at, rest)
    head = lines[:at]
    if not any(map(_NUMBER_LINE.match, head)):
        below = _letterhead_end(lines, body)
        head, body = [*head, *lines[body:below]], below
    imprint = read_imprint(title)
    number, issued_on = _number(head) or imprint.number, _date(head) or imprint.issued_on
    issuer = _issuer(head) or (_sentence_case(imprint.issuer) if imprint.issuer else None)
    title = _subject(imprint.title) or lines[at]
    return Header(imprint.kind(kind), number, title, issuer, issued_on, illustrative, body)


def _letterhead_end(lines: Sequence[str], at: int) -> int:
    """Where a letterhead ends that stands under the title, as in texts written for the web; `at` where none does."""
    end = at
    for index, line in enumerate(lines[at : at + LETTERHEAD_LINES], at):
        if _BODY_START.match(line):
            break
        if _number([line]) or (end > at and (is_motto(line) or _date([line]))):
            end = index + 1
    return end


def _kind_of(line: str) -> tuple[str, str]:
    match = _KIND.match(line)
    assert match is not None
    kind = next(name for name in KINDS if name.lower() == match["kind"].lower())
    return kind, match["rest"].strip()


def _kind_line(top: Sequence[str], blocks: Sequence[Block]) -> int | None:
    """The line with the type's name in capitals, or a heading that begins with it and is the first or names more."""
    for index, line in enumerate(top):
        match = _KIND.match(line)
        if match is None or blocks[index].kind == "row":
            continue
        heading = bool(blocks[index].level or blocks[index].bold) and opens_imprint(match["rest"])
        if match["kind"].isupper() or blocks[index].level == 1 or heading:
            return index
    return None


def _title(lines: Sequence[str], blocks: Sequence[Block], at: int, rest: str) -> tuple[str, int]:
    """The trích yếu after the type's name, which may go on for some lines in the same weight."""
    parts = [rest] if rest else []
    index = at + 1
    while index < min(len(lines), at + 6):
        line, block = lines[index], blocks[index]
        goes_on = not parts or (block.bold and blocks[index - 1].bold) or _breaks_off(lines[index - 1], line)
        lower_heading = parts and (block.level or 0) > 1 and not line[:1].islower()
        if not _RULE.match(line):
            if parts and _is_issuer_below(lines, index, parts[-1]):
                break
            if not goes_on or block.kind == "row" or lower_heading or _BODY_START.match(line):
                break
            if is_attached_note(line) or _SAMPLE.search(line):
                break
            parts.append(line)
        index += 1
    return " ".join(parts), index


def _breaks_off(before: str, line: str) -> bool:
    """Whether a title goes on in the next line in mid-sentence; scans and plain text know no bold type."""
    return line[:1].islower() and not re.search(r"[.;:]$", before)


def _is_issuer_below(lines: Sequence[str], index: int, title: str) -> bool:
    """The issuing body's name, centred over the preamble."""
    over_grounds = index + 1 < len(lines) and opens_grounds(lines[index + 1]) and _BODY.match(lines[index])
    return bool(over_grounds) or (lines[index].isupper() and not title.isupper())


def _subject(written: str) -> str:
    """What the document is about: `về việc ban hành Quy chế` → `Ban hành Quy chế`."""
    subject = _ABOUT.sub("", written.strip())
    return subject[:1].upper() + subject[1:]


def _number(head: Sequence[str]) -> str | None:
    for line in head:
        match = _NUMBER_LINE.match(line)
        if match is None:
            continue
        values = [value for value in find_values(match["number"]) if value.kind == "document"]
        if values and values[0].start == 0:
            return match["number"][: values[0].end]
        letter = re.match(r"\d+\s*/\s*[A-ZĐ]+(?:\s*[-–]\s*[A-ZĐ0-9]+)*", match["number"])
        if letter:
            return letter.group()
    return None


def _date(head: Sequence[str]) -> date | None:
    for line in head:
        for value in find_values(line):
            if value.kind == "date" and _PLACE.fullmatch(line[: value.start]):
                return as_date(value.key)
    return None


def _first_date(line: str) -> date | None:
    return next((as_date(value.key) for value in find_values(line) if value.kind == "date"), None)


def _issuer(head: Sequence[str]) -> str | None:
    """The body named in capitals above the number, under the one that it belongs to; its name may take two lines."""
    names: list[str] = []
    for line in head:
        if _NUMBER_LINE.match(line):
            break
        motto = MOTTO.search(line)  # which may stand beside the name in one line
        line = line[: motto.start()].strip() if motto else line  # noqa: PLW2901
        if not line.isupper() or line.endswith(":") or len(bare(line)) <= 5:
            continue
        if names and not _BODY.match(line):
            names[-1] += f" {line}"
        else:
            names.append(line)
    if not names or not (_BODY.match(names[0]) or any(map(_NUMBER_LINE.match, head))):
        return None
    if len(names) > 1 and _PARTY_BODY.match(names[-2]):
        return _sentence_case(f"{names[-1]} {names[-2]}")  # Ban Chấp hành Đảng bộ tỉnh: told apart by the organisation
    return _sentence_case(names[-1])


def _sentence_case(name: str) -> str:
    lowered = _PROPER_WORDS.sub(lambda m: _PROPER_NAMES[m[0]], name.lower())
    if _FIELDS.match(lowered):
        lowered = _NEXT_FIELD.sub(_last_capital, lowered)
    lowered = _FIELD.sub(_last_capital, lowered)
    lowered = _PLACE_NAME.sub(lambda m: m[1] + m[2].title(), lowered)
    return lowered[:1].upper() + lowered[1:]


def _last_capital(match: re.Match[str]) -> str:
    return match[0][:-1] + match[0][-1].upper()


def _plain_header(lines: Sequence[str], blocks: Sequence[Block], *, illustrative: bool) -> Header:
    """No type's name: a letter with its V/v line, or a text with a headline at most."""
    for index, line in enumerate(lines[:HEADER_LINES]):
        subject = _SUBJECT.match(line)
        if subject and any(_NUMBER_LINE.match(before) for before in lines[:index]):
            return _letter_header(lines, blocks, index, _subject(subject["rest"]), illustrative=illustrative)
    for index, line in enumerate(lines[:HEADER_LINES]):
        if _RULE.match(line) or _SAMPLE.search(line) or MOTTO.search(line) or blocks[index].layout:
            continue
        if (appendix_label(line) or "").startswith("Phụ lục"):
            return Header("Phụ lục", None, _title_in_capitals(lines, index), None, None, illustrative, index)
        short = not re.search(r"[.;:,]$", line) and len(line) <= TITLE_LENGTH
        is_headline = (blocks[index].level == 1 or short) and not _BODY_START.match(line)
        return Header("Tin bài", None, _headline(line), None, None, illustrative, index + 1 if is_headline else index)
    return Header("Tin bài", None, _headline(" ".join(lines[:3])), None, None, illustrative, 0)


def _title_in_capitals(lines: Sequence[str], at: int) -> str:
    """`Phụ lục III – BẢNG CHỮ VIẾT TẮT …`: the label, and the lines in capitals under it."""
    below = itertools.takewhile(lambda line: line.isupper() and not _BODY_START.match(line), lines[at + 1 : at + 5])
    return _headline(" – ".join(part for part in (_headline(lines[at]), " ".join(below)) if part))


def _letter_header(lines: Sequence[str], blocks: Sequence[Block], at: int, title: str, *, illustrative: bool) -> Header:
    head = lines[: at + 8]  # place and date may stand beside the subject, and so after it
    body = _letter_body(lines, blocks, at)
    return Header("Công văn", _number(head), title, _issuer(head), _date(head), illustrative, body)


def _letter_body(lines: Sequence[str], blocks: Sequence[Block], subject: int) -> int:
    for index in range(subject + 1, min(len(lines), HEADER_LINES)):
        if _BODY_START.match(lines[index]):
            return index
    rest = (index for index in range(subject + 1, len(lines)) if not blocks[index].layout)
    return next(rest, len(lines))


def _headline(line: str) -> str:
    """The first sentence, cut at a word where it is too long for a title."""
    spans = sentences(line)
    first = line[slice(*spans[0])] if spans else line
    if len(first) <= TITLE_LENGTH:
        return first.rstrip(".")
    return first[:TITLE_LENGTH].rsplit(" ", 1)[0].rstrip(",;:–- ") + "…"


def _procedure_code(lines: Sequence[str]) -> str | None:
    """The code beside or, where the labels are column headers, under `Mã thủ tục`."""
    for index, line in enumerate(lines[:HEADER_LINES]):
        if "mã thủ tục" in line.lower():
            match = PROCEDURE.search(" ".join(lines[index : index + 2]))
            return match.group() if match else None
    return None


def _procedure_header(lines: Sequence[str], blocks: Sequence[Block], code: str, *, illustrative: bool) -> Header:
    candidates = [
        index
        for index, line in enumerate(lines[:HEADER_LINES])
        if line and not _SAMPLE.search(line) and blocks[index].kind == "paragraph"
    ]
    named = [i for i in candidates if blocks[i].level == 1 or lines[i].lower().startswith("thủ tục")]
    at = (named or candidates or [0])[0]
    return Header("Thủ tục hành chính", code, lines[at], None, None, illustrative, at + 1)


def is_closing(line: str) -> bool:
    """Recipients or signature: what follows is no body text until an appendix begins."""
    return is_recipients(line) or is_signature(line)


def is_recipients(line: str) -> bool:
    return bool(_RECIPIENTS.match(line))


def is_signature(line: str) -> bool:
    """The line that says for whom it is signed."""
    return bool(_SIGNATURE.match(line))


def is_signatory(line: str) -> bool:
    """`CHỦ TỊCH QUỐC HỘI`, which signs where it follows the end of a text; over the grounds it is the issuer."""
    return bool(_SIGNATORY.match(line)) and line.isupper()


def ends_text(line: str) -> bool:
    """The mark that ends a document's text, or the sentence that tells when a law was adopted."""
    return bool(_ENDS_TEXT.search(line))


def opens_note(line: str) -> bool:
    """How a form is to be filled in, said under its signature."""
    return bool(_NOTE.match(line))


def adopted_on(lines: Sequence[str]) -> date | None:
    """The day on which a law's last lines say it was adopted; laws carry no date at the top."""
    for line in reversed(lines):
        match = _ADOPTED.search(line) if _ENDS_TEXT.match(line) else None
        if match:
            return _first_date(line[match.end() :])
    return None


def is_motto(line: str) -> bool:
    """The national motto, which stands over every form too, and says nothing."""
    return bool(_MOTTO.fullmatch(line))


def is_preamble(line: str) -> bool:
    """`QUYẾT ĐỊNH:` between the grounds and the articles: it announces the text and heads nothing."""
    return bool(_ENACTING.match(line))


def opens_grounds(line: str) -> bool:
    """The issuing body's name, centred and bold, stands over the grounds that this line begins."""
    return bool(_GROUNDS.match(line))
