"""The data model. Everything points into a document's verbatim text by `[start, end)` offsets in code points."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

BlockKind = Literal["paragraph", "row"]


@dataclass(frozen=True, slots=True)
class Block:
    """One line of a file as its reader met it: a paragraph, a heading or a table row. It holds no newline.

    `level` is a heading level that the file itself declares (1 is the highest), `table` the ordinal of the table
    that a row belongs to. `layout` marks what stands in a borderless table used only to place text side by side
    (headers and signatures).
    """

    text: str
    kind: BlockKind = "paragraph"
    level: int | None = None
    bold: bool = False
    table: int | None = None
    cells: tuple[str, ...] = ()
    header: bool = False
    layout: bool = False


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
class Document:
    """What is known of a document besides its structure. `id` is a readable slug of its number (`05-nq-tu-2021`).

    `illustrative` is true for a sample text that says of itself that it is `minh họa`.
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


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """A document read, cleaned and structured, ready for the catalog."""

    document: Document
    units: tuple[Unit, ...]
    passages: tuple[Passage, ...]


FileStatus = Literal["added", "updated", "unchanged", "duplicate", "removed", "quarantined"]


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file of an ingest run; `reason` says, in Vietnamese, why and what to do."""

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
