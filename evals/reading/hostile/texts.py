"""Plain text, Markdown, JSON and XML, and what only pretends to be."""

from __future__ import annotations

from evals.reading.hostile.case import SENTENCE, TEXT, Case, either, noise, read, refused

TITLE, *REST = TEXT.splitlines()
NO_TEXT = "không phải là văn bản"


def cases() -> list[Case]:
    return [*_nothing(), *_encodings(), *_long(), *_data(), *_secret(), *_others()]


def _nothing() -> list[Case]:
    return [
        refused("empty.txt", "rỗng", lambda: b""),
        refused("empty.docx", "rỗng", lambda: b""),
        refused("whitespace-only.txt", "không có", lambda: b" \t\r\n" * 5_000),
        refused("punctuation-only.txt", "không có chữ", lambda: "… — • ✓ 123 !?\n" * 200),
        refused("mark-of-utf8-only.txt", "không có", lambda: b"\xef\xbb\xbf"),
        refused("zero-width-only.md", "không có", lambda: "\u200b\u200d\ufeff\u2060\n" * 300),
        refused("zeros.txt", NO_TEXT, lambda: bytes(1 << 20)),
        refused("zeros.pdf", NO_TEXT, lambda: bytes(1 << 20)),
    ]


def _encodings() -> list[Case]:
    wide = TEXT.encode("utf-16-le")
    lone = wide.replace("ả".encode("utf-16-le"), b"\x00\xd8")
    return [
        refused("nul-bytes.txt", NO_TEXT, lambda: TEXT.replace(" ", "\0")),
        refused("utf16-lone-surrogates.txt", "bảng mã", lambda: b"\xff\xfe" + lone),
        refused("utf16-half-a-letter.txt", "bảng mã", lambda: b"\xff\xfe" + wide[:-1]),
        read("utf16-right.txt", lambda: b"\xff\xfe" + wide),
        read("utf32-right.txt", lambda: ("1" + TEXT).encode("utf-32")),
        refused("utf16-mark-before-utf8.txt", ".", lambda: b"\xff\xfe" + TEXT.encode()),
        refused("utf8-mark-before-utf16.txt", ".", lambda: b"\xef\xbb\xbf" + wide),
        refused("utf16-without-mark.txt", ".", lambda: wide),
        refused("utf7.txt", ".", lambda: TEXT.encode("utf-7") * 20),
        refused("ebcdic.txt", ".", lambda: ("Ke hoach cai cach hanh chinh " * 50).encode("cp500")),
        read("read-as-latin1-twice.txt", lambda: (TEXT * 20).encode().decode("latin-1")),
        refused("latin1-letters.txt", ".", lambda: "Ðàø ñoã þÿ ¿¡ ßæ\n".encode("latin-1") * 50),
        refused("random-bytes.txt", ".", lambda: noise(50_000)),
        refused("replacement-characters.txt", ".", lambda: "\ufffd\ufffd\ufffd \ufffd\ufffd\n" * 500),
    ]


def _long() -> list[Case]:
    marks, digits, quote = "\u0301\u0323" * 200_000, "1" * 1_000_000, "“Điều 5. Sửa đổi như sau: "
    return [
        read("line-of-100000-characters.txt", lambda: " ".join([SENTENCE] * 1_250)),
        either("word-of-a-million-letters.txt", lambda: b"a" * 1_000_000, "aaa"),
        either("number-of-a-million-digits.txt", lambda: f"Đạt {digits}% kế hoạch năm"),
        either("roman-number-without-end.txt", lambda: f"{'X' * 200_000}. Mục tiêu\n{SENTENCE}"),
        either("marks-without-end.txt", lambda: f"{SENTENCE}\na{marks}"),
        read("blank-lines.txt", lambda: TITLE + "\n" * 300_000 + SENTENCE),
        read("deep-numbers.txt", _deep),
        read("quotes-never-closed.txt", lambda: f"{TITLE}\n{SENTENCE}\n{quote * 3_000}"),
        either("brackets-never-closed.md", lambda: b"[" * 50_000 + b"\n" + b"> " * 20_000 + b"x"),
        either("emphasis-never-closed.md", lambda: b"# Ke hoach\n" + b"*a **b _c " * 20_000),
        either("a-thousand-headings.md", lambda: "".join(f"# Mục {n}\n{SENTENCE}\n" for n in range(1_000))),
        refused("text-of-30-megabytes.txt", "quá lớn", lambda: f"{SENTENCE}\n" * 300_000),
    ]


def _deep() -> str:
    numbers = (".".join(["1"] * depth) for depth in range(1, 300))
    return "\n".join([TITLE, *(f"{number}. Nội dung" for number in numbers), SENTENCE])


def _data() -> list[Case]:
    deep = b"[" * 100_000 + b"]" * 100_000
    return [
        refused("nested-lists.json", ".", lambda: deep),
        refused("nested-objects.json", ".", lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
        refused("procedure-nested.json", ".", lambda: b'{"thu_tuc_id": ' + deep + b"}"),
        refused("procedure-cut-off.json", ".", lambda: b'{"thu_tuc_id": 1, "ten": "Cap gi'),
        refused("procedure-of-nulls.json", ".", lambda: b'{"thu_tuc_id": null, "ten": null, "ma": null}'),
        refused("data.xml", "dữ liệu XML", lambda: b'<?xml version="1.0"?><rows><row>1</row></rows>'),
    ]


def _secret() -> list[Case]:
    def marked(mark: str, title: str = TITLE) -> str:
        return "\n".join(["ỦY BAN NHÂN DÂN", "TỈNH QUẢNG NINH", mark, "Số: 12/KH-UBND", title, *REST])

    return [
        refused("secret-mat.txt", "(?i)mật", lambda: marked("MẬT")),
        refused("secret-toi-mat.md", "(?i)mật", lambda: marked("TỐI MẬT")),
        refused("secret-tuyet-mat.txt", "(?i)mật", lambda: marked("TUYỆT MẬT")),
        refused("secret-spaced.txt", "(?i)mật", lambda: marked("M Ậ T")),
        refused("secret-named.txt", "(?i)mật", lambda: marked("Độ mật: Tối mật")),
        refused("secret-internal.txt", "(?i)nội bộ", lambda: marked("LƯU HÀNH NỘI BỘ")),
        refused("secret-decomposed.txt", "(?i)mật", lambda: marked("MA\u0323\u0302T")),
        read("not-secret.txt", lambda: marked("", "KẾ HOẠCH bảo vệ bí mật nhà nước")),
    ]


def _others() -> list[Case]:
    """What is no document at all."""
    return [
        refused("program.exe", ".", lambda: b"MZ\x90\x00" + noise(20_000)),
        refused("program.docx", ".", lambda: b"\x7fELF\x02\x01\x01" + noise(20_000)),
        refused("picture.png", "ảnh", lambda: b"\x89PNG\r\n\x1a\n" + noise(5_000)),
        refused("photo-named.pdf", "ảnh", lambda: b"\xff\xd8\xff\xe0" + noise(5_000)),
        refused("video.mp4", ".", lambda: b"\x00\x00\x00\x20ftypisom" + noise(20_000)),
        refused("sound.mp3", ".", lambda: b"ID3\x04" + noise(20_000)),
        refused("database.db", ".", lambda: b"SQLite format 3\x00" + noise(20_000)),
        refused("packed.rar", "giải nén", lambda: b"Rar!\x1a\x07\x01\x00" + noise(5_000)),
        refused("packed.7z", "giải nén", lambda: b"7z\xbc\xaf\x27\x1c" + noise(5_000)),
        refused("packed.gz", "giải nén", lambda: b"\x1f\x8b\x08\x00" + noise(5_000)),
        refused("random.pdf", ".", lambda: noise(30_000)),
        refused("random.docx", ".", lambda: noise(30_001)),
        refused("random.xlsx", ".", lambda: b"PK\x03\x04" + noise(30_002)),
    ]
