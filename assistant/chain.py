"""The retrieval as a LangChain retriever, for people's own chains."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as ChainDocument
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from assistant.library import Shelf
from assistant.retrieve import retrieve
from assistant.understand import Restorer, understand


class PolicyRetriever(BaseRetriever):  # type: ignore[misc]
    """The same retrieval for LangChain chains; page_content is the verbatim passage."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    shelf: Shelf
    restorer: Restorer
    judges: Any  # `Judges`, of which pydantic would make a model of its own
    k: int = 10

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[ChainDocument]:
        del run_manager
        with self.shelf.reading() as library:
            found = retrieve(understand(query, library.taught(self.restorer)), library, self.judges, self.k)
            texts = {stored.key: stored for stored in library.passages([passage.key for passage in found])}
            return [
                ChainDocument(
                    page_content=texts[passage.key].text,
                    metadata={
                        "document_id": passage.document_id,
                        "title": texts[passage.key].document.title,
                        "number": texts[passage.key].document.number,
                        "address": passage.address,
                        "start": passage.start,
                        "end": passage.end,
                        "score": passage.score,
                    },
                )
                for passage in found
            ]
