"""Rows of the catalog's tables from the data model, and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from ingest.passages import Fields, fields, name_of
from ingest.schema import derived, members, passages, versions
from ingest.types import Document, Fact, Figure, Health, ParsedDocument, Passage, Relation, Task, Unit

PASSAGE_COLUMNS = tuple(column for column in passages.c if column.name not in {"version", "text", "digest"})
_PLAIN = (
    "kind", "number", "title", "issuer", "issued_on", "source", "sha256", "illustrative",
    "effective_from", "effective_to", "period",
)  # fmt: skip
_PARSED = ("relations", "page_starts", "health")  # kept as JSON


def documents_of(generation: int, *more: sa.Column[Any]) -> sa.Select[Any]:
    """Every document of a generation: its id there, its version's key, its metadata, and more columns."""
    columns = [versions.c[name] for name in (*_PLAIN, *_PARSED)]
    return (
        sa.select(members.c.document_id, members.c.version, *columns, *more)
        .join_from(members, versions, members.c.version == versions.c.key)
        .where(members.c.generation == generation)
    )


def passages_by_key(generation: int, keys: Sequence[int]) -> sa.Select[Any]:
    """Passages with their text and their documents' plain metadata; `document_id` is null where a generation lacks one.

    The id comes from a subquery, not from a join, so that the database starts from the few keys: SQLite without
    statistics starts from the generation instead, 90 ms in place of 3 for 100 of 16,000 passages.
    """
    shown = sa.select(members.c.document_id).where(
        members.c.generation == generation, members.c.version == passages.c.version
    )
    columns = [versions.c[name] for name in _PLAIN]
    return (
        sa.select(shown.scalar_subquery().label("document_id"), *columns, *PASSAGE_COLUMNS, passages.c.text)
        .join_from(passages, versions, passages.c.version == versions.c.key)
        .where(passages.c.key.in_(keys))
    )


def copied_members(before: int, generation: int) -> sa.Insert:
    """What one generation shows, for another one to show."""
    shown = sa.select(sa.literal(generation), members.c.document_id, members.c.version)
    columns = [members.c.generation, members.c.document_id, members.c.version]
    return sa.insert(members).from_select(columns, shown.where(members.c.generation == before))


def made(of: Sequence[int], segmenter: str, model: str, *, lacking: bool) -> sa.Select[Any]:
    """The passages of some versions with what is kept of them; only those that lack something where that is asked."""
    by_words, by_model = derived.alias(), derived.alias()
    joined: sa.FromClause = passages
    for kept, maker in ((by_words, segmenter), (by_model, model)):
        joined = joined.outerjoin(kept, sa.and_(kept.c.digest == passages.c.digest, kept.c.maker == maker))
    columns = (passages.c.key, passages.c.version, passages.c.digest, by_words.c.value, by_model.c.value)
    query = sa.select(*columns).select_from(joined).where(passages.c.version.in_(of)).order_by(passages.c.key)
    return query.where(sa.or_(by_words.c.value.is_(None), by_model.c.value.is_(None))) if lacking else query


def texts_of(keys: Sequence[int]) -> sa.Select[Any]:
    """What passages are found by."""
    named = (versions.c.kind, versions.c.number, versions.c.title)
    columns = (passages.c.key, passages.c.heading, passages.c.text)
    query = sa.select(*named, *columns).join_from(passages, versions, passages.c.version == versions.c.key)
    return query.where(passages.c.key.in_(keys))


def to_fields(row: sa.Row[Any]) -> Fields:
    return Fields(name_of(row.kind, row.number, row.title), "\n".join(row.heading), row.text)


def to_document(row: sa.RowMapping, text: str = "") -> Document:
    """A row of `documents_of`, or of `passages_by_key`, which leaves out what a question doesn't need."""
    parsed = {name: row[name] for name in _PARSED if name in row}
    return Document(
        id=row["document_id"],
        text=text,
        relations=tuple(map(_to_relation, parsed.get("relations", ()))),
        page_starts=tuple(parsed.get("page_starts", ())),
        health=Health(**{name: _frozen(value) for name, value in parsed.get("health", {}).items()}),
        **{name: row[name] for name in _PLAIN},
    )


def _to_relation(stored: dict[str, Any]) -> Relation:
    days = {name: date.fromisoformat(stored[name]) if stored[name] else None for name in ("on", "dated")}
    return Relation(**{**stored, **days})


def _frozen(value: Any) -> Any:  # noqa: ANN401 (whatever JSON holds)
    return tuple(value) if isinstance(value, list) else value


def from_parsed(parsed: ParsedDocument, parser: str) -> dict[str, Any]:
    document = parsed.document
    row = {name: getattr(document, name) for name in _PLAIN}
    row["relations"] = [_from_relation(relation) for relation in document.relations]
    row |= {"page_starts": document.page_starts, "health": asdict(document.health)}
    return {**row, "document_id": document.id, "text": document.text, "parser": parser, "digest": digest(parsed)}


def _from_relation(relation: Relation) -> dict[str, Any]:
    days = {"on": relation.on, "dated": relation.dated}
    return {**asdict(relation), **{name: day.isoformat() if day else None for name, day in days.items()}}


def digest(parsed: ParsedDocument) -> str:
    """sha256 over all that reaches an index: the text, kind, number and title, every passage's place and headings."""
    document = parsed.document
    spans = [[p.path, p.start, p.end, p.heading] for p in parsed.passages]
    text = hashlib.sha256(document.text.encode()).hexdigest()
    return hashlib.sha256(
        json.dumps([text, document.kind, document.title, document.number, spans]).encode()
    ).hexdigest()


def from_units(version: int, parsed: ParsedDocument) -> list[dict[str, Any]]:
    return [
        {
            "version": version,
            "position": position,
            "path": unit.path,
            "parent": unit.parent,
            "kind": unit.kind,
            "label": unit.label,
            "address": unit.address,
            "start": unit.start,
            "head": unit.head,
            "end": unit.end,
            "heading": unit.heading,
            "cells": unit.cells,
        }
        for position, unit in enumerate(parsed.units)
    ]


def to_unit(row: sa.RowMapping) -> Unit:
    return Unit(
        path=row["path"],
        parent=row["parent"],
        kind=row["kind"],
        label=row["label"],
        address=row["address"],
        start=row["start"],
        head=row["head"],
        end=row["end"],
        heading=tuple(row["heading"]),
        cells=tuple((header, cell) for header, cell in row["cells"]),
    )


def from_passages(version: int, parsed: ParsedDocument) -> list[dict[str, Any]]:
    return [
        {
            "version": version,
            "path": passage.path,
            "address": passage.address,
            "heading": passage.heading,
            "start": passage.start,
            "end": passage.end,
            "text": texts.own,
            "digest": texts.digest,
        }
        for passage in parsed.passages
        for texts in [fields(parsed.document, passage)]
    ]


def from_facts(version: int, parsed: ParsedDocument) -> list[dict[str, Any]]:
    return [
        {"version": version, "position": position, "kind": kind_of(fact), "fields": _plain(asdict(fact))}
        for position, fact in enumerate(parsed.facts)
    ]


def kind_of(fact: Fact) -> str:
    return fact.kind if isinstance(fact, Figure) else "task"


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    """Decimals and days as text, empty fields left out."""
    kept = {name: value for name, value in fields.items() if value not in (None, "", ())}
    return {name: str(value) if isinstance(value, Decimal | date) else value for name, value in kept.items()}


def to_fact(row: sa.RowMapping) -> Fact:
    stored = {name: _frozen(value) for name, value in row["fields"].items()}
    if row["kind"] == "task":
        due = stored.pop("due", None)
        return Task(**{**_NO_TASK, **stored}, due=date.fromisoformat(due) if due else None)
    numbers = {name: Decimal(stored[name]) if name in stored else None for name in ("value", "whole")}
    return Figure(**{**_NO_FIGURE, **stored, **numbers})


# What an empty field that has no default was.
_NO_FIGURE = {"unit": "", "written": "", "indicator": ""}
_NO_TASK = {"action": ""}


def to_passage(row: sa.RowMapping) -> Passage:
    return Passage(row["path"], row["address"], tuple(row["heading"]), row["start"], row["end"])
