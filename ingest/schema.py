"""The catalog's tables, and the connection to the database that holds them (SQLite, or PostgreSQL by URL)."""

from __future__ import annotations

import functools
import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor

from ingest.errors import StorageProblem

# Raise it when a table changes: the catalog of another layout is refused, not read wrongly.
LAYOUT = 4

# How long one waits for another who writes.
LOCK_SECONDS = 10

# How to be the only one who creates tables. The number is an arbitrary one of our own.
_CREATING = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "SELECT pg_advisory_xact_lock(6830021)"}

metadata = sa.MetaData()

# SQLite counts by itself only in a column that is exactly INTEGER.
_Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _key() -> sa.Column[int]:
    return sa.Column("key", _Key, primary_key=True, autoincrement=True)


def _of(column: str, target: str) -> sa.Column[int]:
    return sa.Column(column, _Key, sa.ForeignKey(target, ondelete="CASCADE"), primary_key=True)


layout = sa.Table("layout", metadata, sa.Column("version", sa.Integer, primary_key=True, autoincrement=False))

# What one state of one file became. `document_id` is the id that its number gives; the id under which a generation
# shows it is in `members`. `digest` covers what the indexes are made from.
versions = sa.Table(
    "versions",
    metadata,
    _key(),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("parser", sa.Text, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("document_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("number", sa.Text),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("issuer", sa.Text),
    sa.Column("issued_on", sa.Date),
    sa.Column("illustrative", sa.Boolean, nullable=False),
    sa.Column("effective_from", sa.Date),
    sa.Column("effective_to", sa.Date),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("relations", sa.JSON, nullable=False),
    sa.Column("page_starts", sa.JSON, nullable=False),
    sa.Column("health", sa.JSON, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.UniqueConstraint("source", "sha256", "parser"),
    sqlite_autoincrement=True,
)

units = sa.Table(
    "units",
    metadata,
    _of("version", "versions.key"),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("parent", sa.Text),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("head", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("heading", sa.JSON, nullable=False),
    sa.Column("cells", sa.JSON, nullable=False),
)

# Keys are the ids in both indexes, so one is never given to another passage. `text` repeats a slice of the version's
# text: a question reads a hundred passages, and cutting them out of whole laws takes longer than all the rest.
# `digest` covers the texts that a passage is found by.
passages = sa.Table(
    "passages",
    metadata,
    _key(),
    sa.Column("version", _Key, sa.ForeignKey("versions.key", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("heading", sa.JSON, nullable=False),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False, index=True),
    sa.UniqueConstraint("version", "path"),
    sqlite_autoincrement=True,
)

# Targets, results and tasks; `fields` is the fact as JSON.
facts = sa.Table(
    "facts",
    metadata,
    _of("version", "versions.key"),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("fields", sa.JSON, nullable=False),
)

# What is slow to make of a passage's texts, by their digest: the vectors of a model, the words of a segmenter.
derived = sa.Table(
    "derived",
    metadata,
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("maker", sa.Text, primary_key=True),
    sa.Column("value", sa.LargeBinary, nullable=False),
)

# `served` says that CURRENT has pointed to it: what a killed run leaves behind never has.
generations = sa.Table(
    "generations",
    metadata,
    _key(),
    sa.Column("content_hash", sa.String(64), nullable=False),
    sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    sa.Column("served", sa.Boolean, nullable=False),
    sqlite_autoincrement=True,
)

members = sa.Table(
    "members",
    metadata,
    _of("generation", "generations.key"),
    sa.Column("document_id", sa.Text, primary_key=True),
    sa.Column("version", _Key, sa.ForeignKey("versions.key"), nullable=False, index=True),
    # Also the way from a passage to its document.
    sa.UniqueConstraint("generation", "version"),
)

runs = sa.Table(
    "runs",
    metadata,
    _key(),
    sa.Column("finished", sa.DateTime(timezone=True), nullable=False),
    sa.Column("generation", sa.Text),
    sa.Column("content_hash", sa.String(64)),
    sa.Column("documents", sa.Integer, nullable=False),
    sa.Column("passages", sa.Integer, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sqlite_autoincrement=True,
)

outcomes = sa.Table(
    "outcomes",
    metadata,
    _of("run", "runs.key"),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("document_id", sa.Text),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Index("outcomes_by_source", "source", "run"),
)


def connect(url: str) -> sa.Engine:
    """An engine whose every connection is ready for use; nothing is opened yet. StorageProblem for a bad URL."""
    try:
        engine = sa.create_engine(url, json_serializer=_json, pool_pre_ping=True)
    except (sa.exc.ArgumentError, ImportError) as error:
        raise StorageProblem(f"Không hiểu địa chỉ cơ sở dữ liệu: {error}. Kiểm tra HOIDAP_DATABASE_URL.") from error
    if engine.dialect.name not in _CREATING:
        raise StorageProblem(f"Không hỗ trợ {engine.dialect.name}. Đặt HOIDAP_DATABASE_URL tới SQLite hoặc PostgreSQL.")
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
    return engine


def prepare(engine: sa.Engine) -> None:
    """Create the tables where there are none. StorageProblem where the database has those of another layout."""
    with transaction(engine) as connection:
        found = _layout(connection)
    if found is None:
        with transaction(engine) as connection:
            found = _create(connection)
    if found != LAYOUT:
        raise StorageProblem(
            f"Cơ sở dữ liệu {place(engine)} theo cấu trúc phiên bản {found}, còn chương trình dùng phiên bản {LAYOUT}. "
            "Dùng đúng phiên bản chương trình đã tạo ra nó, "
            "hoặc đặt HOIDAP_DATA_DIR sang thư mục mới rồi nạp lại văn bản."
        )


def _layout(connection: sa.Connection) -> int | None:
    known = sa.inspect(connection).has_table(layout.name)
    return connection.execute(sa.select(layout.c.version)).scalar() if known else None


def _create(connection: sa.Connection) -> int:
    """Several processes may meet a new database at once: the first creates, the others wait and find it done."""
    connection.exec_driver_sql(_CREATING[connection.dialect.name])
    found = _layout(connection)
    if found is None:
        metadata.create_all(connection)
        connection.execute(sa.insert(layout).values(version=LAYOUT))
    return LAYOUT if found is None else found


def place(engine: sa.Engine) -> str:
    """Where the database is, for messages; a password is left out."""
    return engine.url.database or "" if engine.dialect.name == "sqlite" else str(engine.url)


_encode = json.JSONEncoder(ensure_ascii=False).encode


@functools.lru_cache(maxsize=4096)
def _encoded(value: tuple[Any, ...]) -> str:
    """Most are the headings of the row before, or the cells of what is no table: none."""
    return _encode(value)


def _json(value: Any) -> str:  # noqa: ANN401 (SQLAlchemy's own signature)
    return _encoded(value) if isinstance(value, tuple) else _encode(value)


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={1000 * LOCK_SECONDS}")
    _switch_to_wal(cursor)
    # Digests come in no order: pages of their index stay in memory, in KiB here, and are written once, not each time.
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "cache_size=-65536", "wal_autocheckpoint=8192"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _switch_to_wal(cursor: DBAPICursor) -> None:
    """Two that switch a new database at once would wait for one another, so SQLite fails one without waiting."""
    until = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


@contextmanager
def transaction(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction: all of it or nothing. Any failure of the database leaves as a StorageProblem."""
    try:
        with engine.begin() as connection:
            yield connection
    except sa.exc.SQLAlchemyError as error:
        raise StorageProblem(_message(engine, error)) from error


def insert_all(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert rows; the keys they got, in their order."""
    if not rows:
        return []
    statement = sa.insert(table).returning(table.c.key, sort_by_parameter_order=True)
    return list(connection.scalars(statement, rows))


def insert_new(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, less those whose primary key is there already."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(dialect.insert(table).on_conflict_do_nothing(), rows)


def _message(engine: sa.Engine, error: sa.exc.SQLAlchemyError) -> str:
    cause = getattr(error, "orig", None) or error
    advice = "Kiểm tra dung lượng đĩa, quyền ghi và kết nối rồi chạy lại."
    return f"Không dùng được cơ sở dữ liệu {place(engine)}: {cause}. {advice}"
