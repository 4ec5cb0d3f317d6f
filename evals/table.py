"""Figures for the terminal: one suite whole, or many suites a line for each group."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from evals import names
from evals.bench import Measured
from evals.compare import Difference
from evals.marks import Result, stages
from evals.record import Run

_HEADINGS = ("bộ đo", "nhóm", "số câu", "số đo", "kết quả", "khoảng 95%", "p95 (ms)")


def of_run(run: Run) -> str:
    """A line for each group, then what wasn't measured, then what the wrong answers point at."""
    rows = [_HEADINGS, *(row for suite, measured in run.measured.items() for row in _rows(suite, measured))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_line(row, widths) for row in rows]
    lines.insert(1, "─" * len(lines[0]))
    left_out = {names.SUITES.get(suite, suite): why for suite, why in run.left_out.items()}
    for suite, measured in run.measured.items():
        left_out |= {f"{names.SUITES.get(suite, suite)}, {group}": why for group, why in measured.left_out.items()}
    if left_out:
        lines += ["", "Không đo:", *(f"  {what}: {why}" for what, why in left_out.items())]
    return "\n".join([*lines, *_stages(result for _, _, result in run.results())])


def _stages(results: Iterable[Result]) -> list[str]:
    """What the wrong answers point at, a line; none where all are right."""
    counted = stages(results)
    said = ", ".join(f"{stage} {count}" for stage, count in counted.items())
    return ["", f"Câu sai theo khâu: {said}"] if counted else []


def _rows(suite: str, measured: Measured) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for at, (group, figures) in enumerate(measured.metrics.items()):
        name = names.headline(figures)
        count = next((f"{figures[each]:.0f}" for each in names.COUNTS if each in figures), "")
        value = names.number(name, figures[name]) if name else ""
        chance = measured.ranges.get(group, {}).get(name)
        span = " – ".join(names.number(name, bound) for bound in chance) if chance else ""
        p95 = f"{figures['p95_ms']:.0f}" if "p95_ms" in figures else ""
        title = "" if at else names.SUITES.get(suite, suite)
        rows.append((title, names.GROUPS.get(group, group), count, names.FIGURES.get(name, name), value, span, p95))
    return rows


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    left = (0, 1, 3)
    cells = (
        cell.ljust(w) if at in left else cell.rjust(w) for at, (cell, w) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join(cells).rstrip()


def of_suite(suite: str, measured: Measured) -> str:
    """Every figure of every group, by the names that the JSON file has."""
    lines: list[str] = []
    for group, figures in measured.metrics.items():
        lines.append(f"{suite}{f' / {group}' if group else ''}")
        for name, value in figures.items():
            chance = measured.ranges.get(group, {}).get(name)
            span = f"{chance[0]:.3f} – {chance[1]:.3f}" if chance else ""
            lines.append(f"  {name:26} {value:10.3f}   {span:15}   {names.FIGURES.get(name, '')}".rstrip())
    lines += [f"{suite} / {group}: không đo, {why}" for group, why in measured.left_out.items()]
    lines += _stages(result for results in measured.results.values() for result in results)
    return "\n".join(lines)


def of_failures(results: Sequence[Result]) -> str:
    """Every wrong answer, less those whose texts are kept back."""
    lines: list[str] = []
    for result in results:
        if result.why and not result.hidden:
            case, got = result.case, result.delivered
            lines += [
                f"\n{case.id} {'/'.join(case.tags)}: {' → '.join((*case.history, case.question))}",
                f"  {result.why[0]} [{result.why[1]}]",
                f"  mong đợi {case.status} {' + '.join(case.expect)} từ {'|'.join(case.document)}",
                f"  nhận được {got.status}: {got.text[:300]!r} từ {[c['document_id'] for c in got.citations]}",
            ]
    hidden = sum(result.hidden and not result.right for result in results)
    return "\n".join([*lines, *([f"\n{hidden} câu sai thuộc nửa giữ lại, không in."] if hidden else [])])


def of_differences(found: Sequence[Difference]) -> str:
    rows: list[tuple[str, ...]] = [
        ("bộ đo", "nhóm", "số câu", "trước", "sau", "chênh", "khoảng 95%", "p", "thành đúng", "thành sai")
    ]
    for each in found:
        share = [f"{100 * value:.1f}%" for value in (each.before, each.after)]
        change, low, high = (f"{100 * value:+.1f}" for value in (each.after - each.before, each.low, each.high))
        star = "*" if each.significant else ""
        counts = (str(len(each.won)), str(len(each.lost)))
        p = f"{each.p:.3f}{star}"
        rows.append((each.suite, each.group, str(each.cases), *share, change, f"{low} – {high}", p, *counts))
    translated = [tuple(cell.replace(".", ",") if at > 2 else cell for at, cell in enumerate(row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*translated, strict=True)]
    lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in translated]
    for each in found:
        for said, ids in (("sai → đúng", each.won), ("đúng → sai", each.lost)):
            if ids:
                lines.append(f"{each.suite}/{each.group} {said}: {', '.join(ids)}")
    return "\n".join([*lines, "* khác biệt có ý nghĩa (kiểm định McNemar chính xác, p < 0,05)"])
