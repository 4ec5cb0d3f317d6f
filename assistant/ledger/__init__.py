"""Answers from the ledger: whole lists of tasks with their count, figures, and figures compared, arithmetic shown."""

from __future__ import annotations

from collections.abc import Collection

from assistant.ledger.comparisons import compare_figures
from assistant.ledger.lists import one_task, task_list
from assistant.ledger.question import figures_asked, targets_asked, task_asked, tasks_asked, within
from assistant.ledger.shown import ledger_of
from assistant.ledger.targets import target_list
from assistant.library import Library
from assistant.types import Answer, Query


def answer_from_ledger(query: Query, library: Library, documents: Collection[str] | None = None) -> Answer | None:
    """The ledger's answer; None where the question asks for something else, or the ledger has nothing to say."""
    numbers = [constraint.key for constraint in query.constraints if constraint.kind == "document"]
    if numbers and not library.numbered(numbers):
        return None  # of a document that isn't here nothing is known
    ledger = ledger_of(library)
    tasks = tasks_asked(query, library, ledger)
    if tasks is not None:
        return task_list(tasks, within(tasks.documents, documents), library, ledger)
    task = task_asked(query, library)
    found = one_task(task, within(task.documents, documents), library, ledger) if task else None
    if found is not None:
        return found
    targets = targets_asked(query, library)
    listed = target_list(targets, within(targets.documents, documents), library, ledger) if targets else None
    if listed is not None:
        return listed
    figures = figures_asked(query, library)
    if figures is not None and figures.terms:
        return compare_figures(figures, query, documents, library, ledger)
    return None
