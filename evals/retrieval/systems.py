"""What a user would otherwise put together, each with its own defaults: from texts to a function that searches them.

All are given the same texts, a law's article as one: number and title of the law, the article's title, its text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from evals.retrieval.build import Scope, articles
from evals.retrieval.collection import read_articles
from evals.retrieval.documents import law_of, titles_of
from evals.retrieval.figures import DEPTH
from evals.train.corpora import segmented
from ingest.embed import BUNDLED
from ingest.text import words

if TYPE_CHECKING:
    from bm25s import BM25
    from chromadb.api import ClientAPI
    from chromadb.api.types import Metadata
    from sentence_transformers import SentenceTransformer

COLLECTION = "articles"
BATCH = 5_000  # Chroma takes at most 5,461 at once

Ask = Callable[[str], tuple[str, ...]]
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Texts:
    """What is searched, and an empty folder to keep an index in."""

    scope: Scope
    folder: Path

    @cached_property
    def ids(self) -> list[str]:
        return [article.id for article in articles(self.scope)]

    @cached_property
    def texts(self) -> list[str]:
        titles = titles_of(read_articles(self.scope.corpus))
        laws = ((article, law_of(article.source)) for article in articles(self.scope))
        return [
            "\n".join(filter(None, (f"{law.number} {titles.get(law.number, law.title)}".strip(), one.title, one.text)))
            for one, law in laws
        ]

    def words(self) -> Iterator[list[str]]:
        """pyvi's words of each text; cut once for all, since it takes minutes."""
        return segmented(f"peers-{self.scope.name}", self.texts)


@dataclass(frozen=True, slots=True)
class Model:
    """A sentence-transformers model; the bundled one reads words, others the text."""

    model: SentenceTransformer
    of_words: bool

    @classmethod
    def load(cls, path: Path) -> Model:
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(str(path), device="cpu", local_files_only=True, trust_remote_code=False)
        return cls(model.float(), path == BUNDLED)

    def passages(self, texts: Texts) -> Vectors:
        """A unit row for each text."""
        read = list(map(" ".join, texts.words())) if self.of_words else texts.texts
        return np.asarray(self.model.encode_document(read, normalize_embeddings=True), dtype=np.float32)

    def query(self, text: str) -> Vectors:
        read = " ".join(words(text)) if self.of_words else text
        vector: Vectors = np.asarray(self.model.encode_query(read, normalize_embeddings=True), dtype=np.float32)
        return vector


def langchain_ensemble(texts: Texts) -> Ask:
    """EnsembleRetriever over BM25Retriever, words by spaces, and Chroma with the bundled embedding."""
    return _ensemble(texts, list(map(str.split, texts.texts)), str.split)


def langchain_ensemble_pyvi(texts: Texts) -> Ask:
    """The same with pyvi's words for BM25."""
    return _ensemble(texts, list(texts.words()), words)


def _ensemble(texts: Texts, cut: list[list[str]], preprocess: Callable[[str], list[str]]) -> Ask:
    from langchain_chroma import Chroma
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.retrievers import BM25Retriever
    from langchain_core.documents import Document
    from langchain_core.embeddings import Embeddings
    from rank_bm25 import BM25Okapi

    class Bundled(Embeddings):  # type: ignore[misc]
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            raise NotImplementedError("texts were added with their vectors")

        def embed_query(self, text: str) -> list[float]:
            return list(map(float, model.query(text)))

    model = Model.load(BUNDLED)
    store = Chroma(COLLECTION, Bundled(), client=_filled(texts, model))
    documents = [
        Document(page_content=text, metadata={"id": id_}) for id_, text in zip(texts.ids, texts.texts, strict=True)
    ]
    by_words = BM25Retriever(vectorizer=BM25Okapi(cut), docs=documents, k=DEPTH, preprocess_func=preprocess)
    by_vectors = store.as_retriever(search_kwargs={"k": DEPTH})
    both = EnsembleRetriever(retrievers=[by_words, by_vectors], weights=[0.5, 0.5], id_key="id")
    return lambda text: tuple(document.metadata["id"] for document in both.invoke(text))[:DEPTH]


def bm25s_plain(texts: Texts) -> Ask:
    """bm25s with its own tokens, less its list of English stopwords."""
    import bm25s

    index = bm25s.BM25()
    index.index(bm25s.tokenize(texts.texts, stopwords=None, show_progress=False), show_progress=False)

    def ask(text: str) -> tuple[str, ...]:
        return _best(index, bm25s.tokenize([text], stopwords=None, show_progress=False), texts.ids)

    return ask


def bm25s_pyvi(texts: Texts) -> Ask:
    """bm25s over pyvi's words."""
    import bm25s

    index = bm25s.BM25()
    index.index(list(texts.words()), show_progress=False)
    return lambda text: _best(index, [words(text)], texts.ids)


def _best(index: BM25, tokens: object, ids: Sequence[str]) -> tuple[str, ...]:
    places, scores = index.retrieve(tokens, k=min(DEPTH, len(ids)), show_progress=False)
    return tuple(ids[place] for place, score in zip(places[0], scores[0], strict=True) if score > 0)


def chroma_plain(texts: Texts) -> Ask:
    """Chroma with the bundled embedding."""
    model = Model.load(BUNDLED)
    collection = _filled(texts, model).get_collection(COLLECTION, embedding_function=None)

    def ask(text: str) -> tuple[str, ...]:
        return tuple(collection.query(query_embeddings=model.query(text)[None], n_results=DEPTH, include=[])["ids"][0])

    return ask


def _filled(texts: Texts, model: Model) -> ClientAPI:
    """A client of a database with the texts, their ids and vectors in one collection."""
    from chromadb import PersistentClient
    from chromadb.config import Settings

    client = PersistentClient(texts.folder, Settings(anonymized_telemetry=False))
    collection = client.create_collection(COLLECTION, embedding_function=None)
    vectors = model.passages(texts)
    for at in range(0, len(vectors), BATCH):
        part = slice(at, at + BATCH)
        rows: list[Metadata] = [{"id": id_} for id_ in texts.ids[part]]
        collection.add(ids=texts.ids[part], documents=texts.texts[part], embeddings=vectors[part], metadatas=rows)
    return client


def dense(texts: Texts, path: Path) -> Ask:
    """Exact search among the vectors that a model gives the texts."""
    model = Model.load(path)
    rows = model.passages(texts)

    def ask(text: str) -> tuple[str, ...]:
        similar: Vectors = rows @ model.query(text)
        best = np.argpartition(-similar, min(DEPTH, len(similar) - 1))[:DEPTH]
        return tuple(texts.ids[place] for place in best[np.argsort(-similar[best], kind="stable")])

    return ask


SYSTEMS: dict[str, Callable[[Texts], Ask]] = {
    "langchain": langchain_ensemble,
    "langchain-pyvi": langchain_ensemble_pyvi,
    "bm25s": bm25s_plain,
    "bm25s-pyvi": bm25s_pyvi,
    "chroma": chroma_plain,
}
