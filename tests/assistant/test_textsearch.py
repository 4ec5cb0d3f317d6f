"""Words found where they stand, typed in any way; and no others."""

from __future__ import annotations

import pytest

from assistant.bootstrap import Assistant
from assistant.textsearch import search_texts

FOUND = [
    # what is typed, the documents that have it, the words where it first stands
    ("hồ sơ trực tuyến", {"25-kh-ubnd-2024"}, "hồ sơ trực tuyến"),
    ("HO SO TRUC TUYEN", {"25-kh-ubnd-2024"}, "hồ sơ trực tuyến"),
    ("hồ sơ trực tuyến".encode().decode(), {"25-kh-ubnd-2024"}, "hồ sơ trực tuyến"),
    ("ho\u0302\u0300 so\u031b", {"25-kh-ubnd-2024", "9-001234"}, "hồ sơ"),  # decomposed
    ("luồng tuyến đường thủy", {"88-nq-tu", "512-bc-sgtvt-2024"}, "luồng tuyến đường thủy"),
    ("luồng tuyến đường thuỷ", {"88-nq-tu", "512-bc-sgtvt-2024"}, "luồng tuyến đường thủy"),  # another tone placement
    ("tuyến trực", {"25-kh-ubnd-2024"}, "1. Tỷ lệ hồ sơ trực tuyến"),  # a line that has both
    ("hồ sơ trực tuyên", set(), ""),  # typed with marks, found only with those
    ("uyến", set(), ""),  # part of a word
    ("!?", set(), ""),
]


@pytest.mark.parametrize(("asked", "documents", "words"), FOUND)
def test_places(office: Assistant, asked: str, documents: set[str], words: str) -> None:
    with office.shelf.reading() as library:
        found = search_texts(asked, library)
        assert {match.document_id for match in found} == documents
        for match in found:
            parsed = library.document(match.document_id)
            assert parsed
            for place in match.places:
                assert parsed.document.text[place.start : place.end].startswith(place.words[:20])
        assert not found or found[0].places[0].words.lower().startswith(words.lower())
