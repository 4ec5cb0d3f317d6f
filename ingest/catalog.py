"""The catalog: every version of every document, which of them a generation shows, and what every run did.

It is the only source of truth: both indexes can be made again from it without reading a file or embedding a text.
A document's verbatim text is stored once per state of its file and never changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from ingest import rows, schema
from ingest.errors import StorageProblem
from ingest.passages import Fields
from ingest.schema import connect, insert_all, insert_new, place, prepare, transaction
from ingest.types import Document, Fact, FileOutcome, ParsedDocument, Passage, RunReport

# Values bound in one statement: SQLite takes 32,766, and past some hundreds nothing is gained.
BATCH = 500
# Documents read at a time while building: whole texts, so not many.
ENTRIES = 50

_VERSION = tuple(schema.versions.c[name] for name in ("key", "document_id", "source", "sha256", "parser", "digest"))


@dataclass(frozen=True, slots=True)
class Version:
    """One state of one file as the catalog keeps it. `document_id` is the id that its own number gives."""

    key: int
    document_id: str
    source: str
    sha256: str
    parser: str
    digest: str


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage, its verbatim text, and its document without the document's text (`document.text` is empty)."""

    key: int
    document: Document
    passage: Passage
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A document of a generation, text included, with the passages to index in the order of the text."""

    document: Document
    passages: tuple[tuple[int, Passage], ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A passage, the digest of its texts, and what a segmenter and a model made of them, as far as that is known."""

    key: int
    version: int
    digest: bytes
    words: bytes | None
    vectors: bytes | None


class Catalog:
    """One open catalog. Generations are named `g000001`, `g000002` …; every failure is a StorageProblem."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    @classmethod
    def open(cls, url: str) -> Catalog:
        """Open the catalog at an SQLAlchemy URL, creating what is missing."""
        engine = connect(url)
        if engine.dialect.name == "sqlite" and engine.url.database:
            _make_folder(Path(engine.url.database).parent)
        try:
            prepare(engine)
        except StorageProblem:
            engine.dispose()
            raise
        return cls(engine)

    def close(self) -> None:
        self.engine.dispose()

    @property
    def place(self) -> str:
        """Where it is, for messages."""
        return place(self.engine)

    # Versions

    def known(self, states: Sequence[tuple[str, str]], parser: str) -> dict[tuple[str, str], Version]:
        """The versions that these states of files, each a source and a sha256, became under this parser."""
        v, wanted = schema.versions.c, set(states)
        found: dict[tuple[str, str], Version] = {}
        with transaction(self.engine) as connection:
            for at in range(0, len(states), BATCH):
                sources = [source for source, _ in states[at : at + BATCH]]
                query = sa.select(*_VERSION).where(v.source.in_(sources), v.parser == parser)
                versions = [Version(*row) for row in connection.execute(query)]
                found.update(((each.source, each.sha256), each) for each in versions)
        return {state: version for state, version in found.items() if state in wanted}

    def store(self, parsed: Sequence[ParsedDocument], parser: str) -> list[Version]:
        """Keep documents whole, all in one transaction; look for `known` ones first: each is stored only once."""
        new = [rows.from_parsed(each, parser) for each in parsed]
        with transaction(self.engine) as connection:
            keys = insert_all(connection, schema.versions, new)
            made = (
                (schema.units, rows.from_units),
                (schema.passages, rows.from_passages),
                (schema.facts, rows.from_facts),
            )
            for table, make in made:
                parts = [row for key, each in zip(keys, parsed, strict=True) for row in make(key, each)]
                if parts:
                    connection.execute(sa.insert(table), parts)
        return [
            Version(key, row["document_id"], row["source"], row["sha256"], parser, row["digest"])
            for key, row in zip(keys, new, strict=True)
        ]

    # Generations

    def propose(
        self,
        members: Mapping[str, Version],
        content_hash: str,
        after: str = "",
        like: tuple[str, Mapping[str, Version]] | None = None,
    ) -> str:
        """Write down a generation that is about to be built: versions by the id each is shown under. Its name.

        The name follows `after` too: an index folder may hold generations of a catalog that was lost. What it has in
        common with the generation that it is `like`, given with its members, is copied.
        """
        base, before = like or ("", {})
        row = {"content_hash": content_hash, "created": datetime.now(UTC), "served": False}
        with transaction(self.engine) as connection:
            last = connection.execute(sa.select(sa.func.max(schema.generations.c.key))).scalar() or 0
            key = 1 + max(last, _number(after))
            connection.execute(sa.insert(schema.generations).values(key=key, **row))
            new = {id_: version.key for id_, version in members.items() if before.get(id_) != version}
            gone = [id_ for id_ in before if id_ not in members or id_ in new]
            if like:
                connection.execute(rows.copied_members(_number(base), key))
            for at in range(0, len(gone), BATCH):
                m = schema.members.c
                some = sa.delete(schema.members).where(m.generation == key, m.document_id.in_(gone[at : at + BATCH]))
                connection.execute(some)
            if new:
                shown = [{"generation": key, "document_id": id_, "version": v} for id_, v in new.items()]
                connection.execute(sa.insert(schema.members), shown)
        return f"g{key:06d}"

    def mark_served(self, generation: str) -> None:
        g = schema.generations
        with transaction(self.engine) as connection:
            connection.execute(sa.update(g).where(g.c.key == _number(generation)).values(served=True))

    def latest(self) -> str | None:
        """The last generation that served, for when the index folder is lost."""
        query = sa.select(sa.func.max(schema.generations.c.key)).where(schema.generations.c.served)
        with transaction(self.engine) as connection:
            key = connection.execute(query).scalar()
        return None if key is None else f"g{key:06d}"

    def content_hash(self, generation: str) -> str | None:
        g = schema.generations.c
        with transaction(self.engine) as connection:
            found = connection.execute(sa.select(g.content_hash).where(g.key == _number(generation))).scalar()
        return None if found is None else str(found)

    def members(self, generation: str) -> dict[str, Version]:
        """The versions that a generation shows, by the id it shows each under, sorted by id."""
        m = schema.members
        query = sa.select(m.c.document_id, *_VERSION).join_from(m, schema.versions)
        query = query.where(m.c.generation == _number(generation))
        with transaction(self.engine) as connection:
            found = {row[0]: Version(*row[1:]) for row in connection.execute(query)}
        return dict(sorted(found.items()))

    def collect(self, kept: Sequence[str]) -> None:
        """Forget all generations but these, the versions that none of these shows, and what was made of their texts."""
        g, v, p, d = (table.c for table in (schema.generations, schema.versions, schema.passages, schema.derived))
        shown = sa.select(schema.members.c.version)
        with transaction(self.engine) as connection:
            connection.execute(sa.delete(schema.generations).where(g.key.not_in([_number(name) for name in kept])))
            gone = list(connection.scalars(sa.select(v.key).where(v.key.not_in(shown))))
            for at in range(0, len(gone), BATCH):
                some = gone[at : at + BATCH]
                digests = list(connection.scalars(sa.select(p.digest).where(p.version.in_(some)).distinct()))
                connection.execute(sa.delete(schema.versions).where(v.key.in_(some)))
                for start in range(0, len(digests), BATCH):
                    unused = sa.not_(sa.exists().where(p.digest == d.digest))
                    stale = sa.delete(schema.derived).where(d.digest.in_(digests[start : start + BATCH]), unused)
                    connection.execute(stale)

    # What a generation shows

    def documents(self, generation: str) -> list[Document]:
        """Its documents in the order of their ids, each without its text."""
        with transaction(self.engine) as connection:
            found = connection.execute(rows.documents_of(_number(generation))).mappings().all()
        return sorted((rows.to_document(row) for row in found), key=lambda document: document.id)

    def document(self, generation: str, id_: str) -> ParsedDocument | None:
        """One of its documents, whole, or None."""
        v, m, u, f = schema.versions.c, schema.members.c, schema.units, schema.facts
        query = rows.documents_of(_number(generation), v.text).where(m.document_id == id_)
        with transaction(self.engine) as connection:
            row = connection.execute(query).mappings().first()
            if row is None:
                return None
            units = sa.select(u).where(u.c.version == row["version"]).order_by(u.c.position)
            facts = sa.select(f).where(f.c.version == row["version"]).order_by(f.c.position)
            return ParsedDocument(
                rows.to_document(row, row["text"]),
                tuple(rows.to_unit(unit) for unit in connection.execute(units).mappings()),
                tuple(passage for _, _, passage in _passages(connection, [row["version"]])),
                tuple(rows.to_fact(fact) for fact in connection.execute(facts).mappings()),
            )

    def facts(self, generation: str) -> list[tuple[str, Fact]]:
        """Every fact with its document's id, by document and in the order of each text."""
        m, f = schema.members.c, schema.facts.c
        query = (
            sa.select(m.document_id, f.kind, f.fields)
            .join_from(schema.members, schema.facts, m.version == f.version)
            .where(m.generation == _number(generation))
            .order_by(m.document_id, f.position)
        )
        with transaction(self.engine) as connection:
            return [(row["document_id"], rows.to_fact(row)) for row in connection.execute(query).mappings()]

    def passages(self, generation: str, keys: Sequence[int]) -> list[StoredPassage]:
        """The passages with these keys that the generation shows, in the order of the keys."""
        query = rows.passages_by_key(_number(generation), keys)
        with transaction(self.engine) as connection:
            found = {row["key"]: row for row in connection.execute(query).mappings() if row["document_id"] is not None}
        ordered = (found[key] for key in keys if key in found)
        return [StoredPassage(r["key"], rows.to_document(r), rows.to_passage(r), r["text"]) for r in ordered]

    def spans(self, keys: Sequence[int]) -> dict[int, Passage]:
        """Where passages stand, by key; those that are no longer kept are left out."""
        query = sa.select(*rows.PASSAGE_COLUMNS).where(schema.passages.c.key.in_(keys))
        with transaction(self.engine) as connection:
            return {row["key"]: rows.to_passage(row) for row in connection.execute(query).mappings()}

    def entries(self, generation: str) -> Iterator[Entry]:
        """Everything there is to index, in the order of the document ids; no transaction stays open between."""
        versions = [version.key for version in self.members(generation).values()]
        v = schema.versions.c
        for at in range(0, len(versions), ENTRIES):
            some = versions[at : at + ENTRIES]
            query = rows.documents_of(_number(generation), v.text).where(v.key.in_(some))
            with transaction(self.engine) as connection:
                found = {row["version"]: row for row in connection.execute(query).mappings()}
                passages = _passages(connection, some)
            for key in some:
                own = tuple((number, passage) for version, number, passage in passages if version == key)
                yield Entry(rows.to_document(found[key], found[key]["text"]), own)

    def counts(self, generation: str) -> tuple[int, int]:
        """Its number of documents and of passages."""
        m, p = schema.members.c, schema.passages.c
        own = m.generation == _number(generation)
        documents = sa.select(sa.func.count()).select_from(schema.members).where(own)
        passages = sa.select(sa.func.count(p.key)).join(schema.members, m.version == p.version).where(own)
        with transaction(self.engine) as connection:
            return int(connection.execute(documents).scalar_one()), int(connection.execute(passages).scalar_one())

    # What is slow to make

    def count_passages(self, versions: Sequence[int]) -> int:
        p = schema.passages.c
        total = 0
        with transaction(self.engine) as connection:
            for at in range(0, len(versions), BATCH):
                query = sa.select(sa.func.count(p.key)).where(p.version.in_(versions[at : at + BATCH]))
                total += int(connection.execute(query).scalar_one())
        return total

    def made(self, versions: Sequence[int], segmenter: str, model: str, *, lacking: bool = False) -> list[Made]:
        """The passages of some versions with what these two made of them; only the `lacking` ones where one is."""
        with transaction(self.engine) as connection:
            found = connection.execute(rows.made(versions, segmenter, model, lacking=lacking))
            return [Made(*row) for row in found]

    def texts(self, keys: Sequence[int]) -> dict[int, Fields]:
        """What these passages are found by."""
        with transaction(self.engine) as connection:
            return {row.key: rows.to_fields(row) for row in connection.execute(rows.texts_of(keys))}

    def whole_texts(self, versions: Sequence[int]) -> Iterator[str]:
        """The verbatim texts of versions, in some order; no transaction stays open between."""
        v = schema.versions.c
        for at in range(0, len(versions), ENTRIES):
            with transaction(self.engine) as connection:
                query = sa.select(v.text).where(v.key.in_(versions[at : at + ENTRIES])).order_by(v.key)
                found = list(connection.scalars(query))
            yield from found

    def add_derived(self, values: Mapping[str, Mapping[bytes, bytes]]) -> None:
        """Keep what each maker made, by the digest of its texts, in one transaction."""
        found = [
            {"maker": maker, "digest": digest, "value": value}
            for maker, made in values.items()
            for digest, value in made.items()
        ]
        if found:
            with transaction(self.engine) as connection:
                insert_new(connection, schema.derived, found)

    def forget_makers(self, kept: Sequence[str]) -> None:
        """Forget what others than these made."""
        with transaction(self.engine) as connection:
            connection.execute(sa.delete(schema.derived).where(schema.derived.c.maker.not_in(kept)))

    # Runs

    def record(self, report: RunReport) -> None:
        """Keep what a run did to every file, less those that it left as they were: most of them, in most runs.

        One that could not be read before is told of all the same: it is no longer in quarantine.
        """
        waiting = {outcome.source for outcome in self.quarantined()}
        told = [each for each in report.outcomes if each.status != "unchanged" or each.source in waiting]
        row = {
            "finished": datetime.now(UTC),
            "generation": report.generation,
            "content_hash": report.content_hash,
            "documents": report.documents,
            "passages": report.passages,
            "seconds": report.seconds,
        }
        with transaction(self.engine) as connection:
            (run,) = insert_all(connection, schema.runs, [row])
            outcomes = [{"run": run, **asdict(outcome)} for outcome in told]
            if outcomes:
                connection.execute(sa.insert(schema.outcomes), outcomes)

    def quarantined(self) -> list[FileOutcome]:
        """The files that could not be read the last time they were met, by source."""
        o = schema.outcomes
        last = sa.select(o.c.source, sa.func.max(o.c.run).label("run")).group_by(o.c.source).subquery()
        query = (
            sa.select(o.c.source, o.c.status, o.c.document_id, o.c.reason)
            .join(last, sa.and_(last.c.source == o.c.source, last.c.run == o.c.run))
            .where(o.c.status == "quarantined")
            .order_by(o.c.source)
        )
        with transaction(self.engine) as connection:
            return [FileOutcome(*row) for row in connection.execute(query)]


def _passages(connection: sa.Connection, versions: Sequence[int]) -> list[tuple[int, int, Passage]]:
    """(version, key, passage) of these versions, in the order of each text."""
    p = schema.passages.c
    query = sa.select(p.version, *rows.PASSAGE_COLUMNS).where(p.version.in_(versions)).order_by(p.key)
    found = connection.execute(query).mappings()
    return [(row["version"], row["key"], rows.to_passage(row)) for row in found]


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageProblem(
            f"Không tạo được thư mục dữ liệu {folder}: {error.strerror}. Kiểm tra quyền ghi."
        ) from error


def _number(generation: str) -> int:
    """The key in a generation's name; 0, which no generation has, where it is no such name."""
    digits = generation.removeprefix("g")
    return int(digits) if digits.isascii() and digits.isdigit() else 0
