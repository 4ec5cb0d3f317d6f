"""Models as people download them, made in a moment: two layers of sixteen numbers, weights by chance, no meaning.

Every letter is a token, so a text has as many as it has characters other than spaces.
"""

from __future__ import annotations

from pathlib import Path

LETTERS = (
    "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệfghiìíỉĩịjklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvwxyỳýỷỹỵz"
    "0123456789_.,:;?!%/()“”-–"
)
MARKS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
LENGTH = 60  # tokens, with the marks


def save_embedding(folder: Path, *, seed: int = 0, prompts: dict[str, str] | None = None) -> Path:
    """A SentenceTransformer with mean pooling."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertModel

    torch.manual_seed(seed)
    _save(BertModel(_config()), folder)
    model = SentenceTransformer(modules=[Transformer(str(folder)), Pooling(16)], device="cpu", prompts=prompts)
    model.save_pretrained(str(folder), create_model_card=False)
    return folder


def save_cross_encoder(folder: Path, *, labels: int = 1) -> Path:
    """As transformers saves a classifier: without the files that sentence-transformers adds."""
    import torch
    from transformers import BertForSequenceClassification

    torch.manual_seed(0)
    _save(BertForSequenceClassification(_config(num_labels=labels)), folder)
    return folder


def _config(**more: int):
    from transformers import BertConfig

    return BertConfig(
        vocab_size=len(_vocabulary()),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=LENGTH,
        # The larger the weights, the more texts differ.
        initializer_range=0.5,
        **more,
    )


def _vocabulary() -> dict[str, int]:
    both = LETTERS + "".join(sorted(set(LETTERS.upper()) - set(LETTERS)))
    return {token: at for at, token in enumerate([*MARKS, *both, *(f"##{letter}" for letter in both)])}


def _save(model, folder: Path) -> None:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast
    from transformers.utils import logging

    logging.disable_progress_bar()
    tokenizer = Tokenizer(models.WordPiece(_vocabulary(), unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(mark, MARKS.index(mark)) for mark in ("[CLS]", "[SEP]")],
    )
    names = {f"{name}_token": f"[{name.upper()}]" for name in ("pad", "unk", "cls", "sep", "mask")}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=LENGTH, **names).save_pretrained(folder)
    model.save_pretrained(folder)
