"""Checks that are not about behaviour, by the same command: style, types, who imports whom, what is installed."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAZY = ("torch", "chromadb", "pyvi", "sentence_transformers", "transformers")
MODELS_LIMIT = 60_000_000  # bytes; a wheel stays quick to install, and the repository to clone

IMPORT_EVERYTHING = f"""
import importlib, pkgutil, sys
for name in ("ingest", "assistant"):
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, name + "."):
        importlib.import_module(module.name)
print(*sorted(set({LAZY}) & set(sys.modules)))
"""


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["-m", "ruff", "check", "."], id="ruff-check"),
        pytest.param(["-m", "ruff", "format", "--check", "--quiet", "."], id="ruff-format"),
        pytest.param(["-m", "mypy"], id="mypy"),
        # import-linter has no `-m`.
        pytest.param(["-c", "from importlinter.cli import lint_imports_command as main; main()"], id="imports"),
    ],
)
def test_the_tree_is_clean(arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_importing_loads_no_model_library() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORT_EVERYTHING],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.strip() == ""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("ingest/types.py", set()), ("ingest/errors.py", set()), ("assistant/types.py", {"ingest.types"})],
)
def test_types_need_only_the_standard_library(path: str, allowed: set[str]) -> None:
    assert imported(ROOT / path) - sys.stdlib_module_names <= allowed


def imported(path: Path) -> set[str]:
    """The modules a file imports."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    froms = {node.module or "." for node in nodes if isinstance(node, ast.ImportFrom)}
    return froms | {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}


def test_no_cuda_package_is_installed() -> None:
    names = {distribution.name.lower() for distribution in metadata.distributions()}
    assert "torch" in names
    assert not {name for name in names if name.startswith("nvidia-")}


def test_bundled_models_stay_small() -> None:
    sizes = [path.stat().st_size for path in (ROOT / "ingest" / "models").rglob("*") if path.is_file()]
    assert 0 < sum(sizes) < MODELS_LIMIT
