"""An answer from a file that has pages says on which one it stands, and whether the page had to be recognised."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from assistant.answer import answer
from assistant.library import Shelf
from assistant.ranker import Ranker
from assistant.retrieve import Judges
from assistant.understand import understand
from ingest.catalog import Catalog
from ingest.pipeline import ingest
from ingest.types import ParsedDocument
from tests.fakes import AsTyped, BagOfWords, parse_lines

TEXT = """\
bc-2024
Báo cáo công tác thủy lợi năm 2024
Toàn tỉnh kiên cố hóa 125 km kênh mương.
Nạo vét 48 km sông trục.
"""


def parse(path: Path, source: str) -> ParsedDocument:
    """The second line stands on page 2, which is a scan."""
    parsed = parse_lines(path, source)
    document = parsed.document
    starts = (0, document.text.index("Nạo vét"))
    health = replace(document.health, format="pdf", pages=2, scanned=(2,))
    return replace(parsed, document=replace(document, page_starts=starts, health=health))


def test_pages_of_citations(tmp_path: Path) -> None:
    (tmp_path / "bc.txt").write_text(TEXT, encoding="utf-8")
    with closing(Catalog.open(f"sqlite:///{tmp_path}/kho/catalog.sqlite3")) as catalog:
        ingest([tmp_path / "bc.txt"], data=tmp_path / "kho", catalog=catalog, embedder=BagOfWords(), parse=parse)
        with closing(Shelf(tmp_path / "kho", catalog, BagOfWords())) as shelf:
            shelf.refresh()
            with shelf.reading() as library:
                asked = ("Kiên cố hóa bao nhiêu km kênh mương?", "Nạo vét bao nhiêu km sông trục?")
                judges = Judges(Ranker.load())
                answers = [answer(understand(question, AsTyped()), library, judges) for question in asked]
    cited = [(found.citations[0].page, found.citations[0].scanned) for found in answers]
    assert cited == [(1, False), (2, True)]
