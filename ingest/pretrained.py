"""Models that a setting names, through sentence-transformers: found on this machine, told apart, and opened.

Nothing is ever downloaded, and no code that comes with a model is run.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.errors import ModelProblem

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder, SentenceTransformer

# Positions that PhoBERT has, which its files don't always say.
PHOBERT_LENGTH = 256
_WEIGHTS_AND_WORDS = {".safetensors", ".bin", ".json", ".txt", ".model", ".codes"}
_OTHER_RUNTIMES = {"onnx", "openvino"}


@dataclass(frozen=True, slots=True)
class Manner:
    """How a model wants its texts: words joined by `_` or not, what stands before them, tokens at most.

    Its own files may allow fewer tokens.
    """

    segmented: bool = False
    query_prefix: str = ""
    passage_prefix: str = ""
    max_length: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A model by folder or by name, the setting that names it, and what the user says of its manner."""

    model: str
    setting: str
    segmented: bool | None = None
    query_prefix: str | None = None
    passage_prefix: str | None = None
    max_length: int | None = None

    def problem(self, reason: str) -> ModelProblem:
        return ModelProblem(f"Không dùng được mô hình {self.model} ({self.setting}): {reason}")


def locate(wanted: Wanted) -> Path:
    """The model's folder: as named, or in the cache of downloaded models. Raises ModelProblem."""
    folder = Path(wanted.model).expanduser()
    if folder.is_dir():
        return folder.resolve()
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(wanted.model, local_files_only=True))
    except (OSError, ValueError) as error:
        advice = "Hãy đặt đường dẫn tới thư mục chứa mô hình"
        if re.fullmatch(r"[\w-][\w.-]*/[\w.-]+", wanted.model):
            advice += f", hoặc tải về bằng lệnh `hf download {wanted.model}` khi máy có mạng, rồi chạy lại"
        raise wanted.problem(f"không có trên máy này. {advice}.") from error


def manner(wanted: Wanted, folder: Path) -> Manner:
    """What the user says, else what is known of the model of this name, else what its files tell."""
    by_name = {name.rpartition("/")[2].lower(): known for name, known in _known_models().items()}
    known = by_name.get(Path(wanted.model).name.lower())
    found = Manner(**known) if known is not None else _recognised(folder)
    said = {name: getattr(wanted, name) for name in asdict(found)}
    return replace(found, **{name: value for name, value in said.items() if value is not None})


def _known_models() -> dict[str, dict[str, Any]]:
    file = resources.files("ingest") / "data" / "models.json"
    known: dict[str, dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return known


def _recognised(folder: Path) -> Manner:
    """PhoBERT reads segmented text; prefixes stand in the settings that sentence-transformers saves."""
    prompts = _json(folder / "config_sentence_transformers.json").get("prompts") or {}
    classes = [str(_json(file).get("tokenizer_class")) for file in folder.rglob("*config.json")]
    phobert = any(name.startswith("Phobert") for name in classes)
    return Manner(
        segmented=phobert,
        query_prefix=prompts.get("query") or "",
        passage_prefix=prompts.get("document") or prompts.get("passage") or "",
        max_length=PHOBERT_LENGTH if phobert else None,
    )


def identity(wanted: Wanted, folder: Path, used: Manner) -> str:
    """Name and digest of the exact files and of how they are used."""
    digest = hashlib.sha256(json.dumps(asdict(used), sort_keys=True).encode())
    for file in _decisive(folder):
        digest.update(file.relative_to(folder).as_posix().encode())
        with file.open("rb") as content:
            digest.update(hashlib.file_digest(content, "sha256").digest())
    return f"{Path(wanted.model).name}@{digest.hexdigest()[:12]}"


def _decisive(folder: Path) -> Iterator[Path]:
    """The files that vectors follow from; the same weights in another form are left out."""
    for file in sorted(folder.rglob("*")):
        inside = file.relative_to(folder).parts[:-1]
        if file.suffix not in _WEIGHTS_AND_WORDS or not file.is_file():
            continue
        if any(part in _OTHER_RUNTIMES or part.startswith(".") for part in inside):
            continue
        if file.suffix == ".bin" and any(file.parent.glob("*.safetensors")):
            continue
        yield file


def open_embedding(wanted: Wanted, folder: Path, used: Manner) -> SentenceTransformer:
    """Raises ModelProblem."""
    if _scores_pairs(folder):
        raise wanted.problem("đây là mô hình xếp hạng lại; hãy đặt nó vào HOIDAP_CROSS_ENCODER.")
    _refuse_code(wanted, folder)
    try:
        from sentence_transformers import SentenceTransformer

        _hide_progress()
        model = SentenceTransformer(str(folder), local_files_only=True, trust_remote_code=False)
    except Exception as error:
        raise _unusable(wanted, folder, error) from error
    _limit(model, used)
    return model


def open_cross_encoder(wanted: Wanted, folder: Path, used: Manner) -> CrossEncoder:
    """Raises ModelProblem."""
    if not _scores_pairs(folder):
        raise wanted.problem("đây không phải mô hình xếp hạng lại (cross-encoder).")
    _refuse_code(wanted, folder)
    try:
        from sentence_transformers import CrossEncoder

        _hide_progress()
        model: CrossEncoder = CrossEncoder(str(folder), local_files_only=True, trust_remote_code=False)
    except Exception as error:
        raise _unusable(wanted, folder, error) from error
    if model.num_labels != 1:
        raise wanted.problem(f"mô hình cho {model.num_labels} nhãn, cần mô hình cho một điểm.")
    _limit(model, used)
    return model


def _limit(model: SentenceTransformer | CrossEncoder, used: Manner) -> None:
    """No more tokens than the user or the table says, nor than the model's own files do."""
    own = model.max_seq_length
    if used.max_length is not None:
        model.max_seq_length = used.max_length if own is None else min(own, used.max_length)


def _scores_pairs(folder: Path) -> bool:
    """Whether a folder holds a cross-encoder; the library would open one as the other, with weights by chance."""
    kind = _json(folder / "config_sentence_transformers.json").get("model_type")
    if kind is not None or (folder / "modules.json").exists():
        return bool(kind == "CrossEncoder")
    architectures = _json(folder / "config.json").get("architectures") or []
    return any(name.endswith("ForSequenceClassification") for name in architectures)


def _refuse_code(wanted: Wanted, folder: Path) -> None:
    modules = _json(folder / "modules.json")
    if any(not str(module.get("type")).startswith("sentence_transformers.") for module in modules):
        raise _carries_code(wanted)


def _unusable(wanted: Wanted, folder: Path, error: Exception) -> ModelProblem:
    if "trust_remote_code" in str(error):
        return _carries_code(wanted)
    reason = str(error).strip().partition("\n")[0]
    return wanted.problem(
        f"không mở được ({type(error).__name__}: {reason}). Kiểm tra thư mục {folder} có đủ các tệp của mô hình."
    )


def _carries_code(wanted: Wanted) -> ModelProblem:
    return wanted.problem(
        "mô hình cần chạy mã chương trình đi kèm (trust_remote_code), điều không được phép ở đây. "
        "Hãy chọn một mô hình không kèm mã."
    )


def _hide_progress() -> None:
    """Loading takes seconds and is told by whoever waits for it, not by bars of its own."""
    from transformers.utils import logging

    logging.disable_progress_bar()


def _json(file: Path) -> Any:  # noqa: ANN401 (whatever JSON holds)
    """What a file holds; nothing where there is none, or one that can't be read: opening the model tells why."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
