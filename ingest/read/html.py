"""Web pages: the main text, without the site round it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count

from lxml import etree
from lxml import html as lxml_html

from ingest.errors import UnreadableFile
from ingest.read import legacy, table
from ingest.read.decode import decode
from ingest.read.lines import MARKER, is_visible
from ingest.read.numbering import label
from ingest.types import Block, Reading

SKIPPED = frozenset(
    {"script", "style", "noscript", "template", "head", "nav", "aside", "map", "dialog"}
    | {"button", "select", "input", "textarea", "option"}
    | {"iframe", "object", "embed", "svg", "canvas", "audio", "video"}
)
SITE = frozenset({"header", "footer"})
"""The site's own outside the main text, unless it bears a document's number; the document's own inside it."""
DOCUMENT_NUMBER = re.compile(r"số:\d*[-/]", re.IGNORECASE)  # in a text without its spaces
SITE_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "complementary", "dialog"})
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
LIGHT_STYLE = re.compile(r"font-weight\s*:\s*(?:normal|[1-5]00)", re.IGNORECASE)
BORDER_STYLE = re.compile(
    r"border(?:-(?:top|left|right|bottom|width|style))?\s*:\s*(?!\s*(?:0|none|hidden))", re.IGNORECASE
)
HEADINGS = {f"h{level}": level for level in range(1, 7)}
BLOCKS = frozenset(
    {"address", "article", "blockquote", "body", "br", "center", "div", "fieldset", "footer", "form", "header", "hr"}
    | {
        "html",
        "legend",
        "main",
        "p",
        "pre",
        "section",
        "details",
        "summary",
        "figure",
        "figcaption",
        "table",
        "caption",
    }
    | {"dl", "dt", "dd", "ol", "ul", "li", *HEADINGS}
)
LIST_FORMATS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman", "1": "decimal"}
SPACES = re.compile(r"[ \t\r\n\f]+")
"""What a browser collapses; no-break spaces stay."""
META_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)

MIN_MAIN_SHARE = 0.25
"""Share of the page's text that `<article>` must hold to be taken for the main text rather than for a teaser."""
MIN_PAGE_FORM = 0.5
"""A form with more of the text than this wraps the whole page, as ASP.NET sites do."""
MAX_TABLE_DEPTH = 20
MAX_ATTRIBUTES = 5_000
"""In one tag, about. A page's longest has a few dozen; the parser takes the square of their number."""
MAX_COLUMN_SPAN = 100

TAG = re.compile(r"<[^<>]*>?")
TOO_MANY_ATTRIBUTES = "trang có thẻ mang quá nhiều thuộc tính; hãy lưu lại nội dung chính dạng .docx hoặc .txt"
TOO_DEEP = (
    "trang có quá nhiều lớp thẻ lồng nhau nên không đọc hết được; hãy lưu lại nội dung chính dạng .docx hoặc .txt"
)


def read(data: bytes) -> Reading:
    """Raises `UnreadableFile` for an unknown encoding or nesting past what the parser reads."""
    declared = META_CHARSET.search(data[:4096])
    markup = decode(data, declared[1].decode("ascii") if declared else None)
    blocks, encodings = legacy.repair(read_markup(markup))
    return Reading(tuple(blocks), "html", encodings=encodings)


def read_markup(markup: str, first_table: int = 0) -> list[Block]:
    """The blocks of a page or fragment; `first_table` is the ordinal of its first table."""
    if not markup.strip():
        return []
    if any(len(tag[0].split(None, MAX_ATTRIBUTES)) > MAX_ATTRIBUTES for tag in TAG.finditer(markup)):
        raise UnreadableFile(TOO_MANY_ATTRIBUTES)
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        page = lxml_html.document_fromstring(markup.encode(), parser=parser)
    except etree.ParserError:  # nothing but comments
        return []
    if any(entry.level == etree.ErrorLevels.FATAL for entry in parser.error_log):
        # The parser stops there without raising; what follows would be lost in silence.
        raise UnreadableFile(TOO_DEEP)
    _drop_site(page)
    walk = _Walk(count())
    for root in _main(page):
        walk.read(root)
    return table.renumber(walk.blocks, first_table)


def _drop_site(page: etree._Element) -> None:
    """Empty what is not the document. The elements stay, as nothing: taking them out joins the text round them, which
    is quadratic where there are many."""
    total = len(_text(page))
    for element in list(page.iter()):
        if element.getparent() is not None and _is_site(element, total):
            element.clear(keep_tail=True)
            element.tag = "span"


def _is_site(element: etree._Element, total: int) -> bool:
    tag = element.tag
    if tag in SKIPPED or element.get("role") in SITE_ROLES:
        return True
    if "hidden" in element.attrib or element.get("aria-hidden") == "true" or HIDDEN.search(element.get("style", "")):
        return True
    if tag in SITE:
        own = any(above.tag in {"main", "article"} for above in element.iterancestors())
        return not own and not DOCUMENT_NUMBER.search(_text(element))
    return tag == "form" and len(_text(element)) < MIN_PAGE_FORM * total


def _main(page: etree._Element) -> list[etree._Element]:
    """Where the document stands: `<main>`, else the `<article>`s, else the whole page; with the page's `<h1>` and what
    is left of its `<header>`."""
    body = page.find("body")
    body = page if body is None else body
    total = len(_text(body))
    for found in (body.xpath(".//main|.//*[@role='main']"), body.xpath(".//article")):
        candidates = set(found)
        roots = [root for root in found if candidates.isdisjoint(root.iterancestors())]
        if sum(len(_text(root)) for root in roots) > MIN_MAIN_SHARE * total:
            titled = any(root.find(".//h1") is not None for root in roots)
            over = [each for each in body.iter("header") if candidates.isdisjoint((each, *each.iterancestors()))]
            return [*over, *(() if titled else body.xpath(".//h1")[:1]), *roots]
    return [body]


def _text(element: etree._Element) -> str:
    return "".join("".join(element.itertext()).split())


class _Walk:
    """Reads elements in document order and cuts their text into blocks where a browser starts a new line."""

    def __init__(self, tables: Iterator[int], depth: int = 0) -> None:
        self.blocks: list[Block] = []
        self._tables = tables
        self._depth = depth
        self._pieces: list[tuple[str, bool]] = []
        self._bold: list[bool] = [False]
        self._level: int | None = None
        self._marker = ""
        self._numbers: dict[etree._Element, int] = {}

    def read(self, root: etree._Element) -> None:
        """Iterative, so that no depth of inline tags can exhaust the stack."""
        walker = etree.iterwalk(root, events=("start", "end"))
        for event, element in walker:
            if event == "start":
                self._open(element)
                if element.tag == "table" and element is not root:
                    self._table(element)
                if element.tag in {"table", "pre"} and element is not root:
                    walker.skip_subtree()
            else:
                self._close(element)
                if element is not root:
                    self._add(element.tail)
        self._flush()

    def _open(self, element: etree._Element) -> None:
        tag = element.tag
        if tag in BLOCKS:
            self._flush()
        if tag in HEADINGS:
            self._level = HEADINGS[tag]
        if tag == "li":
            self._marker = self._item_marker(element)
        style = element.get("style", "")
        heavy = tag in {"b", "strong", "th"} or BOLD_STYLE.search(style) is not None
        self._bold.append((self._bold[-1] or heavy) and not LIGHT_STYLE.search(style))
        if tag == "pre":
            self._preformatted(element)
        elif tag != "table":
            self._add(element.text)

    def _close(self, element: etree._Element) -> None:
        if element.tag in BLOCKS:
            self._flush()
        if element.tag in HEADINGS:
            self._level = None
        if element.tag == "li":
            self._marker = ""
        self._bold.pop()

    def _item_marker(self, item: etree._Element) -> str:
        """What a browser shows before a list item; a list within a bulleted one is marked `+`."""
        above = item.getparent()
        if above is None or above.tag != "ol":
            nested = above is not None and any(True for _ in above.iterancestors("ul"))
            return "+ " if nested else "- "
        number = _number(item.get("value"), self._numbers.get(above, _number(above.get("start"), 1)))
        self._numbers[above] = number + 1
        return f"{label(number, LIST_FORMATS.get(above.get('type', '1'), 'decimal'))}. "

    def _add(self, text: str | None) -> None:
        if text:
            self._pieces.append((text, self._bold[-1]))

    def _preformatted(self, element: etree._Element) -> None:
        for line in "".join(element.itertext()).splitlines():
            self._add(line)
            self._flush()

    def _flush(self) -> None:
        text = SPACES.sub(" ", "".join(piece for piece, _ in self._pieces)).strip(" ")
        text = " ".join(text.splitlines())  # separators that a browser shows as spaces
        if is_visible(text):
            bold = self._level is None and all(bold for piece, bold in self._pieces if is_visible(piece))
            marker = "" if MARKER.match(text) else self._marker
            self.blocks.append(Block(marker + text, level=self._level, bold=bold))
            self._marker = ""
        self._pieces.clear()

    def _table(self, element: etree._Element) -> None:
        self._flush()
        if self._depth >= MAX_TABLE_DEPTH:
            raise UnreadableFile(TOO_DEEP)
        for caption in element.iterfind("caption"):
            self.blocks.extend(self._inside(caption).blocks)
        grid = table.place(self._rows(element))
        if table.is_box(grid):
            self.blocks.extend(grid[0].cells[0].blocks)
        elif table.is_letterhead(grid) or _is_layout(element, grid):
            self.blocks.extend(table.layout_blocks(grid))
        else:
            self.blocks.extend(table.row_blocks(grid, next(self._tables)))

    def _rows(self, element: etree._Element) -> Iterator[tuple[bool, list[tuple[table.Cell, int, int]]]]:
        rows = element.xpath("./tr|./thead/tr|./tbody/tr|./tfoot/tr")
        for index, row in enumerate(rows):
            cells = [self._cell(cell, len(rows) - index) for cell in row.iterchildren("td", "th")]
            filled = [cell for cell, _, _ in cells if cell.blocks]
            head = row.getparent().tag == "thead"
            yield bool(filled) and (head or all(cell.heading for cell in filled)), cells

    def _cell(self, element: etree._Element, rows_left: int) -> tuple[table.Cell, int, int]:
        blocks = tuple(self._inside(element).blocks)
        columns = min(_number(element.get("colspan"), 1), MAX_COLUMN_SPAN)
        rows = _number(element.get("rowspan"), 1) or rows_left  # 0: to the end of the table
        return table.Cell(blocks, heading=element.tag == "th"), max(columns, 1), min(rows, rows_left)

    def _inside(self, element: etree._Element) -> _Walk:
        walk = _Walk(self._tables, self._depth + 1)
        walk.read(element)
        return walk


def _is_layout(element: etree._Element, grid: list[table.Row]) -> bool:
    """Few pages draw borders by attribute, so a table without them is layout only if its cells hold whole blocks."""
    border = _number(element.get("border"), 0) > 0 or BORDER_STYLE.search(element.get("style", "")) is not None
    bordered = border or any(BORDER_STYLE.search(cell.get("style", "")) for cell in element.iter("td", "th"))
    several = any(len(cell.blocks) > 1 for row in grid for cell in row.cells)
    return several and table.is_layout(grid, bordered=bordered)


def _number(written: str | None, default: int) -> int:
    digits = re.match(r"\s*(\d{1,6})", written or "")
    return int(digits[1]) if digits else default
