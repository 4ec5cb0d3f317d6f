"""PDF files written by hand, letter by letter, so that a test says where each piece of text stands."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

WIDTH, HEIGHT = 595, 842
ADVANCE = 0.5
"""Of the font size: every letter is equally wide."""


@dataclass
class PdfPage:
    """Places are in points from the top left corner, `y` that of the baseline. `rotate` is the page's own entry."""

    file: PdfFile
    rotate: int = 0
    drawn: list[str] = field(default_factory=list)
    image: bool = False

    def text(
        self, x: float, y: float, text: str, *, size: float = 12, font: str = "Times", turned: bool = False
    ) -> float:
        """Draw a run of letters; returns where it ends. `turned` text runs upwards."""
        codes = self.file.encode(font, text)
        matrix = f"0 1 -1 0 {x} {HEIGHT - y}" if turned else f"1 0 0 1 {x} {HEIGHT - y}"
        self.drawn.append(f"BT /{self.file.font_name(font)} {size} Tf {matrix} Tm <{codes}> Tj ET")
        return x + ADVANCE * size * len(text)

    def lines(self, x: float, y: float, *texts: str, leading: float = 15, **style: object) -> float:
        """Lines under each other; returns the baseline for the next one."""
        for text in texts:
            self.text(x, y, text, **style)  # type: ignore[arg-type]
            y += leading
        return y

    def grid(self, xs: list[float], ys: list[float]) -> None:
        """All of the lines of a table, as thin filled rectangles, which is how Word draws them."""
        for y in ys:
            self.rule(xs[0], y, xs[-1], y)
        for x in xs:
            self.rule(x, ys[0], x, ys[-1])

    def rule(self, x1: float, y1: float, x2: float, y2: float) -> None:
        self.drawn.append(f"{x1} {HEIGHT - y2} {max(x2 - x1, 0.5)} {max(y2 - y1, 0.5)} re f")

    def picture(self, share: float = 1.0) -> None:
        """An image over the page, or over the upper part of it."""
        self.image = True
        self.drawn.append(f"q {WIDTH} 0 0 {HEIGHT * share} 0 {HEIGHT * (1 - share)} cm /Im0 Do Q")


@dataclass
class PdfFile:
    """`named` is false for a file that doesn't say which letters its glyphs are. No font has its shapes in the file; a
    font whose name begins with `Lost` has them nowhere."""

    named: bool = True
    pages: list[PdfPage] = field(default_factory=list)
    outline: list[tuple[str, int]] = field(default_factory=list)
    encrypted: bool = False
    _fonts: dict[str, dict[str, int]] = field(default_factory=dict)

    def page(self, rotate: int = 0) -> PdfPage:
        self.pages.append(PdfPage(self, rotate))
        return self.pages[-1]

    def font_name(self, font: str) -> str:
        return f"F{list(self._fonts).index(font)}"

    def encode(self, font: str, text: str) -> str:
        codes = self._fonts.setdefault(font, {})
        return "".join(f"{codes.setdefault(letter, len(codes) + 1):02X}" for letter in text)

    def bytes(self) -> bytes:
        objects = _Objects()
        catalog, tree = objects.reserve(), objects.reserve()
        fonts = {font: self._font(objects, font) for font in self._fonts}
        image = objects.add(
            "<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8", b"\xff"
        )
        named = "".join(f"/{self.font_name(font)} {number} 0 R" for font, number in fonts.items())
        kids = [self._page(objects, page, tree, named, image) for page in self.pages]
        objects.put(tree, f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(f'{kid} 0 R' for kid in kids)}]>>")
        entries = self._outline(objects, kids)
        objects.put(catalog, f"<</Type/Catalog/Pages {tree} 0 R{entries}>>")
        return objects.file(catalog, encrypted=self.encrypted)

    def _font(self, objects: _Objects, font: str) -> int:
        codes = self._fonts[font]
        widths = " ".join(["500"] * (len(codes) + 1))
        lost = font.startswith("Lost") or not self.named
        names = "".join(f"/g{code}" if lost else f"/uni{ord(letter):04X}" for letter, code in codes.items())
        unicode = ""
        if self.named:
            pairs = "\n".join(f"<{code:02X}> <{letter.encode('utf-16-be').hex()}>" for letter, code in codes.items())
            maps = objects.add("<<", CMAP.format(count=len(codes), pairs=pairs).encode())
            unicode = f"/ToUnicode {maps} 0 R"
        descriptor = objects.add(
            f"<</Type/FontDescriptor/FontName/{font}/Flags 4/Ascent 800/Descent -200/CapHeight 700/StemV 80"
            "/ItalicAngle 0/FontBBox[0 -200 500 800]>>"
        )
        return objects.add(
            f"<</Type/Font/Subtype/TrueType/BaseFont/{font}/FirstChar 0/LastChar {len(codes)}/Widths[{widths}]"
            f"/FontDescriptor {descriptor} 0 R/Encoding<</Type/Encoding/Differences[1{names}]>>{unicode}>>"
        )

    def _page(self, objects: _Objects, page: PdfPage, tree: int, fonts: str, image: int) -> int:
        content = objects.add("<<", "\n".join(page.drawn).encode())
        images = f"/XObject<</Im0 {image} 0 R>>" if page.image else ""
        return objects.add(
            f"<</Type/Page/Parent {tree} 0 R/MediaBox[0 0 {WIDTH} {HEIGHT}]/Rotate {page.rotate}"
            f"/Resources<</Font<<{fonts}>>{images}>>/Contents {content} 0 R>>"
        )

    def _outline(self, objects: _Objects, kids: list[int]) -> str:
        """Bookmarks, one under the other: (title, page from 1)."""
        if not self.outline:
            return ""
        numbers = [objects.reserve() for _ in range(len(self.outline) + 1)]
        root = numbers[0]
        for (title, page), above, number, below in zip(
            self.outline, numbers[:-1], numbers[1:], [*numbers[2:], 0], strict=True
        ):
            inner = f"/First {below} 0 R/Last {below} 0 R/Count 1" if below else ""
            words = f"feff{title.encode('utf-16-be').hex()}"
            objects.put(number, f"<</Title<{words}>/Parent {above} 0 R/Dest[{kids[page - 1]} 0 R/Fit]{inner}>>")
        objects.put(root, f"<</Type/Outlines/First {numbers[1]} 0 R/Last {numbers[1]} 0 R/Count 1>>")
        return f"/Outlines {root} 0 R"


CMAP = """/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def /CMapType 2 def
1 begincodespacerange <00> <FF> endcodespacerange
{count} beginbfchar
{pairs}
endbfchar endcmap end end"""


class _Objects:
    """The numbered objects of a file."""

    def __init__(self) -> None:
        self._bodies: list[bytes] = []

    def reserve(self) -> int:
        self._bodies.append(b"null")
        return len(self._bodies)

    def put(self, number: int, body: str) -> None:
        self._bodies[number - 1] = body.encode()

    def add(self, head: str, stream: bytes | None = None) -> int:
        body = head.encode()
        if stream is not None:
            packed = zlib.compress(stream)
            body += b"/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed)
        self._bodies.append(body)
        return len(self._bodies)

    def file(self, root: int, *, encrypted: bool) -> bytes:
        data = b"%PDF-1.7\n"
        places = []
        for number, body in enumerate(self._bodies, 1):
            places.append(len(data))
            data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        start = len(data)
        data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
        data += b"".join(b"%010d 00000 n \n" % place for place in places)
        lock = b""
        if encrypted:  # a password that nobody knows: its check values are made up
            lock = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>/ID[<00><00>]" % (b"ab" * 32, b"cd" * 32)
        data += b"trailer<</Size %d/Root %d 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (len(places) + 1, root, lock, start)
        return data
