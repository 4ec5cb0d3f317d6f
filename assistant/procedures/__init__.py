"""Answers about procedures from their cards: the field asked for, by way of filing and by case, cited as it stands."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from assistant.about import formal_name
from assistant.compose import inert
from assistant.library import Library
from assistant.match import flat, holds
from assistant.procedures.cards import Card, card_of
from assistant.procedures.question import asked_of, asks_a_field, subject_of
from assistant.procedures.shown import blank, shown
from assistant.procedures.which import by_code, fitting, meant
from assistant.types import Answer, Found, Query


def answer_about_procedure(
    query: Query, found: Sequence[Found], library: Library, documents: Collection[str] | None = None
) -> Answer | None:
    """None where the question is about no procedure, or asks for none of a procedure's fields. `query` is weighted."""
    if not asks_a_field(query):
        return None
    codes = by_code(query, library)
    ids = codes[:1] if codes else [] if codes is not None else _meant(query, found, library, documents)
    cards = [card for id_ in ids if (documents is None or id_ in documents) and (card := card_of(id_, library))]
    if not cards:
        return None
    if len(cards) > 1:
        return _which(query, cards)
    card = cards[0]
    asked = asked_of(query, flat(card.document.title))
    if not asked.fields:
        return None
    answer = shown(card, asked, query)
    if answer is None and asked.fields[0] in {"time", "fee"} and _asks_more(query, card):
        return None
    return answer or blank(card, asked)


def _asks_more(query: Query, card: Card) -> bool:
    """Whether the question has words that the procedure's text has beside its title: a sentence of it may answer."""
    title, text = flat(card.document.title), flat(card.document.text)
    more = [term for term in subject_of(query) if not any(holds(title, form) for form in term.forms)]
    return any(holds(text, form) for term in more for form in term.forms)


def _meant(query: Query, found: Sequence[Found], library: Library, documents: Collection[str] | None) -> list[str]:
    fits = meant(fitting(query, subject_of(query), found, library, documents))
    return [fit.document_id for fit in fits]


def _which(query: Query, cards: Sequence[Card]) -> Answer | None:
    """A question back with the candidates; none where all of them answer alike, or where there are too many."""
    answers = [shown(card, asked_of(query, flat(card.document.title)), query) for card in cards]
    if len({answer.text if answer else "" for answer in answers}) == 1:
        return answers[0]
    names = [f"- {inert(formal_name(card.document))}" for card in cards]
    text = "\n".join(("Bạn hỏi về thủ tục nào sau đây?", *names))
    return Answer("clarify", "procedure", text, suggestions=tuple(formal_name(card.document) for card in cards))
