"""Whether files in old encodings are read as their transcripts have them."""

from __future__ import annotations

import io
import re
import statistics
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.clean import clean
from ingest.errors import UnreadableFile
from ingest.read import archive, docx, office, read_file
from ingest.types import Reading

WORD = re.compile(r"[^\W\d_]+")
LOW = 0.95
DELETION = re.compile(rb"(</?)w:del(Text|)(?=[ >/])")


@dataclass(frozen=True, slots=True)
class Compared:
    """A file against its transcript: shares of the transcript's words, in order and in any order; of the text's words
    that the transcript doesn't have; and `ordered` for the text that a reader of the file sees."""

    ordered: float
    unordered: float
    added: float
    as_read: float


def measure(folder: Path, *, failures: bool = False) -> dict[str, float]:
    """`files` in the folders of `folder` with a transcript in its `truth`, how many were `quarantined`, and of the
    others the `median` and the `lowest` accuracy and how many stay `under_95`.

    Accuracy is the share of the transcript's words that stand in the text in the transcript's order (the longest
    common subsequence of words), so that a word read wrongly, lost or moved counts alike. `unordered_…` leaves the
    order out: a table's columns or a text box may stand elsewhere in a transcript, and nothing is read wrongly.
    `added_median` is the share of the text's words that the transcript doesn't have. Words are compared without case:
    the transcripts leave the headings set in TCVN3's fonts of capitals in small letters.

    One transcript keeps the words that its authors deleted with changes tracked. A reader of the file doesn't, so
    in a file that falls short of 95 % they are put back (`deletions_kept` counts such files); `as_read_…` is without.
    """
    compared: dict[str, Compared] = {}
    refused: dict[str, str] = {}
    kept = 0
    for file in [file for encoding in ("tcvn3", "vni") for file in sorted((folder / encoding).iterdir())]:
        truth = words((folder / "truth" / f"{file.stem}.txt").read_text(encoding="utf-8"))
        try:
            text = _words(read_file(file))
        except UnreadableFile as problem:
            refused[file.name] = str(problem)
            continue
        result = _compare(truth, text, text)
        if result.ordered < LOW and (marked := _marked_up(file)) is not None:
            kept += 1
            result = _compare(truth, text, marked)
        compared[file.name] = result
        if failures:
            _show(file.name, result, truth, text)
    if failures:
        print(*(f"refused: {name}: {reason}" for name, reason in refused.items()), sep="\n")
    counts = {"legacy_files": len(compared) + len(refused), "legacy_quarantined": len(refused)}
    return {**counts, "legacy_deletions_kept": kept, **_figures(list(compared.values()))}


def _compare(truth: list[str], text: list[str], marked: list[str]) -> Compared:
    shared = (Counter(truth) & Counter(marked)).total()
    return Compared(
        ordered=common_in_order(truth, marked) / len(truth),
        unordered=shared / len(truth),
        added=1 - (Counter(truth) & Counter(text)).total() / max(1, len(text)),
        as_read=common_in_order(truth, text) / len(truth),
    )


def _figures(compared: list[Compared]) -> dict[str, float]:
    return {
        "legacy_median": statistics.median(file.ordered for file in compared),
        "legacy_lowest": min(file.ordered for file in compared),
        "legacy_under_95": sum(file.ordered < LOW for file in compared),
        "legacy_unordered_median": statistics.median(file.unordered for file in compared),
        "legacy_unordered_lowest": min(file.unordered for file in compared),
        "legacy_added_median": statistics.median(file.added for file in compared),
        "legacy_as_read_median": statistics.median(file.as_read for file in compared),
        "legacy_as_read_under_95": sum(file.as_read < LOW for file in compared),
    }


def _marked_up(file: Path) -> list[str] | None:
    """The words of a Word file with its tracked deletions; None where there are none."""
    if file.suffix != ".doc" or (converted := office.to_docx(file.read_bytes(), ".doc")) is None:
        return None
    with zipfile.ZipFile(io.BytesIO(converted)) as package:
        entries = {name: package.read(name) for name in package.namelist()}
    body = entries[archive.MAIN_PART]
    if b"<w:delText" not in body:
        return None
    entries[archive.MAIN_PART] = DELETION.sub(_insertion, body)
    with zipfile.ZipFile(rewritten := io.BytesIO(), "w") as package:
        for name, content in entries.items():
            package.writestr(name, content)
    return _words(docx.read(rewritten.getvalue()))


def _insertion(tag: re.Match[bytes]) -> bytes:
    return tag[1] + (b"w:t" if tag[2] else b"w:ins")


def _words(reading: Reading) -> list[str]:
    return words("\n".join(block.text for block in reading.blocks))


def words(text: str) -> list[str]:
    """The words of a text, composed, without case, invisible characters and numbers."""
    return WORD.findall(clean(text).text.lower())


def common_in_order(one: Sequence[str], other: Sequence[str]) -> int:
    """The length of the longest common subsequence, by Hyyrö's bit-parallel algorithm: one operation on an integer of
    `len(one)` bits a word of `other`, so that texts of fifty thousand words take a second."""
    places: dict[str, int] = {}
    for place, word in enumerate(one):
        places[word] = places.get(word, 0) | 1 << place
    full = (1 << len(one)) - 1
    unmatched = full
    for word in other:
        here = unmatched & places.get(word, 0)
        unmatched = ((unmatched + here) | (unmatched - here)) & full
    return len(one) - unmatched.bit_count()


def _show(name: str, compared: Compared, truth: Sequence[str], text: Sequence[str]) -> None:
    shares = (compared.ordered, compared.unordered, compared.added, compared.as_read)
    print(*(f"{share:.4f}" for share in shares), name)
    missing, more = Counter(truth) - Counter(text), Counter(text) - Counter(truth)
    for label, found in (("missing", missing), ("more", more)):
        print(f"  {label} {found.total()}: " + " ".join(f"{word}×{count}" for word, count in found.most_common(25)))
