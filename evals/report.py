"""A run as one HTML file for people: it needs no network, and prints. Every text in it is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from evals import charts, names
from evals.bench import Measured
from evals.charts import Bar, Share
from evals.gate import Broken
from evals.marks import Result, stages
from evals.metrics import Figures, by_tag
from evals.record import Run
from evals.rows import AUDIENCES, STATUSES

STYLE = Path(__file__).parent / "report.css"
DEFAULT_URL = "http://localhost:8000"
_PLOTTED = ("robustness", "peers")  # have a plot each, and no cards
SHOWN = 4  # citations of a wrong answer, at most
LONGEST = 1200  # characters of an answer or a quotation
_FEW = 10  # figures that fit beside one another
FEWEST = 5  # cases that a tag must have for a line of its own
_BY_TAG = ("cases", "right", "values_right", "citation_right", "refusal_recall", "unsupported", "p50_ms", "p95_ms")


def report(run: Run, broken: Sequence[Broken] = (), *, gated: bool = False) -> str:
    """The whole page. `gated`: the run had floors to keep to, of which `broken` were not."""
    body = "\n".join(
        [
            _head(run),
            _verdict(run, broken) if gated or broken else "",
            _cards(run),
            _plots(run),
            _all_figures(run),
            _tags(run),
            _failures(run),
            _left_out(run),
            _about(run),
        ]
    )
    style = STYLE.read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="vi">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>Đánh giá hoidap {run.began:%d/%m/%Y}</title>\n<style>\n{style}</style>\n</head>\n<body>\n{body}\n"
        "</body>\n</html>\n"
    )


def _head(run: Run) -> str:
    asked = f"máy chủ {run.url}" if run.url else "thư viện trong tiến trình"
    results = [result for _, _, result in run.results()]
    lines = [
        f"Chạy lúc {run.began:%H:%M} (UTC) ngày {run.began:%d/%m/%Y}",
        f"bản mã nguồn {run.commit}",
        f"hỏi {asked}",
    ]
    if results:
        right = sum(result.right for result in results)
        lines.append(f"{right} đúng trong {len(results)} lượt hỏi")
    return f'<header><h1>Báo cáo đánh giá hoidap</h1><p class="soft">{escape(" · ".join(lines))}</p></header>'


def _verdict(run: Run, broken: Sequence[Broken]) -> str:
    if not broken:
        return '<section class="verdict"><b>ĐẠT</b>: mọi số đo giữ được mức sàn và mức trần.</section>'
    rows = "".join(f"<li>{escape(_broken(each))}</li>" for each in broken)
    return (
        f'<section class="verdict bad"><b>KHÔNG ĐẠT</b>: {len(broken)} số đo không giữ được mức.<ul>{rows}</ul>'
        f"{_causes(run)}</section>"
    )


def _broken(each: Broken) -> str:
    suite, group, figure = each.figure.split("/")
    place = _place(suite, group)
    name = names.FIGURES.get(figure, figure)
    bound = names.number(figure, each.bound)
    if each.value is None:
        return f"{place}, {name}: không đo được (mức: {bound})"
    side = "mức sàn" if each.floor else "mức trần"
    points = f"; khâu cần xem: {each.stage}" if each.stage else ""
    return f"{place}, {name}: {names.number(figure, each.value)}, {side} {bound}{points}"


def _causes(run: Run) -> str:
    counted = stages(result for _, _, result in run.results())
    said = ", ".join(f"{stage} ({count} câu)" for stage, count in counted.items())
    return f"<p>Các câu sai chỉ vào khâu: {escape(said)}.</p>" if said else ""


def _place(suite: str, group: str) -> str:
    own, part = names.SUITES.get(suite, suite), names.GROUPS.get(group, group)
    return f"{own} – {part}" if part and own.lower() != part.lower() else own


def _cards(run: Run) -> str:
    cards = [
        _card(_place(suite, group), figures, measured, group)
        for suite, measured in run.measured.items()
        for group, figures in measured.metrics.items()
        if suite not in _PLOTTED and names.headline(figures) in names.HEADLINES and group not in {"dev", "held"}
    ]
    loose = [result for _, _, result in run.results() if result.unsupported]
    if any(measured.results for measured in run.measured.values()):
        colour = "var(--bad)" if loose else "var(--good)"
        cards.insert(
            0,
            f'<div class="card"><span class="soft">Câu trả lời có số không nằm trong trích dẫn</span>'
            f'<b style="color:{colour}">{len(loose)}</b><span class="soft">phải bằng 0</span></div>',
        )
    return f'<section><h2>Nhìn nhanh</h2><div class="cards">{"".join(cards)}</div></section>'


def _card(title: str, figures: Figures, measured: Measured, group: str) -> str:
    name = names.headline(figures)
    chance = measured.ranges.get(group, {}).get(name)
    span = " – ".join(names.number(name, bound) for bound in chance) if chance else ""
    count = next(
        (
            f"{names.number(each, figures[each])} {names.FIGURES[each].removeprefix('số ')}"
            for each in names.COUNTS
            if each in figures
        ),
        "",
    )
    below = " · ".join(filter(None, [names.FIGURES.get(name, name), span, count]))
    return (
        f'<div class="card"><span class="soft">{escape(title)}</span><b>{names.number(name, figures[name])}</b>'
        f'<span class="soft">{escape(below)}</span></div>'
    )


def _plots(run: Run) -> str:
    plots = []
    for title, suites, figure in (
        ("Tỷ lệ câu đúng, với khoảng tin cậy 95%", None, "right"),
        ("Câu đúng vẫn đúng khi gõ cách khác", ("robustness",), "stay_right"),
        ("Truy hồi: MRR@10", ("retrieval", "peers"), "mrr@10"),
    ):
        rows = list(_shares(run, suites, figure))
        if rows:
            plots.append(charts.shares(title, rows))
    counted = stages(result for _, _, result in run.results())
    if counted:
        plots.append(charts.bars("Câu sai theo khâu", [Bar(s, n, str(n)) for s, n in counted.items()]))
    times = [
        Bar(_place(suite, group), its["p95_ms"], f"{its['p50_ms']:.0f} / {its['p95_ms']:.0f} ms")
        for suite, measured in run.measured.items()
        for group, its in measured.metrics.items()
        if suite != "peers" and "p95_ms" in its
    ]
    if times:
        plots.append(charts.bars("Thời gian trả lời: trung vị / 95% số câu dưới mức", times))
    return f"<section><h2>Biểu đồ</h2>{''.join(plots)}</section>" if plots else ""


def _shares(run: Run, suites: Sequence[str] | None, figure: str) -> Iterator[Share]:
    for suite, measured in run.measured.items():
        for group, figures in measured.metrics.items():
            if (suites is None or suite in suites) and figure in measured.ranges.get(group, {}):
                low, high = measured.ranges[group][figure]
                label = names.GROUPS.get(group, group) if suites == (suite,) else _place(suite, group)
                yield Share(label, figures[figure], low, high, int(figures.get("cases", 0)))


def _all_figures(run: Run) -> str:
    parts = ["<section><h2>Mọi số đo</h2>"]
    for suite, measured in run.measured.items():
        if not measured.metrics:
            continue
        parts.append(f"<h3>{escape(names.SUITES.get(suite, suite))}</h3>")
        alike = len({frozenset(figures) for figures in measured.metrics.values()}) == 1
        most = max(map(len, measured.metrics.values()))
        if most <= _FEW and (alike or len(measured.metrics) > _FEW):
            parts.append(_groups(measured))
        elif alike or "right" in next(iter(measured.metrics.values())):
            parts.append(_beside(measured, tuple(measured.metrics)))
        else:
            parts += [_beside(measured, (group,)) for group in measured.metrics]
    return "".join([*parts, "</section>"])


def _beside(measured: Measured, groups: Sequence[str]) -> str:
    """A line a figure, the groups beside one another, each figure with its range."""
    columns = list(dict.fromkeys(name for group in groups for name in measured.metrics[group]))
    rows = [
        (names.FIGURES.get(name, name), *(_with_range(measured, group, name) for group in groups)) for name in columns
    ]
    return _table(("số đo", *(names.GROUPS.get(group, group) or "kết quả" for group in groups)), rows)


def _with_range(measured: Measured, group: str, name: str) -> str:
    figures = measured.metrics[group]
    if name not in figures:
        return ""
    chance = measured.ranges.get(group, {}).get(name)
    said = names.number(name, figures[name])
    return f"{said} ({names.number(name, chance[0])} – {names.number(name, chance[1])})" if chance else said


def _groups(measured: Measured) -> str:
    """A line a group, its figures beside one another."""
    columns = list(dict.fromkeys(name for figures in measured.metrics.values() for name in figures))
    rows = []
    for group, figures in measured.metrics.items():
        cells = [names.number(name, figures[name]) if name in figures else "" for name in columns]
        rows.append((names.GROUPS.get(group, group), *cells))
    return _table(("nhóm", *(names.FIGURES.get(name, name) for name in columns)), rows)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in headings)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _tags(run: Run) -> str:
    parts = []
    for suite, measured in run.measured.items():
        results = [result for each in measured.results.values() for result in each]
        every = {tag: figures for tag, figures in by_tag(results).items() if figures["cases"] >= FEWEST}
        if suite == "robustness" or not every:
            continue
        columns = [name for name in _BY_TAG if any(name in figures for figures in every.values())]
        rows = [
            (AUDIENCES.get(tag, tag), *(names.number(n, its[n]) if n in its else "" for n in columns))
            for tag, its in every.items()
        ]
        parts.append(f"<h3>{escape(names.SUITES.get(suite, suite))}</h3>")
        parts.append(_table(("nhãn", *(names.FIGURES[name] for name in columns)), rows))
    note = f'<p class="soft">Chỉ các nhãn có từ {FEWEST} câu.</p>'
    return f"<section><h2>Theo nhãn và đối tượng</h2>{note}{''.join(parts)}</section>" if parts else ""


def _failures(run: Run) -> str:
    parts: list[str] = []
    for suite, measured in run.measured.items():
        for group, results in measured.results.items():
            wrong = [result for result in results if not result.right]
            if not wrong:
                continue
            hidden = sum(result.hidden for result in wrong)
            title = f"{_place(suite, group)}: {len(wrong)} câu sai trong {len(results)}"
            parts.append(f"<h3>{escape(title)}</h3>")
            if hidden:
                parts.append(
                    f'<p class="soft">{hidden} câu thuộc nửa giữ lại, chỉ đếm, không hiện nội dung, '
                    "để người chỉnh chương trình không nhìn vào.</p>"
                )
            shown = [result for result in wrong if not result.hidden]
            if suite == "robustness":
                parts.append(_briefly(shown))
            else:
                parts += [_failure(result, run.url or DEFAULT_URL) for result in shown]
    none = "" if parts else "<p>Không có câu nào sai.</p>"
    any_asked = any(measured.results for measured in run.measured.values())
    return f"<section><h2>Các câu sai</h2>{none}{''.join(parts)}</section>" if any_asked else ""


def _briefly(results: Sequence[Result]) -> str:
    """Right as written, wrong as typed here: which, and why."""
    rows = "".join(
        f'<tr><td>{escape(r.case.id)}</td><td class="text">{escape(r.case.question)}</td>'
        f'<td class="text">{escape(r.why[0] if r.why else "")}</td></tr>'
        for r in results
    )
    head = "".join(f'<th class="text" scope="col">{each}</th>' for each in ("mã", "gõ thành", "vì sao sai"))
    return (
        f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>' if results else ""
    )


def _failure(result: Result, base: str) -> str:
    case, got, why = result.case, result.delivered, result.why
    assert why is not None
    again = f"{base}/?q={quote(case.question, safe='')}"
    rows = [
        *([("Hỏi trước đó", "<br>".join(map(escape, case.history)))] if case.history else []),
        ("Mong đợi", _expected(result)),
        ("Nhận được", f'<b>{escape(_status(got.status))}</b><div class="answer">{escape(_plain(got.text))}</div>'),
        *(
            [("Trích dẫn", "".join(_citation(c, base) for c in got.citations[:SHOWN]) + _more(result))]
            if got.citations
            else []
        ),
    ]
    listed = "".join(f"<dt>{name}</dt><dd>{content}</dd>" for name, content in rows)
    tags = escape(" · ".join((case.id, *case.tags)))
    return (
        f'<article class="failure"><p class="asked">{escape(case.question)}</p>'
        f'<p class="why">{escape(why[0])} <span class="soft">(khâu: {escape(why[1])})</span></p><dl>{listed}</dl>'
        f'<p class="soft">{tags} · <a href="{escape(again)}">hỏi lại trên trang</a></p></article>'
    )


def _expected(result: Result) -> str:
    case = result.case
    said = [f"<b>{escape(_status(case.status))}</b>"]
    for name, values in (("phải có", case.expect), ("không được có", case.forbid)):
        if values:
            said.append(f"{name}: {escape('; '.join(value.replace('|', ' hoặc ') for value in values))}")
    if case.document:
        said.append(f"văn bản: {escape(' hoặc '.join(case.document))}")
    if case.unit:
        said.append(f"vị trí: {escape(case.unit)}")
    if case.quote:
        said.append(f"trích “{escape(_cut(case.quote))}”")
    return "; ".join(said)


def _citation(citation: Mapping[str, object], base: str) -> str:
    url = str(citation["url"])
    place = escape(
        f"[{citation['marker']}] {citation['address']}, {citation['document_number'] or citation['document_title']}"
    )
    link = f'<a href="{escape(base + url)}">{place}</a>' if url.startswith("/") else place
    return f"<div>{link}</div><blockquote>{escape(_cut(str(citation['quote'])))}</blockquote>"


def _more(result: Result) -> str:
    more = len(result.delivered.citations) - SHOWN
    return f'<p class="soft">và {more} trích dẫn nữa</p>' if more > 0 else ""


def _status(status: str) -> str:
    return STATUSES.get(status, status) or "không có câu trả lời"


def _plain(text: str) -> str:
    return _cut(text.replace("**", ""))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _left_out(run: Run) -> str:
    rows = [(names.SUITES.get(suite, suite), "cả bộ", why) for suite, why in run.left_out.items()]
    for suite, measured in run.measured.items():
        rows += [
            (names.SUITES.get(suite, suite), names.GROUPS.get(group, group), why)
            for group, why in measured.left_out.items()
        ]
    if not rows:
        return ""
    items = "".join(f"<li>{escape(suite)}, {escape(group)}: {escape(why)}</li>" for suite, group, why in rows)
    return f"<section><h2>Không đo</h2><ul>{items}</ul></section>"


def _about(run: Run) -> str:
    command = " ".join(run.command)
    hashes = _table(("bộ câu hỏi", "mã băm nội dung"), [(name, each[:16]) for name, each in run.hashes().items()])
    return (
        "<section><h2>Cách đo</h2>"
        f"<p>Lệnh: <code>{escape(command)}</code></p>"
        "<p>Một câu “trả lời” là đúng khi trạng thái đúng, mọi giá trị phải có đều có, không có giá trị cấm, một trích "
        "dẫn đúng văn bản và chứa đoạn cần trích, và mọi con số trong câu trả lời đều nằm trong trích dẫn hoặc tính "
        "được từ các số ở đó. Câu không có trả lời hoặc bị lỗi tính là sai. Khoảng 95% lấy mẫu lại (bootstrap) theo "
        "câu, 1.000 lần. Không dùng mô hình ngôn ngữ để chấm.</p>"
        f"{hashes if run.hashes() else ''}</section>"
    )
