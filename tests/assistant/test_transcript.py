"""A conversation as a file: nothing in it means anything to Markdown or to Word but what we write."""

from __future__ import annotations

import io

import docx
from markdown_it import MarkdownIt

from assistant.transcript import as_docx, as_markdown, lines_of

HOSTILE = "=cmd|' /C calc'!A0 <b>đậm</b> [1](javascript:alert(1)) # \x0b\x00 & \ud83d"
MESSAGES = [
    {"role": "user", "text": f"Lệ phí? {HOSTILE}", "answer": None},
    {
        "role": "assistant",
        "text": "**120.000 đồng** [1]\n\n“Lệ phí là 120.000 đồng.”",
        "answer": {
            "citations": [{"marker": 1, "address": "Điều 2", "document_title": "QĐ", "quote": "Lệ phí\nlà 120"}]
        },
    },
]


def test_markdown_keeps_the_words_and_none_of_their_markup():
    text = as_markdown(iter([*lines_of("Tên", MESSAGES[1:])])).decode()
    assert text.startswith("# Tên\n")
    assert "120.000 đồng \\[1\\]" in text
    assert "> \\[1\\] Điều 2, QĐ: “Lệ phí là 120”" in text
    hostile = as_markdown(iter([*lines_of("Tên", [MESSAGES[0] | {"text": "<b>x</b> [a](javascript:b) # c"}])])).decode()
    drawn = MarkdownIt().render(hostile)
    assert "&lt;b&gt;x&lt;/b&gt; [a](javascript:b) # c" in drawn
    assert "<a" not in drawn
    fenced = [MESSAGES[1] | {"text": "~~~\n120 &copy; đồng [1]"}]
    drawn = MarkdownIt().render(as_markdown(lines_of("Tên", fenced)).decode())
    assert "<code>" not in drawn
    assert "&amp;copy;" in drawn
    assert "Điều 2, QĐ" in drawn


def test_word_opens_it():
    opened = docx.Document(io.BytesIO(as_docx(lines_of("Tên", MESSAGES))))
    texts = [paragraph.text for paragraph in opened.paragraphs]
    assert texts[0] == "Tên"
    assert texts[1].startswith("Hỏi: Lệ phí? =cmd|")
    assert "<b>đậm</b>" in texts[1]
    assert texts[-1] == "[1] Điều 2, QĐ: “Lệ phí là 120”"
