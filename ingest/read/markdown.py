"""Markdown: what a reader of the rendered page sees, marks taken off."""

from __future__ import annotations

import functools
import re
from itertools import zip_longest

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.read import html, legacy, table
from ingest.read.decode import decode
from ingest.read.lines import is_visible, lines
from ingest.read.txt import NARROWEST_WRAP
from ingest.types import Block, Reading

FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
MAX_NESTING = 100
"""The parser's own limit of 20 drops deeper text in silence."""


def read(data: bytes) -> Reading:
    """Raises `UnreadableFile` for what is not text."""
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    walk = _Walk()
    walk.read(_parser().parse(FRONT_MATTER.sub("", text)))
    blocks, encodings = legacy.repair(walk.blocks)
    return Reading(tuple(blocks), "md", encodings=encodings)


@functools.cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable(["table", "strikethrough"])


class _Walk:
    """Reads the parser's flat list of tokens; it holds the open lists and the table being read."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._tables = 0
        self._lists: list[int | None] = []  # an ordered list's next number; None for a bulleted one
        self._delimiters: list[str] = []
        self._marker = ""
        self._rows: list[table.Row] = []
        self._cells: list[table.Cell] = []

    def read(self, tokens: list[Token]) -> None:
        for position, token in enumerate(tokens):
            match token.type:
                case "inline":
                    self._inline(token, tokens[position - 1])
                case "fence" | "code_block":
                    self.blocks.extend(Block(line) for line in lines(token.content))
                case "html_block":
                    self._markup(token.content)
                case "ordered_list_open" | "bullet_list_open":
                    self._lists.append(int(token.attrs.get("start", 1)) if token.type[0] == "o" else None)
                case "ordered_list_close" | "bullet_list_close":
                    self._lists.pop()
                case "list_item_open":
                    self._marker = self._item_marker(token)
                case "list_item_close":
                    self._marker = ""
                case "tr_close" | "table_close":
                    self._close_row_or_table(token.type)

    def _inline(self, token: Token, opening: Token) -> None:
        shown = _lines(token.children or [])
        if opening.type in {"th_open", "td_open"}:
            self._cells.append(table.Cell(tuple(Block(text, bold=bold) for text, bold in shown)))
            return
        level = int(opening.tag[1]) if opening.type == "heading_open" else None
        for text, bold in shown:
            self.blocks.append(Block(self._marker + text, level=level, bold=bold and level is None))
            self._marker = ""

    def _markup(self, content: str) -> None:
        blocks = html.read_markup(content, self._tables)
        self._tables += len({block.table for block in blocks if block.table is not None})
        self.blocks.extend(blocks)

    def _item_marker(self, token: Token) -> str:
        number = self._lists[-1]
        if number is None:
            return "- " if self._lists.count(None) == 1 else "+ "
        self._lists[-1] = number + 1
        return f"{number}{token.markup} "

    def _close_row_or_table(self, closing: str) -> None:
        if closing == "tr_close":
            self._rows.append(table.Row(tuple(self._cells), heading=not self._rows))
            self._cells = []
        else:
            if table.is_letterhead(self._rows):
                self.blocks.extend(table.layout_blocks(self._rows))
            else:
                rows = table.row_blocks(self._rows, self._tables)
                self._tables += bool(rows)
                self.blocks.extend(rows)
            self._rows = []


def _lines(children: list[Token]) -> list[tuple[str, bool]]:
    """The lines of a paragraph, each with whether all of it is bold; emphasis, links and tags taken off."""
    pieces: list[list[tuple[str, bool]]] = [[]]
    strong = 0
    for child, following in zip_longest(children, children[1:]):
        strong += child.nesting if child.type in {"strong_open", "strong_close"} else 0
        if child.type == "hardbreak" or (child.type == "html_inline" and child.content.lower().startswith("<br")):
            pieces.append([])
        elif child.type == "softbreak":
            if _ends_line(pieces[-1], following):
                pieces.append([])
            else:
                pieces[-1].append((" ", True))
        elif child.type in {"text", "code_inline", "image"}:
            pieces[-1].append((child.content, strong > 0))
    shown = [("".join(text for text, _ in line).strip(), _all_bold(line)) for line in pieces]
    return [(" ".join(text.splitlines()), bold) for text, bold in shown if is_visible(text)]


def _ends_line(line: list[tuple[str, bool]], following: Token | None) -> bool:
    """Whether a line is too short to have been wrapped and the next one begins anew, as in a letterhead typed without
    the two spaces that would say so."""
    short = sum(len(text) for text, _ in line) < NARROWEST_WRAP
    return short and following is not None and not following.content[:1].islower()


def _all_bold(line: list[tuple[str, bool]]) -> bool:
    return all(bold for text, bold in line if is_visible(text))
