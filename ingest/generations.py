"""Which index generation serves, and how another one takes its place.

    CURRENT        two lines: the generation that serves, and the one before it
    index/NAME/    a generation, see `ingest.index`
    writer.lock    held by the one process that may write; the operating system frees it however that process ends
    writer.json    who that is

CURRENT is replaced whole, so a reader meets the old generation or the new one, and a writer that dies leaves nothing
but a folder that the next one removes.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from ingest import manifest as manifests
from ingest.catalog import Catalog
from ingest.errors import DamagedIndex, ForeignIndex, IndexProblem, NoIndex, StorageProblem, WriterBusy
from ingest.index import Generation, open_generation

_NAMES = re.compile(r"(g\d{6,})\n(?:(g\d{6,})\n)?")
# Reading and comparing an index of millions of passages; a process that hangs must not hold the lock for ever.
VERIFY_SECONDS = 1800


def folder(root: Path, name: str) -> Path:
    return root / "index" / name


def current(root: Path) -> str | None:
    """The generation that serves, or None before the first one. DamagedIndex where CURRENT is unreadable."""
    return _names(root)[0]


def previous(root: Path) -> str | None:
    """The generation that served before."""
    return _names(root)[1]


def _names(root: Path) -> tuple[str | None, str | None]:
    try:
        written = (root / "CURRENT").read_text(encoding="ascii")
    except FileNotFoundError:
        return None, None
    except (OSError, ValueError) as error:
        raise manifests.damaged(root, "CURRENT", "không đọc được") from error
    names = _NAMES.fullmatch(written)
    if names is None:
        raise manifests.damaged(root, "CURRENT", "đã bị thay đổi")
    return names[1], names[2]


def kept(root: Path) -> list[str]:
    """The generations to keep: the one that serves, then the one before; none where CURRENT is unreadable."""
    try:
        return [name for name in _names(root) if name]
    except DamagedIndex:
        return []


def switch(root: Path, name: str, before: str | None) -> None:
    """Make `name` the generation that serves; all that it consists of reaches the disk first."""
    with storage(root):
        _sync_tree(folder(root, name))
        beside = root / "CURRENT.new"
        with beside.open("w", encoding="ascii") as file:
            file.write("".join(f"{line}\n" for line in (name, before) if line))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(root / "CURRENT")
        _sync(root)


def remove_all_but(root: Path, names: Collection[str]) -> None:
    """Remove the folders of other generations: outlived ones, and what killed builds left."""
    (root / "CURRENT.new").unlink(missing_ok=True)
    for path in sorted((root / "index").glob("*")):
        if path.name not in names:
            # One that can't be removed (open elsewhere on Windows) goes the next time.
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def writer_lock(root: Path) -> Iterator[None]:
    """Be the one writer of a data folder. WriterBusy at once where another process is."""
    with storage(root):
        root.mkdir(parents=True, exist_ok=True)
        lock = FileLock(root / "writer.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise WriterBusy(_holder(root)) from None
    try:
        with storage(root):
            (root / "writer.json").write_text(json.dumps(_me()), encoding="utf-8")
        yield
    finally:
        (root / "writer.json").unlink(missing_ok=True)
        lock.release()


def _me() -> dict[str, str | int]:
    command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])
    return {"pid": os.getpid(), "command": command, "since": datetime.now().astimezone().strftime("%H:%M:%S %d/%m/%Y")}


def _holder(root: Path) -> str:
    try:
        who = json.loads((root / "writer.json").read_text(encoding="utf-8"))
        holder = f"tiến trình {who['pid']} ({who['command']}), bắt đầu lúc {who['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        # The other one has the lock and has not yet written who it is.
        holder = "một tiến trình khác"
    return f"Đang có {holder} ghi vào {root}. Hãy đợi tiến trình đó xong rồi chạy lại."


@contextmanager
def storage(root: Path) -> Iterator[None]:
    """Failures of the file system leave as a StorageProblem."""
    try:
        yield
    except OSError as error:
        raise StorageProblem(
            f"Không ghi được vào {root}: {error.strerror or error}. Kiểm tra dung lượng đĩa và quyền ghi rồi chạy lại."
        ) from error


def _sync_tree(directory: Path) -> None:
    for path in sorted(directory.rglob("*")):
        _sync(path)
    _sync(directory)
    _sync(directory.parent)


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # Windows opens no folders
    descriptor = os.open(path, os.O_RDWR if path.is_file() and os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def verify_in_new_process(directory: Path) -> None:
    """Check a generation where a crash harms nobody. Raises DamagedIndex with the reason."""
    package = str(Path(__file__).resolve().parent.parent)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")]))}
    command = [sys.executable, "-m", "ingest.index", "verify", str(directory)]
    try:
        done = subprocess.run(  # noqa: S603 (our own interpreter on our own folder)
            command, capture_output=True, encoding="utf-8", env=environment, timeout=VERIFY_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DamagedIndex(f"Không kiểm tra được chỉ mục {directory}: {error}.") from error
    if done.returncode == 1 and done.stdout.strip():
        raise DamagedIndex(done.stdout.strip())
    if done.returncode:
        detail = done.stderr.strip().splitlines()[-1:] or [f"mã {done.returncode}"]
        raise DamagedIndex(
            f"Tiến trình kiểm tra chỉ mục {directory} bị dừng ({detail[0]}). Chạy lệnh `hoidap rebuild` để dựng lại."
        )


def nothing_ingested() -> NoIndex:
    return NoIndex("Chưa có chỉ mục nào. Chạy lệnh `hoidap ingest ĐƯỜNG_DẪN` để nạp văn bản.")


def none_serves(root: Path, catalog: Catalog) -> IndexProblem:
    """Why CURRENT names nothing: it got lost, or nothing was ever ingested."""
    return nothing_ingested() if catalog.latest() is None else manifests.damaged(root, "CURRENT", "không có")


def open_current(root: Path, catalog: Catalog, model_id: str, text_version: str) -> Generation:
    """The generation that serves, checked and open. Raises NoIndex, DamagedIndex or ForeignIndex."""
    name = current(root)
    if name is None:
        raise none_serves(root, catalog)
    for problem in _mismatches(root, name, catalog, model_id, text_version):
        raise problem
    return open_generation(folder(root, name))


def _mismatches(root: Path, name: str, catalog: Catalog, model_id: str, text_version: str) -> Iterator[IndexProblem]:
    """How a generation disagrees with the catalog and with this program."""
    recipe = manifests.read(folder(root, name)).recipe
    if recipe.model_id != model_id:
        yield ForeignIndex(
            f"Chỉ mục {name} được dựng với mô hình {recipe.model_id}, còn chương trình đang dùng {model_id}. "
            "Chạy lệnh `hoidap rebuild` để tính lại véc-tơ bằng mô hình này, hoặc đặt lại các thiết lập "
            "HOIDAP_EMBEDDING_* như khi dựng."
        )
    if recipe.text_version != text_version:
        yield manifests.foreign(name, "bộ tách từ phiên bản", recipe.text_version, text_version)
    if recipe.name != name or catalog.content_hash(name) != recipe.content_hash:
        yield DamagedIndex(
            f"Chỉ mục {name} không khớp với kho dữ liệu {catalog.place}. Kiểm tra HOIDAP_DATA_DIR và "
            "HOIDAP_DATABASE_URL, rồi chạy lệnh `hoidap rebuild` để dựng lại."
        )


def is_sound(root: Path, name: str, catalog: Catalog, model_id: str, text_version: str) -> bool:
    """Whether a generation's files and origin are as they must be, without opening it."""
    return not any(True for _ in _problems(root, name, catalog, model_id, text_version))


def _problems(root: Path, name: str, catalog: Catalog, model_id: str, text_version: str) -> Iterator[IndexProblem]:
    try:
        yield from _mismatches(root, name, catalog, model_id, text_version)
        manifest = manifests.read(folder(root, name))
        yield from manifests.problems(folder(root, name), manifest)
    except IndexProblem as problem:
        yield problem


def problems(root: Path, catalog: Catalog, model_id: str, text_version: str) -> list[str]:
    """Everything wrong with the generation that serves, each with what to do; empty where it is sound."""
    try:
        name = current(root)
    except DamagedIndex as problem:
        return [str(problem)]
    if name is None:
        return [str(none_serves(root, catalog))]
    found = [str(problem) for problem in _problems(root, name, catalog, model_id, text_version)]
    if found:
        return found
    try:
        verify_in_new_process(folder(root, name))
    except IndexProblem as problem:
        return [str(problem)]
    return []
