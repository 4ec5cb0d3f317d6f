"""Trains the reader of a question with a few texts (`assistant/reader.py`): a small pretrained transformer
(`evals.train.e5`) learns to tell which text answers, or that none does.

First from prose and law: questions over the Wikipedia and over ALQAC's articles. Then from the office: its cases, the
half that is not held back, and pairs of an answered question and one that is not, less those that teach the judge after
it, and some of the prose again. XQuAD's questions are only measured. Each time some pieces of evidence are drawn; what
answers is left out now and then, so that none does.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from assistant.answerable import LOOKED_AT, read_piece
from assistant.bootstrap import Assistant, open_assistant
from assistant.config import Settings
from assistant.evidence import Weighed, gather, weighted
from assistant.library import Library
from assistant.reader import FILE, TOKENIZER, Packed, Reader, Text, load_tokenizer, packed
from assistant.retrieve import retrieve
from assistant.understand import understand
from evals.case import Case
from evals.marks import plain
from evals.retrieval.variants import slipped
from evals.sentences import indexed
from evals.train import e5, sentences
from evals.train.examples import for_the_judge
from evals.train.reader_graph import reader_to_onnx, weights_of
from evals.train.sentences import Labelled, of_case
from evals.train.wiki import unanswerable

if TYPE_CHECKING:
    from tokenizers import Tokenizer

LAYERS = 12
SETTLED = 4  # layers, the first, that stay as they are where one is taught further: a fifth of the time
OFFERED = 8  # pieces of evidence to draw from, and of an article that is given
GIVEN = 14
POINTING = 0.5  # what it counts to tell where the answer stands, beside telling which text it is in
TAUGHT, TAKEN_AWAY = 0.85, 0.4  # how often what answers is shown, and what a question counts where it is not
# How many others are shown beside what answers, and how many where none does: one alone may not answer, either.
OTHERS, WITHOUT = (0, 1, 2, 2, 3), (1, 2, 3, 3, 4)
# Of how many questions one is asked of documents that it is not about, and how many words such a one has: a shorter one
# may well be answered there.
STRANGERS, OF_WORDS = 8, 8
PROSE_EPOCHS, PROSE_RATE = 3.0, 1e-4
OFFICE_EPOCHS, OFFICE_RATE, KEPT_OF_PROSE = 2.0, 8e-5, 0.3
LOWERED, SLIPPED = 0.25, 0.1  # how many questions are typed in small letters, and with slips
WARMING, DECAY, LONGEST_STEP = 60, 0.01, 3600  # steps; tokens a step
WATCHED = 200  # rows that tell how large numbers become inside
SEED = 1

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Offered:
    """A piece of evidence: whether it is what answers; whether it may, too; where it stands; and which of its own
    characters are what is asked for, where that is known."""

    text: Text
    answers: bool
    may: bool
    place: tuple[str, int]
    told: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what was found for it, best first; `part` is what is left out together, none of prose."""

    question: str
    part: str
    office: bool
    answered: bool
    offered: tuple[Offered, ...]


def train_reader(data: Path, out: Path, *, further: bool = False) -> None:
    """Trains on everything that is not the judge's, and writes the model; `further`: beginning with the one there."""
    asked = list(examples(data))
    prose = [each for each in asked if not each.office]
    office = [each for each in asked if each.office and not for_the_judge(each.part)]
    if further:
        network, read = _Network(weights_of((out / FILE).read_bytes())), load_tokenizer(out)
        for layer in network.body.encoder.layer[:SETTLED]:
            layer.requires_grad_(False)  # noqa: FBT003
    else:
        tokenizer, kept = e5.vocabulary(data)
        out.mkdir(parents=True, exist_ok=True)
        (out / TOKENIZER).write_text(tokenizer, encoding="utf-8")
        network, read = _Network(e5.weights(LAYERS, kept)), load_tokenizer(out)
        taught(network, prose, read, PROSE_EPOCHS, PROSE_RATE)
    taught(network, [*office, *_some(prose)], read, OFFICE_EPOCHS, OFFICE_RATE)
    rng = random.Random(SEED)  # noqa: S311 (nothing secret)
    rows = [drawn(each, read, rng).row for each in rng.sample(office, min(WATCHED, len(office)))]
    (out / FILE).write_bytes(network.graph(rows))


def _some(prose: Sequence[Asked]) -> list[Asked]:
    """So that what is told by prose isn't forgotten."""
    return random.Random(SEED).sample(prose, int(KEPT_OF_PROSE * len(prose)))  # noqa: S311 (nothing secret)


def check_reader(data: Path) -> None:
    """Prints how well the reader tells what answers, of the first few pieces, where it was not taught the question."""
    reader = Reader.load()
    rows = ["| questions | | right one likeliest | area |", "|---|---|---|---|"]
    rows.append(_told("office", [each for each in examples(data) if each.office and for_the_judge(each.part)], reader))
    rows.append(_told("wiki", list(_prose(data, ("wiki",))), reader))
    print("\n".join(rows))


def _told(name: str, asked: Sequence[Asked], reader: Reader) -> str:
    """The likeliest of the first pieces: of those asked that one of these answers, whether it does; and how often it is
    likelier than the likeliest for a question that nothing answers."""
    right: list[float] = []
    none: list[float] = []
    answerable = 0
    for each in asked:
        shown = each.offered[:LOOKED_AT]
        scores = reader.scores(each.question, [piece.text for piece in shown])
        shown = shown[: len(scores)]
        answerable += any(piece.may for piece in shown)
        if not each.answered:
            none.append(float(scores.max()))
        elif shown[int(scores.argmax())].may:
            right.append(float(scores.max()))
    area = float((np.array(right)[:, None] > np.array(none)).mean()) if right and none else math.nan
    return f"| {name} | {len(asked)} | {len(right) / max(answerable, 1):.3f} | {area:.3f} |"


# What it learns from


def examples(data: Path) -> Iterator[Asked]:
    """All that is learned from: where it is answered, what answers is among what was found."""
    yield from _prose(data, ("written", "law"))
    offices = list(sentences.offices(data))
    for files, cases in offices:
        known = [case for case in cases if case.status in {"answered", "not_found"}]
        expected = {case.id: case.expect for case in known}
        labelled = [of_case(each) for each in known]
        others = [case for own, others in offices if own != files for case in others]
        labelled += _strangers(others, len(labelled) // STRANGERS)
        with closing(open_assistant(Settings(data_dir=files, database_url=None))) as assistant:
            yield from _asked(labelled, assistant, office=True, expected=expected)


def _strangers(cases: Sequence[Case], most: int) -> Iterator[Labelled]:
    """Questions as such that nothing answers."""
    long = [case for case in cases if len(case.question.split()) >= OF_WORDS and not case.history]
    for case in random.Random(SEED).sample(long, min(most, len(long))):  # noqa: S311 (nothing secret)
        yield Labelled(case.question, case.id, ())


def _prose(data: Path, wanted: Collection[str]) -> Iterator[Asked]:
    for name, texts, labelled in sentences.collections(data):
        if name in wanted:
            with indexed(texts) as assistant:
                yield from _asked(labelled, assistant, office=False)
                if name == "law":
                    yield from _asked(labelled, assistant, office=False, given=True)
                if name == "written":
                    near = (Labelled(each.question, each.paragraph, ()) for each in unanswerable())
                    yield from _asked(near, assistant, office=False)


def _asked(
    labelled: Iterable[Labelled],
    assistant: Assistant,
    *,
    office: bool,
    given: bool = False,
    expected: dict[str, tuple[str, ...]] | None = None,
) -> Iterator[Asked]:
    with assistant.shelf.reading() as library:
        for each in labelled:
            expect = (expected or {}).get(each.part, ())
            made = _example(each, assistant, library, office=office, given=given, expect=expect)
            shown = any(piece.answers for piece in made.offered)
            if len(made.offered) > 1 and shown == made.answered:
                yield made


def _example(
    labelled: Labelled, assistant: Assistant, library: Library, *, office: bool, given: bool, expect: Sequence[str]
) -> Asked:
    query = weighted(understand(labelled.question, library.taught(assistant.restorer), labelled.history), library)
    found = retrieve(query, library, assistant.judges, documents=labelled.documents if given else None)
    pieces = gather(query, found, library, assistant.judges.scorer)
    answers = sentences.answering(labelled, pieces) if labelled.documents else np.zeros(len(pieces), dtype=np.bool_)
    most = GIVEN if given else OFFERED
    offered = tuple(
        _offered(piece, bool(is_it), labelled, expect)
        for at, (piece, is_it) in enumerate(zip(pieces, answers, strict=True))
        if at < most or is_it
    )
    return Asked(query.text, labelled.part, office, bool(labelled.documents), offered)


def _offered(piece: Weighed, answers: bool, labelled: Labelled, expect: Sequence[str]) -> Offered:  # noqa: FBT001
    text = read_piece(piece)
    own = plain(text.own)
    says = bool(expect) and all(any(plain(way) in own for way in value.split("|")) for value in expect)
    may = answers or says or bool(labelled.documents and labelled.answered_by(piece))
    place = (piece.evidence.document_id, piece.evidence.start)
    return Offered(text, answers, may, place, _where(text.own, expect) if answers else ())


def _where(own: str, expect: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Where the first way of writing each expected value stands, as often as it does."""
    said = own.lower()
    found: list[tuple[int, int]] = []
    for value in expect:
        ways = (re.compile(rf"(?<!\w){re.escape(plain(way))}(?!\w)") for way in value.split("|"))
        places = ([match.span() for match in way.finditer(said)] for way in ways)
        found += next(filter(None, places), [])
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A row to learn from: the place of what answers, -1 where nothing does, what that counts, and the tokens that are
    what is asked for, where that is known."""

    row: Packed
    right: int
    weight: float
    told: tuple[int, ...]


def drawn(asked: Asked, tokenizer: Tokenizer, rng: random.Random) -> Drawn:
    """Prose stays in its order, where a pronoun points back."""
    answering = [each for each in asked.offered if each.answers]
    others = [each for each in asked.offered if not each.may]
    right = rng.choice(answering) if answering and (rng.random() < TAUGHT or not others) else None
    shown = [right] if right else []
    weights = [1 / (1 + 0.35 * at) for at in range(len(others))]
    for _ in range(min(rng.choice(OTHERS if right else WITHOUT), len(others))):
        at = rng.choices(range(len(others)), weights)[0]
        shown.append(others.pop(at))
        weights.pop(at)
    rng.shuffle(shown)
    if not asked.office:
        shown.sort(key=lambda each: each.place)
    row = packed(_typed(asked.question, rng), [each.text for each in shown], tokenizer)
    if right is None or right not in shown[: len(row.spans)]:
        return Drawn(row, -1, TAKEN_AWAY if asked.answered else 1.0, ())
    at = shown.index(right)
    return Drawn(row, at, 1.0, _tokens(row, at, right.told))


def _typed(question: str, rng: random.Random) -> str:
    way = rng.random()
    if way < LOWERED:
        return question.lower()
    return slipped(question, str(way)) if way < LOWERED + SLIPPED else question


def _tokens(row: Packed, at: int, told: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """The tokens of a text that have some of these characters."""
    if not told:
        return ()
    first, _ = row.spans[at]
    known = enumerate(row.characters[at], first)
    return tuple(token for token, (start, end) in known if any(start < last and begin < end for begin, last in told))


# The network


class _Network(nn.Module):  # type: ignore[misc]
    """The transformer with what makes a number of each text, of the mean of its words and of the token at its end, and
    of each token, which tells whether it is what is asked for."""

    def __init__(self, begun: Mapping[str, Floats]) -> None:
        """`begun`: the transformer's weights, and maybe those of what is above it, by their names here."""
        from transformers import BertModel

        torch.manual_seed(SEED)
        super().__init__()
        words = len(begun["body.embeddings.word_embeddings.weight"])
        self.body = BertModel(_config(words), add_pooling_layer=False)
        self.body.embeddings.requires_grad_(False)  # noqa: FBT003
        self.mix = nn.Linear(2 * e5.WIDTH, e5.WIDTH)
        self.out = nn.Linear(e5.WIDTH, 1)
        self.mark = nn.Linear(e5.WIDTH, 1, bias=False)
        nn.init.zeros_(self.out.bias)
        self.load_state_dict({**self.state_dict(), **{name: torch.tensor(value) for name, value in begun.items()}})

    def forward(
        self, tokens: torch.Tensor, kinds: torch.Tensor, there: torch.Tensor, pool: torch.Tensor, ends: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """`tokens`, `kinds`, `there` (rows, n), `pool` (rows, texts, n), `ends` (rows, texts) to (rows, texts) and
        (rows, n)."""
        read = self.body(input_ids=tokens, attention_mask=there, token_type_ids=kinds).last_hidden_state
        at_ends = read[torch.arange(len(tokens))[:, None], ends]
        both = torch.cat([pool.to(read.dtype) @ read, at_ends], dim=-1)
        scores: torch.Tensor = self.out(functional.gelu(self.mix(both))).squeeze(-1).float()
        return scores, self.mark(read).squeeze(-1).float()

    def graph(self, rows: Sequence[Packed]) -> bytes:
        """For use; by some rows it is told how large numbers become inside."""
        weights = {name: value.numpy() for name, value in self.state_dict().items()}
        return reader_to_onnx(weights, self._largest(rows), LAYERS)

    def _largest(self, rows: Sequence[Packed]) -> dict[str, Floats]:
        """By the name of a linear layer how large each of its inputs becomes."""
        seen: dict[str, torch.Tensor] = {}

        def watching(name: str) -> Callable[[nn.Module, tuple[torch.Tensor]], None]:
            def watch(_module: nn.Module, given: tuple[torch.Tensor]) -> None:
                here = given[0].abs().flatten(0, -2).amax(0)
                seen[name] = torch.maximum(seen.get(name, here), here)

            return watch

        layers = ((name, each) for name, each in self.named_modules() if isinstance(each, nn.Linear))
        linear = ((name, each) for name, each in layers if name not in {"out", "mark"})
        watched = [each.register_forward_pre_hook(watching(name)) for name, each in linear]
        with torch.no_grad():
            for row in rows:
                self(*_tensors([row]))
        for each in watched:
            each.remove()
        return {name: value.numpy() for name, value in seen.items()}


def _config(words: int) -> Any:  # noqa: ANN401 (a configuration of transformers)
    from transformers import BertConfig

    return BertConfig(
        vocab_size=words,
        hidden_size=e5.WIDTH,
        num_hidden_layers=LAYERS,
        num_attention_heads=e5.HEADS,
        intermediate_size=e5.WIDE,
        max_position_embeddings=e5.LONGEST,
        hidden_dropout_prob=0,  # the texts drawn differ each time
        attention_probs_dropout_prob=0,
        attn_implementation="eager",
    )


def taught(network: _Network, asked: Sequence[Asked], tokenizer: Tokenizer, epochs: float, rate: float) -> None:
    """Teaches the network in place, with a rate that falls to nothing."""
    rng = random.Random(SEED)  # noqa: S311 (nothing secret)
    learned = [each for each in network.parameters() if each.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=rate, weight_decay=DECAY, betas=(0.9, 0.98))
    total, done = epochs * len(asked), 0
    network.train()
    for step, rows in zip(count(), _steps(asked, tokenizer, rng), strict=False):
        if done >= total:
            return
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1, step / WARMING) * (1 - done / total)
        loss = _loss(network, rows)
        loss.backward()
        nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        done += len(rows)


def _steps(asked: Sequence[Asked], tokenizer: Tokenizer, rng: random.Random) -> Iterator[list[Drawn]]:
    """Rows of about one length, without end."""
    while True:
        order = rng.sample(asked, len(asked))
        for at in range(0, len(order), 512):
            rows = [drawn(each, tokenizer, rng) for each in order[at : at + 512]]
            rows.sort(key=lambda each: len(each.row.tokens))
            steps: list[list[Drawn]] = [[]]
            for row in rows:
                if steps[-1] and (len(steps[-1]) + 1) * len(row.row.tokens) > LONGEST_STEP:
                    steps.append([])
                steps[-1].append(row)
            rng.shuffle(steps)
            yield from steps


def _loss(network: _Network, rows: Sequence[Drawn]) -> torch.Tensor:
    """How unlikely it finds what is right, of the texts and of none of them; and what is asked for, of the words of the
    text that answers."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        scores, marks = network(*_tensors([each.row for each in rows]))
    shown = torch.tensor([len(each.row.spans) for each in rows])
    scores = scores.masked_fill(torch.arange(scores.shape[1])[None] >= shown[:, None], -math.inf)
    odds = torch.cat([scores, torch.zeros(len(rows), 1)], dim=1)
    right = torch.tensor([each.right if each.right >= 0 else scores.shape[1] for each in rows])
    weights = torch.tensor([each.weight for each in rows])
    lost: torch.Tensor = (functional.cross_entropy(odds, right, reduction="none") * weights).sum() / weights.sum()
    pointed = [_unpointed(each, own) for each, own in zip(rows, marks, strict=True) if each.told]
    return lost + POINTING * torch.stack(pointed).sum() / len(rows) if pointed else lost


def _unpointed(drawn: Drawn, marks: torch.Tensor) -> torch.Tensor:
    start, end = drawn.row.spans[drawn.right]
    return marks[start:end].logsumexp(dim=0) - marks[list(drawn.told)].logsumexp(dim=0)


def _tensors(rows: Sequence[Packed]) -> list[torch.Tensor]:
    longest, texts = max(len(row.tokens) for row in rows), max(len(row.spans) for row in rows)
    tokens = torch.ones(len(rows), longest, dtype=torch.long)
    kinds = torch.zeros(len(rows), longest, dtype=torch.long)
    there = torch.zeros(len(rows), longest)
    pool = torch.zeros(len(rows), texts, longest)
    ends = torch.zeros(len(rows), texts, dtype=torch.long)
    for at, row in enumerate(rows):
        length, known = len(row.tokens), len(row.spans)
        tokens[at, :length], kinds[at, :length] = torch.tensor(row.tokens), torch.tensor(row.kinds)
        there[at, :length] = 1
        pool[at, :known, :length], ends[at, :known] = torch.from_numpy(row.pool()), torch.from_numpy(row.ends())
    return [tokens, kinds, there, pool, ends]
