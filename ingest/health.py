"""How well a file could be read, and whether what came out is text at all.

Measured over the 215 documents of the shared collections, rightly read: 94 % or more of the words with letters beyond
a–z are syllables, 91 % or more of what is seen are letters and figures, a tenth of the words at most single letters.
Old encodings read without conversion have 27–42 % of syllables; letters torn apart by a PDF, or lost for question
marks, make half of the words single letters. A foreign text is written in plain letters: it is kept.
"""

from __future__ import annotations

import re

from ingest.errors import UnreadableFile
from ingest.syllables import count_syllables, is_syllable
from ingest.types import Health, Reading

MIN_WORDS = 30  # a table of figures has hardly any, and says nothing of the rest
MIN_SYLLABLES = 0.6  # of the words with a letter beyond a–z, where a text has many; in ours nearly all are
MAX_FOREIGN_LETTERS = 0.3  # share of the words that have one; French has 0.18
MAX_SINGLE_LETTERS = 0.3
SOUND_SYLLABLES = 0.9  # crosses in a table are single letters too, among sound words

FEW_WORDS = 50  # below this many, a share says nothing
DOUBTFUL = 0.9  # share of Vietnamese syllables; official texts that were read right are above .97

_DRAWN = str.maketrans("", "", "._-–—…·*|")
_WORD = re.compile(r"[^\W\d_]+")


def health_of(reading: Reading, text: str) -> Health:
    """The health of a file whose clean text is `text`."""
    syllables, words = count_syllables(text)
    return Health(
        format=reading.format,
        words=words,
        syllables=syllables,
        tables=len({block.table for block in reading.blocks if block.table is not None}),
        encodings=reading.encodings,
        pages=reading.pages,
        scanned=reading.scanned,
        blank=reading.blank,
    )


def refuse_unreadable(text: str, health: Health) -> None:
    """Raises UnreadableFile where `text` holds no word, or letters that make no words."""
    if not any(c.isalpha() for c in text):
        raise UnreadableFile("Tệp không có chữ nào đọc được. Hãy mở tệp kiểm tra rồi lưu lại nội dung dạng văn bản.")
    if health.words >= MIN_WORDS and _is_garbled(text, health.syllables / health.words):
        raise UnreadableFile(
            "chữ trong tệp không đọc ra thành từ, có thể do bảng mã hoặc phông chữ cũ, hay bản quét kém; "
            "hãy mở tệp bằng phần mềm gốc, chuyển sang Unicode rồi lưu lại dạng .docx"
        )


def _is_garbled(text: str, syllables: float) -> bool:
    words = _WORD.findall(text)
    marked = [word for word in words if not word.isascii()]
    single = sum(len(word) == 1 for word in words) / len(words)
    sound = sum(map(is_syllable, marked)) / max(len(marked), 1)
    if len(marked) > MAX_FOREIGN_LETTERS * len(words) and sound < MIN_SYLLABLES:
        return True
    return (syllables < SOUND_SYLLABLES and single > MAX_SINGLE_LETTERS) or not _is_written(text)


def _is_written(text: str) -> bool:
    """Whether at least half of what is seen are letters and figures; dots and lines are there to write on."""
    seen = "".join(text.split()).translate(_DRAWN)
    return 2 * sum(map(str.isalnum, seen)) >= len(seen)


def health_notes(health: Health) -> list[str]:
    """What a reader should know before trusting the text, in Vietnamese; empty where there is nothing to say."""
    notes = []
    if health.words >= FEW_WORDS and health.syllables < DOUBTFUL * health.words:
        share = f"{health.syllables / health.words:.0%}"
        notes.append(f"Chỉ {share} số từ là âm tiết tiếng Việt hợp lệ; hãy đối chiếu với bản gốc.")
    if health.scanned:
        notes.append(
            f"{len(health.scanned)}/{health.pages} trang là ảnh, chữ do máy nhận dạng (OCR) nên có thể sai; "
            "hãy đối chiếu số liệu với bản gốc."
        )
    if health.blank:
        notes.append(f"Không có chữ ở {_pages(health.blank)}.")
    if health.encodings:
        notes.append(f"Đã chuyển từ bảng mã cũ {', '.join(health.encodings)} sang Unicode.")
    return notes


def _pages(numbers: tuple[int, ...]) -> str:
    """`trang 3, 5–7`: neighbours together."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return "trang " + ", ".join("–".join(map(str, run)) for run in runs)
