"""What is installed, not only what is checked out: the wheel carries all that the program needs, and runs by itself."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import httpx2
import pytest

ROOT = Path(__file__).parent.parent
# Of each, every file that the repository keeps is in the wheel.
CARRIED = ["corpus", "ingest/models", "ingest/data", "assistant/web", "assistant/data"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, check=True)
    (built,) = folder.glob("hoidap-*.whl")
    return built


def tracked(folder: str) -> set[str]:
    done = subprocess.run(
        ["git", "ls-files", "-z", folder], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    return {name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()}


def test_the_wheel_carries_documents_models_data_and_page(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in CARRIED:
        files = tracked(folder)
        assert files
        assert files <= names, folder
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "runs/")) or "__pycache__" in name]


@pytest.mark.slow
def test_the_installed_wheel_serves_from_any_folder(wheel: Path, tmp_path: Path) -> None:
    """Its own environment, in which the libraries are found where they are already installed."""
    environment = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    python = environment / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel]
    subprocess.run(install, check=True)
    done = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    own = Path(done.stdout.strip())
    # The path alone: that folder's own *.pth files, which may name the checkout, are not read.
    (own / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    check_serves(environment / "bin" / "hoidap", elsewhere, own)


def check_serves(hoidap: Path, folder: Path, packages: Path) -> None:
    """`hoidap serve` in `folder` takes in the sample from the installed package and answers one question."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    unset = {"PYTHONPATH", "HOIDAP_DATABASE_URL", "VIRTUAL_ENV"}
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    environment["HOIDAP_DATA_DIR"] = str(folder / "data")
    where = "import assistant, ingest; print(assistant.__file__, ingest.__file__)"
    done = subprocess.run(
        [hoidap.parent / "python", "-c", where],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert all(path.startswith(str(packages)) for path in done.stdout.split())
    process = subprocess.Popen(
        [hoidap, "serve", "--port", str(port)], cwd=folder, env=environment, stdout=subprocess.PIPE, encoding="utf-8"
    )
    assert process.stdout is not None
    try:
        # The last line before it waits for requests; end of file where it stopped.
        assert any(line.startswith("Sẵn sàng tại") for line in iter(process.stdout.readline, ""))
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=20, trust_env=False) as client:
            assert client.get("/readyz").status_code == 200
            assert client.get("/").status_code == 200
            answer = client.post("/api/chat", json={"message": "Tỷ lệ dịch vụ công trực tuyến năm 2023 là bao nhiêu?"})
            assert "98,5" in answer.json()["text"]
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
