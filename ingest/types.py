"""The data model. Everything points into a document's verbatim text by `[start, end)` offsets in code points."""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

BlockKind = Literal["paragraph", "row"]


@dataclass(frozen=True, slots=True)
class Block:
    """One line of a file as its reader met it: a paragraph, a heading or a table row. It holds no newline.

    `level` is a heading level that the file itself declares (1 is the highest), `table` the ordinal of the table
    that a row belongs to. `layout` marks what stands in a borderless table used only to place text side by side
    (headers and signatures). `page` counts from 1 in a file that has pages, and is where the line begins.
    """

    text: str
    kind: BlockKind = "paragraph"
    level: int | None = None
    bold: bool = False
    table: int | None = None
    cells: tuple[str, ...] = ()
    header: bool = False
    layout: bool = False
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as read: its blocks in reading order, and what is known of how it was read.

    `format` is the usual file extension (`pdf`), `encodings` the legacy encodings that were converted (`TCVN3`).
    `pages` counts pages, `scanned` are the pages read by OCR and `blank` those without text, each from 1. `margins`
    are the lines of page headers and footers, which belong to no block.
    """

    blocks: tuple[Block, ...]
    format: str
    encodings: tuple[str, ...] = ()
    pages: int | None = None
    scanned: tuple[int, ...] = ()
    blank: tuple[int, ...] = ()
    margins: tuple[str, ...] = ()


UnitKind = Literal[
    "phan", "chuong", "muc", "tieu_muc", "dieu", "khoan", "diem", "gach", "cong", "doan", "bang", "hang", "phu_luc"
]


@dataclass(frozen=True, slots=True)
class Unit:
    """A node of the document's own structure, in reading order; children follow their parent.

    `path` is the address within the document (`dieu-3/2/a`), `address` the same as a person would write it
    ("điểm a khoản 2 Điều 3"). `start:head` is the unit's own first line, `start:end` includes its children.
    `heading` holds the titles above it, outermost first. `cells` pairs the column headers of a table row with
    its values, which may be empty.
    """

    path: str
    parent: str | None
    kind: UnitKind
    label: str
    address: str
    start: int
    head: int
    end: int
    heading: tuple[str, ...] = ()
    cells: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """What is retrieved: the verbatim span of one unit or of a few neighbouring ones.

    `path` is the path of the first unit it covers and is unique in its document.
    """

    path: str
    address: str
    heading: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Health:
    """How well a file could be read. Of the `words` of its text, `syllables` are Vietnamese ones.

    `pages`, `scanned`, `blank` and `encodings` are those of its Reading; `tables` counts tables with rows.
    """

    format: str = ""
    words: int = 0
    syllables: int = 0
    tables: int = 0
    encodings: tuple[str, ...] = ()
    pages: int | None = None
    scanned: tuple[int, ...] = ()
    blank: tuple[int, ...] = ()


RelationKind = Literal["replaces", "repeals", "amends", "replaced_by", "repealed_by", "amended_by"]


@dataclass(frozen=True, slots=True)
class Relation:
    """What a document does to another one, or has had done to it, as the words at `[start, end)` say.

    `number` names the other document; `part` is what of it is concerned (`khoản 2 Điều 3`), empty where it is the
    whole, `on` the day from which, where the words say it, and `dated` the other's day of issue, where they say it.
    """

    kind: RelationKind
    number: str
    start: int
    end: int
    part: str = ""
    on: date | None = None
    dated: date | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What is known of a document besides its structure. `id` is a readable slug of its number (`05-nq-tu-2021`).

    `illustrative` is true for a sample text that says of itself that it is `minh họa`. `effective_from` and
    `effective_to` (the last day) are what the text itself says; `period` is what it covers, as written
    (`giai đoạn 2021 - 2025`). `page_starts` holds the offset where each page begins, empty where there are no pages.
    """

    id: str
    kind: str
    number: str | None
    title: str
    issuer: str | None
    issued_on: date | None
    source: str
    sha256: str
    text: str
    illustrative: bool = False
    effective_from: date | None = None
    effective_to: date | None = None
    period: str = ""
    relations: tuple[Relation, ...] = ()
    page_starts: tuple[int, ...] = ()
    health: Health = Health()

    def page(self, offset: int) -> int | None:
        """The page, from 1, on which the character at `offset` stands."""
        return bisect.bisect_right(self.page_starts, offset) or None


Comparator = Literal["=", ">", ">=", "<", "<=", "~"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A target that is set or a result that is reported: one value of one indicator.

    It stands in the unit `path`, in the words at `[start, end)`; `written` is the value as they write it
    (`trên 5 tỷ USD`). `value` is None for one in words (`Nhóm đầu`), `whole` what it is a part of (118 in `102/118`).
    `period` and `scope` (`cấp xã`, `Sở Tài chính`) may come from a heading or a column; `column` is the header of a
    table's column, `owners` who answers for it. `change` tells that the value is how much it went up or down, and
    `basis` what makes it incomparable with others.
    """

    kind: Literal["target", "result"]
    path: str
    start: int
    end: int
    indicator: str
    comparator: Comparator
    value: Decimal | None
    unit: str
    written: str
    whole: Decimal | None = None
    period: str = ""
    scope: str = ""
    column: str = ""
    owners: tuple[str, ...] = ()
    plan: str = ""
    change: Literal["", "tăng", "giảm"] = ""
    basis: Literal["", "estimate", "cumulative"] = ""


@dataclass(frozen=True, slots=True)
class Task:
    """What bodies or officers are given to do, in the unit `path`, in the words at `[start, end)`.

    Names are as written; `lead` answers for it. `due` is the last day, where `deadline` says one.
    """

    path: str
    start: int
    end: int
    action: str
    lead: tuple[str, ...] = ()
    coordinate: tuple[str, ...] = ()
    monitor: tuple[str, ...] = ()
    deliverable: str = ""
    deadline: str = ""
    due: date | None = None
    group: str = ""


Fact = Figure | Task


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """A document read, cleaned and structured, ready for the catalog; facts in the order of the text."""

    document: Document
    units: tuple[Unit, ...]
    passages: tuple[Passage, ...]
    facts: tuple[Fact, ...] = ()

    def unit_at(self, offset: int) -> Unit | None:
        """The innermost unit that holds the character at `offset`: of those that do, the last to begin."""
        holding = (unit for unit in self.units if unit.start <= offset < unit.end)
        return max(holding, key=lambda unit: (unit.start, -unit.end), default=None)


FileStatus = Literal["added", "updated", "unchanged", "duplicate", "removed", "quarantined"]


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file of an ingest run; `reason` says, in Vietnamese, why and what to do.

    Of a file that was taken in it says what makes its text doubtful, if anything does.
    """

    source: str
    status: FileStatus
    document_id: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RunReport:
    """An ingest run: every file's outcome, and the generation that serves afterwards."""

    outcomes: tuple[FileOutcome, ...]
    generation: str | None
    content_hash: str | None
    documents: int
    passages: int
    seconds: float = field(compare=False, default=0.0)
