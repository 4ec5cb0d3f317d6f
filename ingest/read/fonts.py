"""Which runs of a Word file are in a font of an old encoding: by the run, its styles, or the file's default."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from lxml import etree

from ingest.read import legacy
from ingest.read.numbering import W
from ingest.read.styles import Styles, value


class Fonts:
    """The legacy fonts of one file. `met` are the encodings of the letters asked for so far."""

    def __init__(self, styles: Styles, parts: Iterable[etree._Element]) -> None:
        self._styles = styles
        self._misnamed = frozenset[str]()
        self.met: set[str] = set()
        texts: defaultdict[str, list[str]] = defaultdict(list)
        for part in parts:
            for run, style in _runs(part):
                if (font := self._legacy(run, style)) is not None:
                    texts[font].append("".join(run.itertext(f"{W}t")))
        # Old templates keep their fonts when people go on typing in Unicode: Word shows it in another font.
        self._misnamed = frozenset(font for font, typed in texts.items() if legacy.is_unicode("\n".join(typed), font))

    def of(self, run: etree._Element, paragraph_style: str | None) -> str | None:
        """The run's font, if its text is in an old encoding."""
        font = self._legacy(run, paragraph_style)
        if font is None or font in self._misnamed:
            return None
        if not "".join(run.itertext(f"{W}t")).isascii():
            self.met.add(legacy.encoding_of_font(font) or "")
        return font

    def _legacy(self, run: etree._Element, paragraph_style: str | None) -> str | None:
        properties = run.find(f"{W}rPr")
        font = self._styles.font(properties, value(properties, "rStyle"), paragraph_style)
        return font if legacy.encoding_of_font(font) else None


def _runs(part: etree._Element) -> Iterator[tuple[etree._Element, str | None]]:
    """Each run and the style of its paragraph, looked for once: in a paragraph without one that means all its runs."""
    last, style = None, None
    for run in part.iter(f"{W}r"):
        paragraph = next(run.iterancestors(f"{W}p"), None)
        if paragraph is not last:
            last, style = paragraph, value(paragraph, "pPr/pStyle")
        yield run, style
