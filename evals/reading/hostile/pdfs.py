"""PDFs: trees that loop, streams that unpack without end, pages that are nothing but a picture."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from evals.reading.hostile.case import SENTENCE, TITLE, Case, either, noise, read, refused

LINES = (TITLE, "Cải cách thủ tục hành chính năm 2026", "1. Mục tiêu", SENTENCE)
PAGE = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R/Resources<</Font<</F 4 0 R>>{}>>{}>>"

Objects = Mapping[int, str | bytes]


def cases() -> list[Case]:
    return [*_honest(), *_structure(), *_streams(), *_pictures()]


def pdf(changed: Objects | None = None, lines: Sequence[str] = LINES, trailer: str = "") -> bytes:
    """A page of text; `changed` replaces or adds objects: 1 catalog, 2 pages, 3 page, 4 font, 5 contents."""
    letters = sorted(set("".join(lines)))
    codes = {letter: number for number, letter in enumerate(letters, start=33)}
    objects: dict[int, str | bytes] = {
        1: "<</Type/Catalog/Pages 2 0 R>>",
        2: "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: PAGE.format("", ""),
        4: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>",
        5: stream(_shown(lines, codes)),
        6: stream(_unicode(codes)),
    }
    return _written(objects | dict(changed or {}), trailer)


def stream(content: bytes, also: str = "") -> bytes:
    return f"<<{also}/Length {len(content)}>>stream\n".encode() + content + b"\nendstream"


def packed(content: bytes, also: str = "") -> bytes:
    return stream(zlib.compress(content, 9), f"{also}/Filter/FlateDecode")


def _shown(lines: Sequence[str], codes: Mapping[str, int]) -> bytes:
    at = 800
    shown = ["BT /F 12 Tf"]
    for line in lines:
        shown.append(f"1 0 0 1 60 {at} Tm <{''.join(f'{codes[letter]:02x}' for letter in line)}> Tj")
        at -= 24
    return "\n".join([*shown, "ET"]).encode()


def _unicode(codes: Mapping[str, int]) -> bytes:
    pairs = "\n".join(f"<{code:02x}> <{ord(letter):04x}>" for letter, code in codes.items())
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        f"1 begincodespacerange <00> <ff> endcodespacerange {len(codes)} beginbfchar\n{pairs}\nendbfchar\n"
        "endcmap end end"
    ).encode()


def _written(objects: Objects, trailer: str) -> bytes:
    out, places = bytearray(b"%PDF-1.5\n"), dict[int, int]()
    for number, content in sorted(objects.items()):
        places[number] = len(out)
        body = content if isinstance(content, bytes) else content.encode()
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start, size = len(out), max(objects) + 1
    rows = (f"{places[n]:010} 00000 n \n" if n in places else "0000000000 65535 f \n" for n in range(size))
    out += f"xref\n0 {size}\n{''.join(rows)}trailer<</Size {size}/Root 1 0 R{trailer}>>\n".encode()
    return bytes(out) + f"startxref\n{start}\n%%EOF".encode()


def _honest() -> list[Case]:
    def marked(mark: str) -> Callable[[], bytes]:
        return lambda: pdf(lines=(mark, *LINES))

    launch = {1: "<</Type/Catalog/Pages 2 0 R/OpenAction<</S/Launch/F(/bin/sh)>>/AA<</WC 7 0 R>>>>"}
    script = {1: "<</Type/Catalog/Pages 2 0 R/OpenAction 7 0 R>>", 7: "<</S/JavaScript/JS(while(true){app.alert(1)})>>"}
    return [
        read("right.pdf", pdf),
        read("pdf-named.docx", lambda: pdf(lines=LINES * 2)),
        read("pdf-that-launches.pdf", lambda: pdf(launch)),
        read("pdf-with-a-script.pdf", lambda: pdf(script)),
        read("pdf-after-noise.pdf", lambda: b"\n" * 500 + pdf()),
        refused("secret-on-top.pdf", "(?i)mật", marked("TUYỆT MẬT")),
        refused("secret-internal.pdf", "(?i)nội bộ", marked("Tài liệu lưu hành nội bộ")),
    ]


def _structure() -> list[Case]:
    locked = "/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -4/O(" + "a" * 32 + ")/U(" + "b" * 32 + ")>>/ID[(x)(x)]"
    kids = " ".join(["3 0 R"] * 100_000)
    return [
        *(either(f"pdf-cut-at-{share}-percent.pdf", partial(_cut, share)) for share in (5, 30, 60, 95)),
        refused("pdf-head-only.pdf", ".", lambda: b"%PDF-1.7\n"),
        refused("pdf-locked.pdf", "mật khẩu", lambda: pdf(trailer=locked)),
        either("pdf-pages-in-a-circle.pdf", lambda: pdf({2: "<</Type/Pages/Kids[2 0 R 3 0 R]/Count 2>>"})),
        either("pdf-page-is-its-own-parent.pdf", lambda: pdf({2: "<</Type/Pages/Parent 2 0 R/Kids[3 0 R]/Count 1>>"})),
        refused("pdf-without-pages.pdf", ".", lambda: pdf({2: "<</Type/Pages/Kids[]/Count 0>>"})),
        refused("pdf-claims-100000-pages.pdf", ".", lambda: pdf({2: "<</Type/Pages/Kids[3 0 R]/Count 100000>>"})),
        refused("pdf-of-100000-pages.pdf", ".", lambda: pdf({2: f"<</Type/Pages/Kids[{kids}]/Count 100000>>"})),
        either("pdf-negative-count.pdf", lambda: pdf({2: "<</Type/Pages/Kids[3 0 R]/Count -5>>"})),
        either("pdf-tables-in-a-circle.pdf", lambda: pdf(trailer="/Prev 9")),
        either("pdf-contents-is-its-own-length.pdf", lambda: pdf({5: b"<</Length 5 0 R>>stream\nBT ET\nendstream"})),
        either(
            "pdf-arrays-100000-deep.pdf",
            lambda: pdf({7: "[" * 100_000 + "]" * 100_000, 1: "<</Type/Catalog/Pages 2 0 R/X 7 0 R>>"}),
        ),
        refused("pdf-of-noise.pdf", ".", lambda: b"%PDF-1.4\n" + noise(50_000)),
    ]


def _cut(share: int) -> bytes:
    whole = pdf()
    return whole[: len(whole) * share // 100]


def _streams() -> list[Case]:
    form = stream(b"/X Do", "/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</X 7 0 R>>>>")
    return [
        either(
            "pdf-form-that-draws-itself.pdf",
            lambda: pdf({3: PAGE.format("/XObject<</X 7 0 R>>", ""), 5: stream(b"/X Do"), 7: form}),
        ),
        refused("pdf-contents-of-zeros.pdf", ".", lambda: pdf({5: packed(bytes(100 << 20))})),
        refused(
            "pdf-contents-packed-twice.pdf",
            ".",
            lambda: pdf(
                {5: stream(zlib.compress(zlib.compress(bytes(100 << 20), 9), 9), "/Filter[/FlateDecode/FlateDecode]")}
            ),
        ),
        either("pdf-states-500000-deep.pdf", lambda: pdf({5: packed(b"q " * 500_000)})),
        either(
            "pdf-a-million-letters-in-one-place.pdf",
            lambda: pdf({5: packed(b"BT /F 12 Tf 60 700 Td (" + b"!" * 1_000_000 + b") Tj ET")}),
        ),
        either("pdf-50000-words-anywhere.pdf", lambda: pdf({5: packed(_scattered(50_000))})),
        either("pdf-100000-rules.pdf", lambda: pdf({5: packed(_rules(100_000))})),
        either("pdf-letters-to-nowhere.pdf", lambda: pdf({6: stream(b"endcmap" * 1_000)}, LINES * 8), SENTENCE),
    ]


def _scattered(words: int) -> bytes:
    return b"".join(
        b"BT /F %d Tf %d %d Td (#$%%) Tj ET\n" % (3 + n % 9, n * 7919 % 595, n * 104_729 % 842) for n in range(words)
    )


def _rules(number: int) -> bytes:
    return b"".join(b"%d %d %d 1 re f\n" % (n * 7919 % 595, n * 104_729 % 842, 5 + n % 80) for n in range(number))


def _pictures() -> list[Case]:
    def picture(image: bytes, size: str = "") -> bytes:
        page = PAGE.format("/XObject<</I 7 0 R>>", "").replace("0 0 595 842", size or "0 0 595 842")
        return pdf({3: page, 5: stream(b"q 595 0 0 842 0 0 cm /I Do Q"), 7: image})

    def image(width: int, height: int) -> str:
        return f"/Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceGray/BitsPerComponent 8"

    blank = packed(b"\xff" * 1_000_000, image(1_000, 1_000))
    return [
        refused("pdf-of-a-blank-picture.pdf", ".", lambda: picture(blank)),
        refused("pdf-picture-of-noise.pdf", ".", lambda: picture(packed(noise(250_000), image(500, 500)))),
        refused("pdf-picture-bomb.pdf", ".", lambda: picture(packed(bytes(300 << 20), image(20_000, 15_000)))),
        refused("pdf-picture-claims-billions.pdf", ".", lambda: picture(packed(bytes(1_000), image(60_000, 60_000)))),
        refused(
            "pdf-picture-of-broken-jbig2.pdf",
            ".",
            lambda: picture(stream(noise(5_000), image(1_000, 1_000) + "/Filter/JBIG2Decode")),
        ),
        refused(
            "pdf-picture-of-broken-jpeg2000.pdf",
            ".",
            lambda: picture(stream(noise(5_001), image(1_000, 1_000) + "/Filter/JPXDecode")),
        ),
        refused("pdf-page-of-a-kilometre.pdf", ".", lambda: picture(blank, "0 0 2834645 2834645")),
        refused("pdf-page-of-no-size.pdf", ".", lambda: picture(blank, "0 0 0 0")),
        refused("pdf-page-blank.pdf", ".", lambda: pdf({5: stream(b"")})),
    ]
