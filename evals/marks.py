"""How an answer compares with what its case expects, and, where it is wrong, why: in words, and by stage."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.bootstrap import Assistant
from assistant.errors import BadQuestion
from assistant.evidence import gather, weighted
from assistant.retrieve import retrieve
from assistant.understand import understand
from evals.asking import Delivered, InProcess, Json, Respondent
from evals.case import Case
from evals.unsupported import unsupported
from ingest.values import document_key

TELLING = 4  # characters of a value
AT_ONCE = 2  # values that may lead together; of more there is a list
_BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)

Stage = Literal["truy hồi", "chọn câu", "ngưỡng không tìm thấy", "kiểm chứng", "lỗi", "chưa rõ"]


@dataclass(frozen=True, slots=True)
class Seen:
    """How far the words that answer came: among the passages found, and first of the evidence."""

    found: bool
    first: bool


@dataclass(frozen=True, slots=True)
class Result:
    """`unsupported` are the answer's numbers that nothing cited shows; `hidden`: its texts are not to be looked at."""

    case: Case
    delivered: Delivered
    unsupported: tuple[str, ...] = ()
    seen: Seen | None = None
    hidden: bool = False

    @property
    def recognised(self) -> bool:
        return self.delivered.status == self.case.status

    @property
    def values(self) -> bool:
        """Every expected value stands in the text; letters' case and spacing aside."""
        return all(_holds(self.delivered.text, expected) for expected in self.case.expect)

    @property
    def forbidden(self) -> tuple[str, ...]:
        """Values that must not be told, and are."""
        return tuple(value for value in self.case.forbid if _holds(self.delivered.text, value))

    @property
    def cited(self) -> bool:
        """One citation is of an expected document, at the unit, and quotes the expected piece, or holds all expected
        values: documents say the same in several places.
        """
        return any(is_expected(self.case, each) or _tells(self.case, each) for each in self.delivered.citations)

    @property
    def led(self) -> bool | None:
        """Whether what is set in bold has an expected value; nothing where there is no bold, or a list is expected."""
        bold = " ".join(_BOLD.findall(self.delivered.text))
        if not bold or not 0 < len(self.case.expect) <= AT_ONCE:
            return None
        return any(_holds(bold, expected) for expected in self.case.expect)

    @property
    def right(self) -> bool:
        if not self.recognised or self.forbidden or self.unsupported:
            return False
        return self.case.status != "answered" or (self.values and self.cited)

    @property
    def why(self) -> tuple[str, Stage] | None:
        """What is wrong in words, and the stage that it points at; nothing for a right answer."""
        return None if self.right else next(_reasons(self))


def is_expected(case: Case, citation: Json) -> bool:
    """Whether a citation is the one that a case expects; where it says no quotation, one with an expected value is."""
    if case.unit and plain(case.unit) not in plain(citation["address"]):
        return False
    if not is_of(case, citation["document_id"], citation["document_number"]):
        return False
    quote = citation["quote"]
    if case.quote:
        return plain(case.quote) in plain(quote)
    return not case.expect or any(_holds(quote, expected) for expected in case.expect)


def _tells(case: Case, citation: Json) -> bool:
    """Whether a citation of an expected document holds all values, not only short ones, which stand in many places."""
    named = case.expect and case.document and not case.unit
    if not named or not is_of(case, citation["document_id"], citation["document_number"]):
        return False
    telling = max(min(map(len, expected.split("|"))) for expected in case.expect) >= TELLING
    return telling and all(_holds(citation["quote"], expected) for expected in case.expect)


def is_of(case: Case, id_: str, number: str | None) -> bool:
    """Whether a document, by id or by number, is one that a case expects; any is where it names none."""
    keys = {document_key(number)} if number else set()
    return not case.document or any(named == id_ or document_key(named) in keys for named in case.document)


def _holds(text: str, expected: str) -> bool:
    return any(plain(value) in plain(text) for value in expected.split("|"))


def plain(text: str) -> str:
    """As texts and values are compared: letters' case, spacing and our own emphasis aside."""
    return " ".join(text.replace("**", "").lower().split())


def run(
    respondent: Respondent, cases: Sequence[Case], *, project: bool = False, done: Callable[[], None] = lambda: None
) -> list[Result]:
    """Ask every case by itself, in order, and mark what comes; `project`: half of the texts are kept back."""
    documents: dict[str, Json | None] = {}

    def document(id_: str) -> Json | None:
        if id_ not in documents:
            documents[id_] = respondent.document(id_)
        return documents[id_]

    results: list[Result] = []
    for case in cases:
        got = respondent.ask(case.question, case.history)
        loose = unsupported(got.text, got.citations, document) if got.status == "answered" else ()
        result = Result(case, got, tuple(loose), hidden=project and case.held)
        if not result.right and isinstance(respondent, InProcess):
            result = replace(result, seen=look(respondent.assistant, case))
        results.append(result)
        done()
    return results


def look(assistant: Assistant, case: Case) -> Seen | None:
    """How far the words that answer come, step by step as an answer is made; nothing where none are known."""
    if case.status != "answered" or not (case.quote or case.expect):
        return None
    with assistant.shelf.reading() as library:
        try:
            query = weighted(understand(case.question, library.taught(assistant.restorer), case.history), library)
        except BadQuestion:
            return None
        passages = retrieve(query, library, assistant.judges)
        evidence = [each.evidence for each in gather(query, passages, library, assistant.judges.scorer)]

        def answers(id_: str, start: int, end: int) -> bool:
            parsed = library.document(id_)
            return (
                parsed is not None
                and is_of(case, id_, parsed.document.number)
                and _answers(case, parsed.document.text[start:end])
            )

        found = any(answers(each.document_id, each.start, each.end) for each in passages)
        first = evidence[:1]
        return Seen(found, any(answers(each.document_id, each.start, each.end) for each in first))


def _answers(case: Case, text: str) -> bool:
    """Whether words hold what a case expects to be quoted."""
    if case.quote:
        return plain(case.quote) in plain(text)
    return any(_holds(text, expected) for expected in case.expect)


def _reasons(result: Result) -> Iterator[tuple[str, Stage]]:
    """The first is the one that tells most."""
    case, got = result.case, result.delivered
    if got.error or not got.status:
        yield f"không có câu trả lời: {got.error or 'máy chủ không nói gì'}", "lỗi"
    if result.unsupported:
        yield f"số không có trong trích dẫn: {', '.join(result.unsupported)}", "kiểm chứng"
    if case.status != "answered":
        if got.status == "answered":
            yield "trả lời dù văn bản không có", "ngưỡng không tìm thấy"
        elif result.forbidden:
            yield f"có giá trị không được có: {', '.join(result.forbidden)}", "chọn câu"
        yield f"kết quả là “{got.status}”, không phải “{case.status}”", "chưa rõ"
    lost = result.seen is not None and not result.seen.found
    if lost and not (got.status == "answered" and result.cited):
        yield "đoạn đúng không nằm trong các đoạn tìm được", "truy hồi"
    if got.status != "answered":
        yield from _refused(result)
    yield from _answered_wrongly(result)


def _refused(result: Result) -> Iterator[tuple[str, Stage]]:
    if result.delivered.status in {"clarify", "declined"}:
        yield (
            {"clarify": "hỏi lại dù có câu trả lời", "declined": "từ chối trả lời"}[result.delivered.status],
            "ngưỡng không tìm thấy",
        )
    if result.seen is not None and not result.seen.first:
        yield "tìm được đoạn đúng nhưng chọn câu khác, rồi từ chối", "chọn câu"
    yield "từ chối dù có câu trả lời", "chưa rõ" if result.seen is None else "ngưỡng không tìm thấy"


def _answered_wrongly(result: Result) -> Iterator[tuple[str, Stage]]:
    case = result.case
    if result.forbidden:
        yield f"có giá trị không được có: {', '.join(result.forbidden)}", "chọn câu"
    if result.cited:
        yield "đúng đoạn, sai giá trị", "chọn câu"
    ours = [c for c in result.delivered.citations if is_of(case, c["document_id"], c["document_number"])]
    stage: Stage = "chưa rõ" if result.seen is None else "chọn câu"
    yield ("đúng văn bản, sai đoạn được dẫn" if ours else "sai văn bản được dẫn"), stage


def stages(results: Iterable[Result]) -> dict[Stage, int]:
    """How many wrong answers point at each stage, the most frequent first."""
    counted: dict[Stage, int] = {}
    for result in results:
        if result.why:
            counted[result.why[1]] = counted.get(result.why[1], 0) + 1
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))
