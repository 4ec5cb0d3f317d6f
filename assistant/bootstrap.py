"""The composition root: settings to an assistant with everything it needs, opened once and closed together."""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from assistant import crossencoder
from assistant.answer import answer
from assistant.config import Settings
from assistant.conversations import Conversations, Turn
from assistant.evidence import weighted
from assistant.feedback import Feedback
from assistant.library import Library, Shelf
from assistant.match import flat, holds
from assistant.originals import Originals
from assistant.procedures.shown import search
from assistant.ranker import ANSWERABLE, SENTENCES, WORDS, Ranker
from assistant.reader import Reader
from assistant.retrieve import Judges, retrieve
from assistant.smalltalk import reply
from assistant.types import Answer, Query
from assistant.understand import Restorer, check_message, understand
from assistant.uploads import Uploads
from ingest import generations, pipeline, vocabulary
from ingest.catalog import Catalog
from ingest.embed import Embedder
from ingest.errors import HoidapError
from ingest.intake import Progress
from ingest.types import RunReport

CORPUS = Path(__file__).parent.parent / "corpus"
OWN_WORDS = 0.5  # of a message read as going on from others, that its answer must say


@dataclass(frozen=True, slots=True)
class Assistant:
    """Answers questions over whatever generation is current."""

    shelf: Shelf
    catalog: Catalog
    restorer: Restorer
    judges: Judges
    conversations: Conversations
    feedback: Feedback
    settings: Settings
    uploads: Uploads

    def ask(
        self, message: str, documents: Collection[str] | None = None, history: Sequence[str] = ()
    ) -> tuple[Answer, str]:
        """The answer and the name of the generation it comes from; `history` holds the questions before, the oldest
        first. Raises BadQuestion and NotReady."""
        check_message(message)
        with self.shelf.reading() as library:
            query = understand(message, library.taught(self.restorer), history)
            fixed = reply(query.message) or reply(query.text)
            if fixed is not None:
                return fixed, library.name
            found = answer(query, library, self.judges, documents)
            if found.status == "not_found" and history:
                found = self._leaning(message, history, query, library, documents) or found
            return found, library.name

    def _leaning(
        self, message: str, history: Sequence[str], alone: Query, library: Library, documents: Collection[str] | None
    ) -> Answer | None:
        """The answer to a message read as going on from those before it, where it has none by itself; one that says
        nothing of the message's own words answers what was asked before.
        """
        query = understand(message, library.taught(self.restorer), history, leans=True)
        if query.text == alone.text:
            return None
        found = answer(query, library, self.judges, documents)
        told = flat(" ".join((found.text, *(citation.quote for citation in found.citations))))
        own = [term for term in alone.terms if term.typed]
        said = sum(any(holds(told, form) for form in term.forms) for term in own)
        return found if found.status == "answered" and said >= OWN_WORDS * len(own) else None

    def chat(self, message: str, conversation: str | None, documents: Collection[str] | None = None) -> Turn:
        """Ask within a conversation, a new one where none is given, and keep both sides of it."""
        history = self.conversations.questions(conversation) if conversation is not None else []
        found, generation = self.ask(message, documents, history)
        return self.conversations.add(conversation, message, found, generation)

    def find_procedures(self, text: str, library: Library) -> list[dict[str, Any]]:
        """The procedures of a code or a name, then those that a citizen's words may be about, as they are listed."""
        query = weighted(understand(text, library.taught(self.restorer)), library)
        return search(text, query, retrieve(query, library, self.judges), library)

    def close(self) -> None:
        self.uploads.close()
        self.shelf.close()
        self.catalog.close()


def open_catalog(settings: Settings) -> Catalog:
    """Raises HoidapError where the office's own vocabulary can't be used: it is read by all that comes after."""
    if settings.vocabulary_dir:
        try:
            vocabulary.extend(settings.vocabulary_dir)
        except ValueError as error:
            raise HoidapError(str(error)) from error
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return Catalog.open(settings.catalog_url)


def load_embedder(settings: Settings) -> Embedder:
    """The bundled model, or the one that the settings name. Raises ModelProblem."""
    if not settings.embedding_model:
        from ingest.embed import StaticEmbedder

        return StaticEmbedder()
    from ingest.pretrained import Wanted
    from ingest.transformer import open_embedder

    return open_embedder(
        Wanted(
            settings.embedding_model,
            "HOIDAP_EMBEDDING_MODEL",
            segmented=settings.embedding_segmented,
            query_prefix=settings.embedding_query_prefix,
            passage_prefix=settings.embedding_passage_prefix,
            max_length=settings.embedding_max_length,
        )
    )


def load_restorer() -> Restorer:
    from ingest.diacritics import Restorer as Trained

    return Trained.load()


def open_assistant(
    settings: Settings,
    embedder: Callable[[], Embedder] | None = None,
    restorer: Callable[[], Restorer] = load_restorer,
) -> Assistant:
    """Everything that answering needs; the index is opened where there is one, else `shelf.problem` says why.

    From then on numpy multiplies in one thread: a question's matrices are small, and further threads that wait for
    the next keep the cores from the reader. It halves the time of an answer.
    """
    threadpool_limits(1, "blas")
    with _no_collection():
        catalog = open_catalog(settings)
        model = embedder() if embedder else load_embedder(settings)
        shelf = Shelf(settings.data_dir, catalog, model)
        shelf.refresh()
        trained = restorer()
        judges = Judges(
            Ranker.load(),
            crossencoder.load(settings),
            Ranker.load(SENTENCES),
            Ranker.load(ANSWERABLE),
            Ranker.load(ANSWERABLE, WORDS),
            Reader.load(),
        )
    uploads = Uploads(
        Originals(settings.data_dir, CORPUS),
        lambda progress: Writing(settings.data_dir, catalog, model, progress),
        shelf.refresh,
    )
    return Assistant(
        shelf, catalog, trained, judges, Conversations(catalog.engine), Feedback(catalog.engine), settings, uploads
    )


@contextmanager
def _no_collection() -> Iterator[None]:
    """Loading the libraries makes millions of objects that all stay; looking for garbage among them takes a second."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@dataclass(frozen=True, slots=True)
class Writing:
    """What ingest runs write with."""

    data: Path
    catalog: Catalog
    embedder: Embedder
    progress: Progress

    def corpus(self) -> RunReport:
        """Take in the bundled documents, under names that are the same wherever the package is installed."""
        return pipeline.ingest(
            [CORPUS],
            data=self.data,
            catalog=self.catalog,
            embedder=self.embedder,
            source_name=lambda path: f"corpus/{path.resolve().relative_to(CORPUS.resolve()).as_posix()}",
            progress=self.progress,
        )

    def paths(self, paths: Sequence[Path], *, prune: bool) -> RunReport:
        return pipeline.ingest(
            paths,
            data=self.data,
            catalog=self.catalog,
            embedder=self.embedder,
            prune=prune,
            progress=self.progress,
        )

    def change(self, files: Mapping[str, Path], dropped: Sequence[str]) -> RunReport:
        """Take in files under the names they are recorded by, and drop what these sources show, in one run."""
        names = {path: source for source, path in files.items()}
        return pipeline.ingest(
            list(names),
            data=self.data,
            catalog=self.catalog,
            embedder=self.embedder,
            source_name=names.__getitem__,
            dropped=dropped,
            progress=self.progress,
        )

    def rebuild(self) -> RunReport:
        return pipeline.rebuild(data=self.data, catalog=self.catalog, embedder=self.embedder, progress=self.progress)


def open_writing(settings: Settings, progress: Progress, embedder: Callable[[], Embedder] | None = None) -> Writing:
    """Raises WriterBusy at once where another process writes, before seconds go into loading the model."""
    with generations.writer_lock(settings.data_dir):
        pass
    model = embedder() if embedder else load_embedder(settings)
    return Writing(settings.data_dir, open_catalog(settings), model, progress)
