"""A conversation as a file to keep: Markdown, or a Word document of the plainest kind."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from xml.sax.saxutils import escape

Kind = Literal["title", "question", "text", "source"]
# What XML can't hold, whatever a document has in it.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|&~])")
_SIZES = {"title": 36, "question": 26, "text": 24, "source": 20}  # in half points


@dataclass(frozen=True, slots=True)
class Line:
    kind: Kind
    text: str


def lines_of(title: str, messages: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
    """Questions, answers, and under each answer its sources, named the formal way and quoted."""
    yield Line("title", title)
    for message in messages:
        if message["role"] == "user":
            yield Line("question", "Hỏi: " + " ".join(message["text"].split()))
            continue
        for line in message["text"].replace("**", "").splitlines():
            if line.strip():
                yield Line("text", line.strip())
        for cited in (message["answer"] or {}).get("citations", ()):
            quote = " ".join(cited["quote"].split())
            yield Line("source", f"[{cited['marker']}] {cited['address']}, {cited['document_title']}: “{quote}”")


def as_markdown(lines: Iterator[Line]) -> bytes:
    """What a document says stays text: no mark of it means anything in Markdown."""
    heads = {"title": "# ", "question": "## ", "text": "", "source": "> "}
    written = (heads[line.kind] + _MARKUP.sub(r"\\\1", line.text) for line in lines)
    return ("\n\n".join(written) + "\n").encode()


def as_docx(lines: Iterator[Line]) -> bytes:
    body = "".join(_paragraph(line) for line in lines)
    document = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:body>{body}</w:body></w:document>"
    )
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", _TYPES)
        package.writestr("_rels/.rels", _RELATIONS)
        package.writestr("word/document.xml", document)
    return kept.getvalue()


def _paragraph(line: Line) -> str:
    bold = "<w:b/>" if line.kind in {"title", "question"} else ""
    font = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman"/>'
    looks = f'<w:rPr>{font}{bold}<w:sz w:val="{_SIZES[line.kind]}"/></w:rPr>'
    indent = '<w:ind w:left="567"/>' if line.kind == "source" else ""
    text = escape(_NO_XML.sub("", line.text))
    spaced = f'<w:pPr><w:spacing w:after="120"/>{indent}</w:pPr>'
    return f'<w:p>{spaced}<w:r>{looks}<w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)
