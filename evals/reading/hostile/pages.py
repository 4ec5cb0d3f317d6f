"""HTML and RTF: markup that nests, repeats, hides or never ends."""

from __future__ import annotations

from evals.reading.hostile.case import SENTENCE, TITLE, Case, either, read, refused

HONEST = f"<h1>{TITLE}</h1><p>{SENTENCE}</p>"
LAUGHS = '<!ENTITY e0 "ha">' + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))


def cases() -> list[Case]:
    return [*_html(), *_rtf()]


def _page(body: str, declared: str = "") -> str:
    return f'<!DOCTYPE html{declared}><html><head><meta charset="utf-8"></head><body>{body}</body></html>'


def _html() -> list[Case]:
    attributes = " ".join(f"a{n}=1" for n in range(100_000))
    return [
        refused("scripts-only.html", "không có", lambda: _page("<script>document.write('Kế hoạch')</script>" * 50)),
        either("divs-100000-deep.html", lambda: _page("<div>" * 100_000 + HONEST)),
        either("tables-10000-deep.html", lambda: _page("<table><tr><td>" * 10_000 + SENTENCE)),
        either("lists-10000-deep.html", lambda: _page("<ol><li>" * 10_000 + SENTENCE)),
        either("bold-100000-deep.html", lambda: _page("<b><i>" * 50_000 + SENTENCE)),
        either("cell-over-a-billion-columns.html", lambda: _page(_spanning("colspan=1000000000"))),
        either("cell-over-a-billion-rows.html", lambda: _page(_spanning("rowspan=1000000000"))),
        either("cells-over-thousands-of-both.html", lambda: _page(_spanning("colspan=1000 rowspan=60000", 3_600))),
        read("entities-billion-laughs.html", lambda: _page(f"{HONEST}<p>&e9;</p>", f" [{LAUGHS}]")),
        read("entity-of-a-file.html", lambda: _page(f"{HONEST}&x;", ' [<!ENTITY x SYSTEM "file:///etc/passwd">]')),
        read("frames-and-objects.html", lambda: _page(HONEST + _embedded())),
        read("comment-never-closed.html", lambda: _page(HONEST + "<!-- " * 20_000)),
        either("attributes-100000.html", lambda: _page(f"<p {attributes}>{SENTENCE}")),
        read("tag-cut-off.html", lambda: _page(f"{HONEST}{HONEST}") + "<table><tr><td colspan='"),
    ]


def _spanning(spans: str, cells: int = 1) -> str:
    row = f"<tr>{f'<td {spans}>một</td>' * cells}<td>hai</td></tr><tr><td>ba</td></tr>"
    return f"{HONEST}<table border=1>{row}</table>"


def _embedded() -> str:
    return (
        '<iframe src="file:///etc/passwd"></iframe><object data="file:///etc/passwd"></object>'
        '<img src="http://127.0.0.1:47123/anh.png"><link rel="stylesheet" href="http://127.0.0.1:47123/kieu.css">'
    )


def _rtf() -> list[Case]:
    head = r"{\rtf1\ansi\ansicpg1258\deff0{\fonttbl{\f0 Times New Roman;}}"
    text = _escaped(f"{TITLE}\n{SENTENCE}")
    embedded = r"{\object\objemb{\*\objdata " + "d0cf11e0" * 5_000 + "}}"
    columns = r"\trowd" + r"\cellx9" * 30_000 + r"x\cell" * 30_000 + r"\row"
    return [
        either("right.rtf", lambda: f"{head}{text}\\par}}", SENTENCE, "apt install"),
        either("groups-100000-deep.rtf", lambda: head + "{" * 100_000 + text),
        either("cut-off.rtf", lambda: f"{head}{text}\\par \\u78"),
        either("binary-without-end.rtf", lambda: f"{head}\\bin2147483647 {text}"),
        either("object-inside.rtf", lambda: f"{head}{embedded}{text}\\par}}"),
        either("columns-without-end.rtf", lambda: f"{head}{columns}}}", "x"),
        refused("head-only.rtf", ".", lambda: r"{\rtf1"),
    ]


def _escaped(text: str) -> str:
    return "".join("\\par " if c == "\n" else c if c.isascii() else f"\\u{ord(c)}?" for c in text)
