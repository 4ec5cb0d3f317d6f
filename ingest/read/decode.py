"""Bytes to text, or `UnreadableFile`; a wrong guess would put garbage into answers."""

from __future__ import annotations

import codecs
import re
import unicodedata

from ingest.errors import UnreadableFile
from ingest.read import legacy
from ingest.syllables import is_syllable

MAX_TEXT_BYTES = 20 * 1024 * 1024
"""Some twenty times the longest law; past it a text file is a data dump."""

BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark begins it
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
"""Characters that text does not hold; form feeds, tabs and separators are left out."""

C1_CONTROL = re.compile(r"[\x80-\x84\x86-\x9f]")
"""No text holds these (but NEL, which ends lines); the second bytes of UTF-8 become these in Latin-1."""

WORD = re.compile(r"[^\W\d_]+")
MIN_SYLLABLES = 0.9
"""Share of the words with Vietnamese letters that must be syllables. Text in TCVN3, VNI or a Western encoding read as
windows-1258 stays under a half."""

SAMPLE = 10_000
"""Characters looked at to tell an alphabet."""

UNKNOWN = "không xác định được bảng mã của tệp; hãy mở tệp và lưu lại với bảng mã UTF-8"


def decode(data: bytes, declared: str | None = None) -> str:
    """The text by its byte order mark, as UTF-8, by the `declared` encoding, as windows-1258 where that gives
    Vietnamese, or in an encoding that `legacy.repair` reads, in this order: valid UTF-8 is all but never something
    else, declarations are often wrong."""
    if len(data) > MAX_TEXT_BYTES:
        raise UnreadableFile(
            f"tệp văn bản quá lớn ({len(data) // 1_048_576} MB, giới hạn {MAX_TEXT_BYTES // 1_048_576} MB); "
            "hãy tách tệp thành các phần nhỏ hơn"
        )
    text = _by_mark(data)
    if text is None:
        text = _try(data, "utf-8")
    if text is None and declared:
        text = _try(data, declared)
    if text is None:
        text = _vietnamese_1258(data) or legacy.decode(data)
    if text is not None and C1_CONTROL.search(text):
        text = _read_twice(text)
    if text is None:
        raise UnreadableFile(UNKNOWN)
    if CONTROL.search(text):
        raise UnreadableFile(
            "tệp không phải là văn bản (có ký tự điều khiển); hãy kiểm tra lại định dạng, hoặc lưu lại dạng .docx"
        )
    return text


def _by_mark(data: bytes) -> str | None:
    for mark, encoding in BOMS:
        if data.startswith(mark):
            text = _try(data, encoding)
            if text is None or not _is_latin(text):
                raise UnreadableFile(UNKNOWN)
            return text
    return None


def _is_latin(text: str) -> bool:
    """Whether most letters are of our alphabet: bytes of other encodings make Chinese under a false UTF-16 mark."""
    letters = [character for character in text[:SAMPLE] if character.isalpha()]
    return 2 * sum(letter < "\u0250" or "\u1e00" <= letter < "\u2000" for letter in letters) >= len(letters)


def _read_twice(text: str) -> str | None:
    """The text that UTF-8 was taken for Latin-1 of, and saved again; None where that is not what happened."""
    try:
        return _try(text.encode("latin-1"), "utf-8")
    except UnicodeEncodeError:
        return None


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _vietnamese_1258(data: bytes) -> str | None:
    text = _try(data, "cp1258")
    return text if text is not None and _is_vietnamese(text) else None


def _is_vietnamese(text: str) -> bool:
    words = [word for word in WORD.findall(unicodedata.normalize("NFC", text)) if not word.isascii()]
    good = sum(map(is_syllable, words))
    return bool(words) and good >= MIN_SYLLABLES * len(words)
