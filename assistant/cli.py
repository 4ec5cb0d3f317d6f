"""The `hoidap` command: arguments to calls and results to the terminal. Heavy imports wait until they are needed."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ingest.errors import HoidapError

if TYPE_CHECKING:
    from assistant.bootstrap import Assistant
    from assistant.config import Settings
    from ingest.types import RunReport

app = typer.Typer(
    name="hoidap",
    help="Hỏi đáp trên văn bản chính sách: trả lời đúng số liệu kèm nguyên văn, hoặc nói là không tìm thấy.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

AsJson = Annotated[bool, typer.Option("--json", help="In kết quả dạng JSON.")]

_STEPS = {
    "found": "Tìm tệp",
    "read": "Đọc tệp",
    "stored": "Lưu vào kho",
    "embedded": "Tách từ, tính véc-tơ",
    "indexed": "Xếp từ vào chỉ mục",
    "linked": "Nối véc-tơ",
    "built": "Dựng chỉ mục",
    "verified": "Kiểm tra chỉ mục",
    "switched": "Chuyển sang chỉ mục mới",
    "cleaned": "Dọn dẹp",
}
_OUTCOMES = {
    "added": "thêm mới",
    "updated": "cập nhật",
    "unchanged": "không đổi",
    "duplicate": "trùng nội dung",
    "removed": "đã gỡ",
    "quarantined": "không đọc được",
}


def main() -> None:
    """Entry point: errors that we know of are told in a line, without a traceback; exit code 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A pipe may be set to an encoding without Vietnamese, and a file's name may be no text at all.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app()
    except HoidapError as error:
        print(f"Lỗi: {error}", file=sys.stderr)
        sys.exit(1)


def _settings() -> Settings:
    from pydantic import ValidationError

    from assistant.config import Settings

    try:
        return Settings()
    except ValidationError as error:
        names = ", ".join(f"HOIDAP_{str(wrong['loc'][0]).upper()}" for wrong in error.errors())
        raise HoidapError(f"Giá trị không hợp lệ: {names}. Sửa trong biến môi trường hoặc trong tệp .env.") from error


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Địa chỉ lắng nghe; 0.0.0.0 để máy khác truy cập được.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Cổng.", min=1, max=65535)] = 8000,
) -> None:
    """Mở trang hỏi đáp và API. Lần đầu, khi chưa có dữ liệu, nạp bộ văn bản mẫu."""
    from ingest import generations

    settings = _settings()
    if generations.current(settings.data_dir) is None and _is_empty(settings):
        print("Chưa có dữ liệu: nạp bộ văn bản mẫu đi kèm.")
        _print_report(_write(lambda writing: writing.corpus()))
    _run_server(settings, host, port)


def _is_empty(settings: Settings) -> bool:
    """Nothing was ever ingested; a lost index is for `rebuild`, not for the sample."""
    from assistant.bootstrap import open_catalog

    catalog = open_catalog(settings)
    try:
        return catalog.latest() is None
    finally:
        catalog.close()


def _run_server(settings: Settings, host: str, port: int) -> None:
    import uvicorn

    from assistant.api import create_app
    from assistant.bootstrap import open_assistant

    local = ["localhost", "127.0.0.1", "[::1]"]
    hosts = [*local, *settings.allowed_hosts] if host in local else settings.allowed_hosts or ["*"]
    address = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::"} else host  # noqa: S104 (only compared)

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[Any] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                print(f"Sẵn sàng tại http://{address}:{port} — nhấn Ctrl+C để dừng.", flush=True)

    assistant = open_assistant(settings)  # here, where its errors are told in a line
    app = create_app(lambda: assistant, hosts, settings.root_path, settings.widget_origins)
    config = uvicorn.Config(app, host=host, port=port, log_level="warning")
    Server(config).run()


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(metavar="ĐƯỜNG_DẪN…", help="Tệp hoặc thư mục cần nạp.")],
    prune: Annotated[bool, typer.Option("--prune", help="Gỡ văn bản mà tệp nguồn trong đó không còn.")] = False,
    as_json: AsJson = False,
) -> None:
    """Nạp tệp, thư mục, gói zip (docx, doc, pdf, xlsx, xls, odt, rtf, html, md, txt). Tệp không đổi được bỏ qua."""
    report = _write(lambda writing: writing.paths(paths, prune=prune), quiet=as_json)
    if as_json:
        _print_json(_report_json(report))
    else:
        _print_report(report)
    if any(outcome.status == "quarantined" for outcome in report.outcomes):
        raise typer.Exit(2)


@app.command()
def rebuild(as_json: AsJson = False) -> None:
    """Dựng lại chỉ mục từ kho dữ liệu, không cần đọc lại tệp."""
    report = _write(lambda writing: writing.rebuild(), quiet=as_json)
    if as_json:
        _print_json(_report_json(report))
    else:
        _print_report(report)


def _write(run: Callable[[Any], RunReport], *, quiet: bool = False) -> RunReport:
    from assistant.bootstrap import open_writing

    with _progress(quiet=quiet) as progress:
        writing = open_writing(_settings(), progress)
        try:
            return run(writing)
        finally:
            writing.catalog.close()


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[Any, int, int], None]]:
    """A bar on standard error that names the step; nothing where it is not wanted or there is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal, transient=True) as bar:
        task = bar.add_task("Chuẩn bị", total=None)

        def tell(step: Any, done: int, total: int) -> None:  # noqa: ANN401 (a name of a step)
            bar.update(task, description=_STEPS[step], completed=done, total=max(total, done, 1))

        yield tell


def _print_report(report: RunReport) -> None:
    counts: dict[str, int] = {}
    for outcome in report.outcomes:
        counts[outcome.status] = counts.get(outcome.status, 0) + 1
        if outcome.reason and outcome.status != "removed":
            print(f"  {_OUTCOMES[outcome.status]}: {outcome.source}\n    {outcome.reason}")
    summary = ", ".join(f"{count} {_OUTCOMES[status]}" for status, count in counts.items())
    print(f"{len(report.outcomes)} tệp{': ' + summary if summary else ''}.")
    print(f"Đang có {report.documents} văn bản, {report.passages} đoạn ({report.seconds:.1f} giây).")


def _report_json(report: RunReport) -> dict[str, Any]:
    return asdict(report) | {"files": [asdict(outcome) for outcome in report.outcomes]}


@app.command()
def ask(
    question: Annotated[str, typer.Argument(metavar="CÂU_HỎI", help="Câu hỏi, có dấu hay không dấu đều được.")],
    as_json: AsJson = False,
) -> None:
    """Hỏi một câu, trả lời ngay trong cửa sổ lệnh."""
    from assistant.conversations import Turn
    from assistant.conversations import as_json as turn_json

    assistant = _assistant()
    try:
        found, generation = assistant.ask(question)
    finally:
        assistant.close()
    if as_json:
        _print_json(turn_json(Turn("", "", generation, found)))
        return
    _print_answer(found.text)
    for citation in found.citations:
        read = ", chữ do máy nhận dạng từ ảnh" if citation.scanned else ""
        page = f" (trang {citation.page}{read})" if citation.page else ""
        print(f"\n[{citation.marker}] {citation.address}{page}, {citation.document_title}")
        if citation.quote not in found.text:
            print(f"    “{citation.quote}”")


def _assistant() -> Assistant:
    from assistant.bootstrap import open_assistant

    return open_assistant(_settings())


def _print_answer(text: str) -> None:
    from rich.console import Console
    from rich.text import Text

    line = Text()
    for index, part in enumerate(text.split("**")):
        line.append(part, style="bold" if index % 2 else "")
    Console(soft_wrap=True, highlight=False).print(line)


@app.command()
def documents(
    id_: Annotated[str | None, typer.Argument(metavar="[MÃ]", help="Mã văn bản; bỏ trống để liệt kê.")] = None,
    as_json: AsJson = False,
) -> None:
    """Liệt kê các văn bản đang có, hoặc in toàn văn một văn bản."""
    from assistant.about import about, changers, document_json, formal_name, standing
    from assistant.bootstrap import open_catalog
    from ingest import generations

    settings = _settings()
    catalog = open_catalog(settings)
    generation = generations.current(settings.data_dir)
    if generation is None:
        raise generations.none_serves(settings.data_dir, catalog)
    every = catalog.documents(generation)
    others = changers(every)
    if id_ is None:
        if as_json:
            _print_json([document_json(document, standing(document, others)) for document in every])
            return
        for document in every:
            print(f"{document.id:32} {formal_name(document)}")
        return
    parsed = catalog.document(generation, id_)
    if parsed is None:
        raise HoidapError(f"Không có văn bản “{id_}”. Chạy `hoidap documents` để xem danh sách.")
    status = standing(parsed.document, others)
    if as_json:
        units = [asdict(unit) for unit in parsed.units]
        _print_json(document_json(parsed.document, status) | {"text": parsed.document.text, "units": units})
    else:
        print(
            "\n".join([*about(parsed.document, status), ""]), file=sys.stderr
        )  # apart from the text, which may be piped on
        print(parsed.document.text)


@app.command()
def facts(
    kind: Annotated[str, typer.Option(help="target (chỉ tiêu), result (kết quả) hoặc task (nhiệm vụ).")] = "",
    agency: Annotated[str, typer.Option(help="Cơ quan, viết cách nào cũng được: UBND tỉnh, Sở KH&ĐT.")] = "",
    indicator: Annotated[str, typer.Option(help="Từ trong chỉ tiêu hoặc nhiệm vụ.")] = "",
    period: Annotated[str, typer.Option(help="Kỳ: 2025, quý II/2025, giai đoạn 2021-2025.")] = "",
    document: Annotated[str, typer.Option(help="Mã văn bản.")] = "",
    to_csv: Annotated[Path | None, typer.Option("--csv", help="Ghi ra tệp CSV.")] = None,
    to_xlsx: Annotated[Path | None, typer.Option("--xlsx", help="Ghi ra tệp Excel.")] = None,
    as_json: AsJson = False,
) -> None:
    """Sổ theo dõi: chỉ tiêu, kết quả và nhiệm vụ trong các văn bản."""
    from assistant.ledger.board import Filter, as_csv, as_xlsx, select, table
    from assistant.ledger.shown import ledger_of

    if kind not in {"", "target", "result", "task"}:
        raise HoidapError(f"Không có loại “{kind}”. Dùng target, result hoặc task.")
    assistant = _assistant()
    try:
        with assistant.shelf.reading() as library:
            wanted = Filter(kind or None, agency, indicator, period, document)  # type: ignore[arg-type]
            rows = table(select(ledger_of(library), wanted), library)
    finally:
        assistant.close()
    if to_csv:
        _write_file(to_csv, as_csv(rows).encode(), len(rows))
    if to_xlsx:
        _write_file(to_xlsx, as_xlsx(rows), len(rows))
    if as_json:
        _print_json(rows)
    elif not (to_csv or to_xlsx):
        _print_facts(rows)


def _write_file(path: Path, content: bytes, rows: int) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise HoidapError(f"Không ghi được {path}: {error.strerror}. Kiểm tra thư mục và quyền ghi.") from error
    print(f"Đã ghi {rows} dòng vào {path}.", file=sys.stderr)


def _print_facts(rows: list[dict[str, Any]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, expand=True)
    columns = {"Loại": 2, "Chỉ tiêu, nhiệm vụ": 6, "Giá trị": 3, "Kỳ, thời hạn": 3, "Cơ quan": 3, "Vị trí": 4}
    for name, ratio in columns.items():
        table.add_column(name, ratio=ratio, overflow="fold")
    names = {"target": "chỉ tiêu", "result": "kết quả", "task": "nhiệm vụ"}
    for row in rows:
        value = " ".join(filter(None, (row.get("written", ""), row.get("scope", ""))))
        body = row.get("lead") or row.get("monitor") or ""
        where = f"{row['document_id']}, {row['address']}"
        table.add_row(names[row["kind"]], row["about"], value, row.get("when", ""), body, where)
    Console().print(table)
    print(f"{len(rows)} dòng.")


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Kiểm tra kho dữ liệu, chỉ mục và mô hình; nói tệp nào hỏng và lệnh nào sửa."""
    from assistant.bootstrap import open_catalog
    from ingest import generations
    from ingest.text import text_version

    settings = _settings()
    models, found = _models(settings)
    catalog = open_catalog(settings)
    if models["embedding"]:
        found += generations.problems(settings.data_dir, catalog, models["embedding"], text_version())
    quarantined = [asdict(outcome) for outcome in catalog.quarantined()]
    if as_json:
        _print_json(
            {"data_dir": str(settings.data_dir), "models": models, "problems": found, "quarantined": quarantined}
        )
    else:
        print(f"Thư mục dữ liệu: {settings.data_dir}")
        print(f"Mô hình véc-tơ: {models['embedding'] or 'không mở được'}")
        if settings.cross_encoder:
            print(f"Mô hình xếp hạng lại: {models['cross_encoder'] or 'không mở được'}")
        for line in found:
            print(f"✗ {line}")
        for outcome in quarantined:
            print(f"! Tệp không đọc được: {outcome['source']}\n    {outcome['reason']}")
        if not found:
            print("✓ Chỉ mục tốt.")
    if found:
        raise typer.Exit(1)


def _models(settings: Settings) -> tuple[dict[str, str | None], list[str]]:
    """The model of each kind that is used, None where there is none, and why a wanted one can't be."""
    from assistant.bootstrap import load_embedder
    from assistant.crossencoder import load

    models: dict[str, str | None] = {"embedding": None, "cross_encoder": None}
    problems: list[str] = []
    try:
        models["embedding"] = load_embedder(settings).model_id
    except HoidapError as error:
        problems.append(str(error))
    try:
        reranker = load(settings)
        models["cross_encoder"] = reranker.model_id if reranker else None
    except HoidapError as error:
        problems.append(str(error))
    return models, problems


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))
