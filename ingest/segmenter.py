"""Which syllables make one word: what pyvi's trained model says, several times as fast.

The model is a chain of two labels, and what it goes by is near: a syllable, its neighbours, and whether the dictionary
has them together. So its weights are read once into tables, as one number a token for how much likelier it goes on
with the word before it than begins one, and the chain is decoded here, without a list of strings for every token. The
words are pyvi's own: none differed in 15 million tokens of laws, procedures and Wikipedia. Nor is pyvi imported, which
takes over a second and 100 MB: its files are read.
"""

from __future__ import annotations

import codecs
import functools
import io
import pickle
import string
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

__all__ = ["Chain", "Segmenter", "segmenter", "tokenized"]

_KEPT = 50_000  # tokens whose evidence is kept at hand: all that are common in a corpus


# Plain tuples, which are taken apart in a third of the time that named ones take.
# A syllable that the dictionary has after another: whether as a word of two, and what makes words of three with them.
_Follower = tuple[bool, frozenset[str]]
# How much a token speaks for going on (`I_W`) rather than beginning a word (`B_W`), for itself, for the token before it
# and for the one after it; its followers; whether it is a word by itself, whatever the model says.
_Evidence = tuple[float, float, float, Mapping[str, _Follower], bool]
_SINGLE = 4

_NO_THIRDS: frozenset[str] = frozenset()
_NO_FOLLOWERS: Mapping[str, _Follower] = {}


class _Known(dict[str, _Evidence]):
    """Evidence by token, found once; begun anew when full. In half the time of an `lru_cache`, which keeps an order."""

    def __init__(self, find: Callable[[str], _Evidence]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, token: str) -> _Evidence:
        if len(self) >= _KEPT:
            self.clear()
        evidence = self[token] = self._find(token)
        return evidence


@dataclass(frozen=True, slots=True)
class Chain:
    """The weights of two labels that follow one another: `begin_on` of a word that begins, then goes on."""

    begin_begin: float
    begin_on: float
    on_begin: float
    on_on: float

    def going_on(self, weights: Sequence[float]) -> list[int]:
        """Which tokens go on with the word before them, on the likeliest path (Viterbi)."""
        # Where a token leads by more than these, the best path to the next one's label comes from its going on.
        to_begin, to_on = self.begin_begin - self.on_begin, self.begin_on - self.on_on
        leads = self._leads(weights, *sorted((to_begin, to_on)))
        threshold = 0.0
        found: list[int] = []
        for i in range(len(leads) - 1, -1, -1):
            if leads[i] > threshold:
                threshold = to_on
                found.append(i)
            else:
                threshold = to_begin
        found.reverse()
        return found

    def _leads(self, weights: Sequence[float], low: float, high: float) -> list[float]:
        """By how much each token's best path to going on is ahead of that to beginning: nothing else matters."""
        after_low, after_high = self.begin_on - self.begin_begin, self.on_on - self.on_begin
        step = 0.0
        leads: list[float] = []
        for weight in weights:
            lead = weight + step
            leads.append(lead)
            if lead <= low:
                step = after_low
            elif lead > high:
                step = after_high
            else:
                step = max(self.begin_on, lead + self.on_on) - max(self.begin_begin, lead + self.on_begin)
        return leads


class Segmenter:
    """Joins the tokens of lower-case text to words."""

    def __init__(self, weights: Mapping[str, float], chain: Chain, dictionary: Iterable[str]) -> None:
        """`weights` by crfsuite's attributes, those for `I_W` less those for `B_W`."""
        self._weights = weights
        self._chain = chain
        self._of_two = self._weigh("+1:word.bi_gram()"), self._weigh("-1:word.bi_gram()")
        self._of_three = self._weigh("+2:word.tri_gram()"), self._weigh("-2:word.tri_gram()")
        self._followers = _followers(dictionary)
        self._known = _Known(self._find)

    def words(self, tokens: Sequence[str]) -> list[str]:
        """The tokens, those of one word joined by `_`."""
        known = self._known
        words = list(tokens)
        for i in self.going_on(tokens):
            if i and not (known[tokens[i]][_SINGLE] or known[tokens[i - 1]][_SINGLE]):
                words[i], words[i - 1] = words[i - 1] + "_" + words[i], ""
        return list(filter(None, words))

    def going_on(self, tokens: Sequence[str]) -> list[int]:
        """Which tokens go on with the word before them, by the model alone."""
        return self._chain.going_on(self._sums(tokens))

    def _sums(self, tokens: Sequence[str]) -> list[float]:
        """All that speaks for each token's going on, but for its neighbours' labels."""
        first_of_two, second_of_two = self._of_two
        first_of_three, third_of_three = self._of_three
        known = self._known
        sums: list[float] = []
        previous = to_this = 0.0
        followers, thirds = _NO_FOLLOWERS, _NO_THIRDS
        for token in tokens:
            own, to_previous, to_next, its_followers, _ = known[token]
            this = own + to_this
            previous += to_previous
            if thirds and token in thirds:
                sums[-1] += first_of_three
                this += third_of_three
            thirds = _NO_THIRDS
            if followers and token in followers:
                ends, thirds = followers[token]
                if ends:
                    previous += first_of_two
                    this += second_of_two
            sums.append(previous)
            previous, to_this, followers = this, to_next, its_followers
        sums.append(previous)
        return sums[1:]  # the first stood before the first token

    def _find(self, token: str) -> _Evidence:
        own = self._weigh("bias") + self._weigh("word.lower():" + token)
        return (
            own + (self._weigh("word.isdigit()") if token.isdigit() else 0.0),
            self._weigh("+1:word.lower():" + token),
            self._weigh("-1:word.lower():" + token),
            self._followers.get(token, _NO_FOLLOWERS),
            token in string.punctuation or token[0].isdigit(),
        )

    def _weigh(self, attribute: str) -> float:
        return self._weights.get(attribute, 0.0)


def _followers(dictionary: Iterable[str]) -> dict[str, dict[str, _Follower]]:
    """Of each first syllable, those that the dictionary has after it."""
    pairs: set[tuple[str, str]] = set()
    thirds: dict[tuple[str, str], set[str]] = {}
    for entry in dictionary:
        match entry.split(" "):
            case [first, second]:
                pairs.add((first, second))
            case [first, second, third]:
                thirds.setdefault((first, second), set()).add(third)
    followers: dict[str, dict[str, _Follower]] = {}
    for first, second in pairs | thirds.keys():
        follower = (first, second) in pairs, frozenset(thirds.get((first, second), ()))
        followers.setdefault(first, {})[second] = follower
    return followers


def tokenized(sentence: str) -> str:
    """The sentence with its words joined by pyvi itself, its case kept."""
    from pyvi.ViTokenizer import ViTokenizer

    joined: str = ViTokenizer.tokenize(sentence)
    return joined


@functools.cache
def segmenter() -> Segmenter:
    """pyvi's model and dictionary; the version of pyvi is pinned, and so are its files."""
    models = resources.files("pyvi") / "models"
    weights, chain = _read_crfsuite(_pickled_crfsuite(models / "pyvi3.pkl"))
    return Segmenter(weights, chain, (models / "words.txt").read_text(encoding="utf-8").split("\n"))


def _pickled_crfsuite(file: Traversable) -> bytes:
    """The crfsuite file that a pickled `sklearn_crfsuite.CRF` carries."""
    estimator = _Fields(io.BytesIO(file.read_bytes())).load()
    data: bytes = estimator.state["modelfile"].state["__FILE_RESOURCE_DATA__"]
    return data


class _Fields(pickle.Unpickler):
    """Every object as its bare fields: none of the classes is imported."""

    def find_class(self, module: str, name: str) -> object:
        return codecs.encode if (module, name) == ("_codecs", "encode") else _Bare


class _Bare:
    state: dict[str, Any]

    def __init__(self, *_: object) -> None:
        pass

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.state = state


def _read_crfsuite(data: bytes) -> tuple[dict[str, float], Chain]:
    """The weights for `I_W` less those for `B_W`, by attribute, and the transitions, of a crfsuite model file.

    Its header tells where the labels, the attributes and the features lie. A feature is a weight that an attribute
    (kind 0) or the label before (kind 1) gives to a label. `Tagger.info()` would round the weights to six digits.
    """
    features, labels, attributes = struct.unpack_from("<3I", data, 28)
    names = list(_strings(data, attributes))
    begin, on = map(list(_strings(data, labels)).index, ("B_W", "I_W"))
    weights: dict[str, float] = {}
    transitions: dict[tuple[int, int], float] = {}
    (count,) = struct.unpack_from("<I", data, features + 8)
    for kind, source, label, weight in struct.iter_unpack("<3Id", data[features + 12 : features + 12 + 20 * count]):
        if kind == 1:
            transitions[source, label] = weight
        else:
            name = names[source]
            weights[name] = weights.get(name, 0.0) + (weight if label == on else -weight)
    chain = Chain(*(transitions[source, label] for source in (begin, on) for label in (begin, on)))
    return weights, chain


def _strings(data: bytes, table: int) -> Iterator[str]:
    """The strings of a table (a constant database of quarks), each at its number."""
    count, offsets = struct.unpack_from("<2I", data, table + 16)
    for offset in struct.unpack_from(f"<{count}I", data, table + offsets):
        start = table + offset + 8
        (length,) = struct.unpack_from("<I", data, start - 4)
        yield data[start : start + length - 1].decode()
