"""Cases made of the records of the national portal of administrative procedures, when they are run: none is kept here.

A case asks for one field of one record as a citizen would, and expects what the record's own JSON says: figures and
short names, never a paragraph. Which records, which wording and how the procedure is named (its code, its whole
title, or the main words of it where no other title holds them all) is chosen by a hash, the same in every run.

A blank field makes a case without an answer, but only where nothing else in the record speaks of it: where papers are
handed in, for one, is told by the steps of nearly every record that leaves the place blank.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from evals.case import Case
from ingest.clean import clean
from ingest.values import bare

T = TypeVar("T")

ANSWERED = 16  # cases a field, at most, each of another record
BLANK = 6
SAME = 5  # of those, with one and the same answer
BARE = 4  # one question of so many is typed without diacritics

LONGEST_NAME = 16  # words of a title that a citizen would still type
# Words that tell no two procedures apart.
GENERAL = frozenset({"giải", "quyết", "thực", "hiện", "cấp", "cho", "phép", "và", "chế", "độ", "một", "lần"})
LONGEST_LIST = 6  # papers or agencies that an answer is asked to name, all of them
SHORT = 12  # words; what is longer is known by so many of them, its first

_NOTHING = re.compile(r"[\W_]*|không có thông tin\.?|(?:lệ )?phí\s*:\s*(?:đồng)?", re.IGNORECASE)
_BULLET = re.compile(
    r"^(?:[-+*•–]\s*|\d{1,2}[.)]\s+|[a-zđ]\)\s*|thành phần hồ sơ \d+(?: \(nếu có\))?\s*:\s*)+", re.IGNORECASE
)
_CLAUSE_END = re.compile(r"[.;:,(/]\s|[;:.,(]|\s(?=theo (?:mẫu|quy định)\b)")
_COMMA = re.compile(r",\s+(?![^(]*\))")
_TITLE = re.compile(r"^Thủ tục\s+", re.IGNORECASE)
_NAME_END = re.compile(r"[;(:]|\s(?=(?:đối với|theo|khi|từ|thuộc|tại|trong|của|cho|tham gia)\s)")
_HANGING = re.compile(r".*\b(?:không|sau|đang|và|các|hoặc|để|bị|được)", re.IGNORECASE)
_FEE = re.compile(r"^(?:Lệ )?phí\s*:\s*(\d[\d.,]* (?:Đồng|USD))", re.IGNORECASE | re.MULTILINE)
_DAYS = re.compile(r"\d+(?:[.,]\d+)? (?:Ngày làm việc|Ngày|Giờ)|Không quy định", re.IGNORECASE)
_STEP = re.compile(r"\bBước (\d{1,2})\s*[:.]\s*")
_NUMBER = re.compile(r"\d{1,4}/(?:\d{4}/)?[A-ZĐ][\w-]*[\w](?:/[A-ZĐ][\w-]*\w)*")
_COPIES = re.compile(r"Bản chính:\s*(\d+)\s+Bản sao:\s*(\d+)", re.IGNORECASE)
# A paper that says itself how many, or that is several.
_NOT_ONE = re.compile(
    r"\d|^(?:bản (?:sao|chính|chụp|gốc)|một|các|trường hợp|đối với|hồ sơ|giấy tờ|tài liệu|thành phần)\b",
    re.IGNORECASE,
)
_NO_NAME = re.compile(r"(?:trường hợp|đối với|thành phần|hồ sơ gồm)\b.*|(?:các )?giấy tờ|\w+", re.IGNORECASE)
_OF_FEES = re.compile(r"(?<!kinh )(?<!chi )phí(?!\s*:\s*0 Đồng)", re.IGNORECASE)
_BLANK_AGENCIES = {
    "cơ_quan_phối_hợp": re.compile(r"phối hợp|liên quan", re.IGNORECASE),
    "cơ_quan_có_thẩm_quyền": re.compile(r"thẩm quyền|quyết định", re.IGNORECASE),
}

WAYS = {
    "Trực tiếp": ("nộp trực tiếp", "đến nộp tận nơi"),
    "Trực tuyến": ("nộp trực tuyến", "nộp qua mạng", "nộp online"),
    "Dịch vụ bưu chính": ("nộp qua bưu chính", "gửi qua bưu điện"),
}
ELSEWHERE = {
    "Trực tuyến": re.compile(r"trực tuyến|điện tử|mạng|cổng", re.IGNORECASE),
    "Dịch vụ bưu chính": re.compile(r"bưu", re.IGNORECASE),
}
AGENCIES = {
    "cơ_quan_thực_hiện": ("cơ quan nào thực hiện", "do cơ quan nào giải quyết"),
    "cơ_quan_có_thẩm_quyền": ("cơ quan có thẩm quyền là cơ quan nào", "thẩm quyền quyết định thuộc về ai"),
    "cơ_quan_phối_hợp": ("cơ quan nào phối hợp", "có những cơ quan nào cùng phối hợp giải quyết"),
}
GROUNDS = {
    "nghị định": re.compile(r"/NĐ-CP$"),
    "thông tư": re.compile(r"/TT(?:LT)?\b"),
    "luật": re.compile(r"/QH\d+$"),
}
# {name} is how the procedure is named, {the} the same after `thủ tục`.
TEMPLATES = {
    "papers": (
        "{name} cần những giấy tờ gì?",
        "Hồ sơ {name} gồm những gì?",
        "Muốn làm {the} phải chuẩn bị giấy tờ nào?",
        "{name} thì phải nộp những gì vậy ạ?",
    ),
    "copies": (
        "{name} phải nộp mấy {about}?",
        "Làm {the} cần bao nhiêu {about}?",
        "Trong hồ sơ {the} cần mấy {about}?",
    ),
    "time": (
        "{name} {about} thì bao lâu có kết quả?",
        "{about} hồ sơ {name} mất mấy ngày?",
        "Thời hạn giải quyết {the} khi {about} là bao lâu?",
        "Làm {the}, {about} thì phải chờ bao lâu?",
    ),
    "fee": (
        "{name} {about} hết bao nhiêu tiền?",
        "Lệ phí {name} khi {about} là bao nhiêu?",
        "Làm {the}, {about} có mất phí không, bao nhiêu?",
    ),
    "place": (
        "{name} nộp hồ sơ ở đâu?",
        "Địa chỉ tiếp nhận hồ sơ {name} ở đâu?",
        "Muốn làm {the} thì đến chỗ nào nộp giấy tờ?",
    ),
    "agency": ("{the} {about}?", "Cho hỏi {the} {about}?", "{name} thì {about} ạ?"),
    "conditions": (
        "{name} có yêu cầu, điều kiện gì?",
        "Điều kiện để làm {the} là gì?",
        "Cần đáp ứng điều kiện nào thì mới làm được {the}?",
    ),
    "result": (
        "Kết quả của {the} là gì?",
        "Làm xong {the} thì nhận được giấy tờ gì?",
        "{name} xong sẽ nhận được gì?",
    ),
    "steps": (
        "Bước {about} khi làm {the} là gì?",
        "{name} thì bước {about} phải làm gì?",
        "Trình tự {the}: bước {about} ai làm gì?",
    ),
    "basis": (
        "{name} căn cứ vào {about} nào?",
        "{about} nào quy định {the}?",
        "Căn cứ pháp lý của {the} gồm {about} nào?",
    ),
    "who": (
        "Ai được làm {the}?",
        "Đối tượng thực hiện {the} gồm những ai?",
        "{the} dành cho đối tượng nào?",
    ),
}


@dataclass(frozen=True, slots=True)
class Record:
    """One procedure; every value cleaned, blanks left out."""

    code: str
    title: str
    content: dict[str, str]
    ways: list[dict[str, str]]
    papers: list[dict[str, str]]
    grounds: list[dict[str, str]]

    def tells(self, pattern: re.Pattern[str]) -> bool:
        """Whether any text of the record speaks of it."""
        rows = [*self.ways, *self.papers]
        return any(pattern.search(text) for texts in (self.content, *rows) for text in texts.values())


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing to ask of a record: `about` goes into the question; nothing expected means that it isn't there."""

    expect: tuple[str, ...] = ()
    quote: str = ""
    about: str = ""
    tag: str = ""


def cases(folder: Path) -> list[Case]:
    """Cases over the records (`*.json`) of a folder, by field, in an order that a hash gives."""
    records = [_record(path) for path in sorted(folder.glob("*.json"))]
    names = {record.code: _main_words(record, records) for record in records}
    return [
        _case(field, record, ask, names[record.code])
        for field, asks in FIELDS.items()
        for record, ask in _chosen(field, asks, records)
    ]


def _chosen(
    field: str, asks: Callable[[Record], Iterator[Ask]], records: Sequence[Record]
) -> Iterator[tuple[Record, Ask]]:
    """Some that have an answer and some that have none, no more than one of a record each."""
    in_order = sorted(records, key=lambda record: _hash(field, record.code))
    for answered, limit in ((True, ANSWERED), (False, BLANK)):
        left, seen = limit, Counter[tuple[str, ...]]()
        for record in in_order:
            fitting = [ask for ask in asks(record) if bool(ask.expect) == answered]
            ask = _pick(fitting, field, record.code) if fitting else None
            if ask and left and not (answered and seen[ask.expect] >= SAME):
                yield record, ask
                left, seen[ask.expect] = left - 1, seen[ask.expect] + 1


def _case(field: str, record: Record, ask: Ask, main_words: str) -> Case:
    where = field if ask.expect else f"{field}-blank"
    way, name = _named(record, main_words, where)
    the = f"thủ tục {name}"
    template = _pick(TEMPLATES[field], "words", where, record.code)
    question = template.format(name=name if way == "words" else the, the=the, about=ask.about)
    without = _hash("bare", where, record.code) % BARE == 0
    return Case(
        id=f"portal-{where}-{record.code}",
        question=bare(question).lower() if without else question[0].upper() + question[1:],
        status="answered" if ask.expect else "not_found",
        expect=ask.expect,
        document=(record.code.replace(".", "-"),) if ask.expect else (),
        quote=ask.quote,
        tags=tuple(filter(None, (field, way, ask.tag, "nodia" * without, "" if ask.expect else "notfound"))),
    )


# --- names ----------------------------------------------------------------------------------------------------------


def _named(record: Record, main_words: str, where: str) -> tuple[str, str]:
    """How the question names the procedure, and the name."""
    ways = {"code": record.code, "title": _short_title(record)}
    often = ("words",) * 4 if main_words else ()  # it is how people ask
    way = _pick((*ways, *often), "name", where, record.code)
    return way, ways.get(way, main_words)


def _short_title(record: Record) -> str:
    return _lower_first(_TITLE.sub("", record.title).rstrip(" ."))


def _main_words(record: Record, records: Sequence[Record]) -> str:
    """The shortest phrase that begins the title and has two words that no other title has; or all of a short title.

    A word alone may tell two titles apart, as `mở` and `đóng` do, but only where the rest is the same.
    """
    title = _short_title(record)
    others = [_words(other.title) for other in records if other is not record]
    for end in (*(match.start() for match in _NAME_END.finditer(title)), len(title)):
        name = title[:end].rstrip()
        own, few = (_words(name), 1) if name == title else (_words(name) - GENERAL, 2)
        told_apart = all(len(own - other) >= few for other in others)
        if told_apart and 4 <= len(name.split()) <= LONGEST_NAME and not _HANGING.fullmatch(name):
            return name
    return ""


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def _lower_first(text: str) -> str:
    """Not the first letter of an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


# --- fields ---------------------------------------------------------------------------------------------------------


def _papers(record: Record) -> Iterator[Ask]:
    names = [_head(paper.get("ten_giay_to", "")) for paper in record.papers]
    if 0 < len(names) <= LONGEST_LIST and not any(map(_NO_NAME.fullmatch, names)):
        yield Ask(tuple({name.lower(): name for name in names}.values()), names[0])


def _copies(record: Record) -> Iterator[Ask]:
    """How many originals, or copies where no original is asked for; where some are not 1, of those."""
    counted = [(name, kind, count) for paper in record.papers for name, kind, count in _counted(paper, record)]
    several = [some for some in counted if some[2] > 1]
    for name, kind, count in several or counted:
        expected = f"Bản {kind}: {count}|{count} bản {kind}|{count:02d} bản {kind}"
        yield Ask((expected,), name, f"bản {kind} {_lower_first(name)}")


def _counted(paper: dict[str, str], record: Record) -> Iterator[tuple[str, str, int]]:
    """Name, kind and number of a paper that no other of the record could be taken for."""
    whole = paper.get("ten_giay_to", "")
    name = _head(whole)
    counts = _COPIES.search(paper.get("ghi_chu", ""))
    alone = sum(name.lower() in other.get("ten_giay_to", "").lower() for other in record.papers) == 1
    entire = re.search(re.escape(name) + r"\s*(?:$|[.;(]|theo\b)", whole)
    one = alone and entire and not _NOT_ONE.search(_BULLET.sub("", whole)) and 1 < len(name.split()) < SHORT
    if counts is None or not one:
        return
    kind, other, count = ("chính", "sao", counts[1]) if int(counts[1]) else ("sao", "chính", counts[2])
    if int(count) and f"bản {other}" not in whole.lower():
        yield name, kind, int(count)


def _time(record: Record) -> Iterator[Ask]:
    for way in WAYS:
        rows = [row for row in record.ways if row.get("hinh_thuc") == way]
        times = [row.get("thoi_han_giai_quyet", "") for row in rows]
        if rows and all(_DAYS.fullmatch(time) and not time.startswith("0 ") for time in times):
            yield Ask(tuple(dict.fromkeys(times)), times[0], _way(record, way), way)
    yield from _ways_not_offered(record)


def _fee(record: Record) -> Iterator[Ask]:
    for way in WAYS:
        rows = [row for row in record.ways if row.get("hinh_thuc") == way]
        fees = [fee for row in rows for fee in _FEE.findall(row.get("phi_le_phi", ""))]
        if rows and fees and all(_FEE.match(row.get("phi_le_phi", "")) for row in rows):
            yield Ask(tuple(dict.fromkeys(fees)), fees[0], _way(record, way), way)
        elif rows and not any("phi_le_phi" in row for row in rows) and not record.tells(_OF_FEES):
            yield Ask(about=_way(record, way), tag=way)


def _ways_not_offered(record: Record) -> Iterator[Ask]:
    for way, said in ELSEWHERE.items():
        if record.ways and all(row.get("hinh_thuc") != way for row in record.ways) and not record.tells(said):
            yield Ask(about=_way(record, way), tag=way)


def _way(record: Record, way: str) -> str:
    return _pick(WAYS[way], "way", record.code)


def _place(record: Record) -> Iterator[Ask]:
    place = record.content.get("địa_chỉ_tiếp_nhận_hs", "")
    if place and not place.startswith("Người"):  # who hands in what, not where
        first = _COMMA.split(place)[0]
        yield Ask((first,), first)


def _agency(record: Record) -> Iterator[Ask]:
    for key, wordings in AGENCIES.items():
        about, said = _pick(wordings, "agency", record.code), key.split("_", 2)[2].replace("_", " ")
        agencies = _split(record.content.get(key, ""))
        if 0 < len(agencies) <= LONGEST_LIST:
            yield Ask(tuple(agencies), agencies[0], about, said)
        elif not agencies and key in _BLANK_AGENCIES and not record.tells(_BLANK_AGENCIES[key]):
            yield Ask(about=about, tag=said)


def _conditions(record: Record) -> Iterator[Ask]:
    """The first that is a condition and not a heading; `Không` says that there is none."""
    text = record.content.get("yêu_cầu_điều_kiện_thực_hiện", "")
    lines = [_BULLET.sub("", line.strip()) for line in text.split("\n")]
    first = next((line for line in lines if len(line.split()) >= 8 and not line.endswith(":")), "")
    if first:
        words = _first_words(first)
        yield Ask((words,), words)
    elif text.lower().rstrip(" .") == "không":
        yield Ask(("Không",), "Không", tag="none")


def _result(record: Record) -> Iterator[Ask]:
    words = _first_words(record.content.get("kết_quả_thực_hiện", ""))
    if words:
        yield Ask((words,), words)


def _steps(record: Record) -> Iterator[Ask]:
    """The beginning of a step, where the steps are counted once, from 1 on."""
    text = record.content.get("trình_tự_thực_hiện", "")
    marks = list(_STEP.finditer(text))
    if [int(mark[1]) for mark in marks] != list(range(1, len(marks) + 1)):
        return
    for mark in marks:
        words = _first_words(text[mark.end() :].split("\n")[0])
        if words and text.count(words) == 1:
            yield Ask((words,), words, mark[1])


def _basis(record: Record) -> Iterator[Ask]:
    numbers = [match[0] for row in record.grounds if (match := _NUMBER.search(row.get("so_ky_hieu", "")))]
    if len(numbers) == len(record.grounds) > 0:
        yield Ask(tuple(dict.fromkeys(numbers)), numbers[0], "những văn bản", "all")
    for kind, ending in GROUNDS.items():
        some = [number for number in numbers if ending.search(number)]
        if some:
            yield Ask(tuple(dict.fromkeys(some)), some[0], kind, kind)


def _who(record: Record) -> Iterator[Ask]:
    people = _split(record.content.get("đối_tượng_thực_hiện", ""))
    if people:
        yield Ask(tuple(people), people[0] if len(people) > LONGEST_LIST // 2 else ", ".join(people))


FIELDS: dict[str, Callable[[Record], Iterator[Ask]]] = {
    "papers": _papers,
    "copies": _copies,
    "time": _time,
    "fee": _fee,
    "place": _place,
    "agency": _agency,
    "conditions": _conditions,
    "result": _result,
    "steps": _steps,
    "basis": _basis,
    "who": _who,
}


# --- reading --------------------------------------------------------------------------------------------------------


def _record(path: Path) -> Record:
    row = json.loads(path.read_bytes())
    tables = row["tables"]
    return Record(
        code=row["metadata"]["mã_thủ_tục"],
        title=_text(row["metadata"]["tên_thủ_tục"]),
        content=_told(row["content"]),
        ways=[_told(way) for way in tables["hinh_thuc_nop"]],
        papers=[_told(paper) for paper in tables["thanh_phan_ho_so"]],
        grounds=[_told(ground) for ground in tables["can_cu_phap_ly"]],
    )


def _told(values: dict[str, str]) -> dict[str, str]:
    return {key: text for key, value in values.items() if not _NOTHING.fullmatch(text := _text(value))}


def _text(value: str) -> str:
    return clean(value).text.strip()


def _split(text: str) -> list[str]:
    """Names between commas; a comma in brackets belongs to its name."""
    return [name.rstrip(" .") for name in _COMMA.split(text) if name]


def _head(text: str) -> str:
    """The first clause, or its first words where it is long."""
    return " ".join(_CLAUSE_END.split(_BULLET.sub("", text), maxsplit=1)[0].split()[:SHORT])


def _first_words(text: str) -> str:
    return " ".join(text.split()[:SHORT]).rstrip(" .,;:")


def _hash(*keys: str) -> int:
    return int.from_bytes(hashlib.sha256("/".join(keys).encode()).digest()[:8])


def _pick(options: Sequence[T], *keys: str) -> T:
    return options[_hash(*keys) % len(options)]
