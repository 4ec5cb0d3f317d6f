"""The retriever in people's own LangChain chains: verbatim passages, with where they stand."""

from __future__ import annotations

import pytest
from langchain_core.documents import Document as ChainDocument
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableLambda, RunnablePassthrough

from assistant.chain import PolicyRetriever
from assistant.errors import BadQuestion


@pytest.fixture
def retriever(assistant) -> PolicyRetriever:
    return PolicyRetriever(shelf=assistant.shelf, restorer=assistant.restorer, judges=assistant.judges, k=4)


QUESTION = "Sở Tư pháp chủ trì những nhiệm vụ nào?"


def test_it_gives_documents_as_langchain_has_them_best_first(retriever):
    assert isinstance(retriever, BaseRetriever)
    documents = retriever.invoke(QUESTION)
    assert len(documents) == 4
    assert all(isinstance(document, ChainDocument) for document in documents)
    scores = [document.metadata["score"] for document in documents]
    assert scores == sorted(scores, reverse=True)


def test_a_page_is_the_documents_own_text_at_its_offsets(retriever, assistant):
    with assistant.shelf.reading() as library:
        for found in (*retriever.invoke(QUESTION), *retriever.invoke("ty le dich vu cong truc tuyen nam 2023")):
            parsed = library.document(found.metadata["document_id"])
            assert parsed is not None
            assert found.page_content == parsed.document.text[found.metadata["start"] : found.metadata["end"]]
            assert found.page_content.strip()
            assert found.metadata["title"] == parsed.document.title
            assert found.metadata["number"] == parsed.document.number
            assert found.metadata["address"] in {passage.address for passage in parsed.passages}


def test_it_works_inside_a_chain(retriever):
    join = RunnableLambda(lambda documents: "\n".join(document.page_content for document in documents))
    chain = {"context": retriever | join, "question": RunnablePassthrough()} | RunnableLambda(
        lambda filled: f"{filled['question']}\n{filled['context']}"
    )
    prompt = chain.invoke("Vốn FDI thu hút ba năm 2021-2023 là bao nhiêu?")
    assert prompt.startswith("Vốn FDI thu hút")
    assert "6,83 tỷ USD" in prompt


def test_several_questions_at_once_are_answered_in_order(retriever):
    questions = [QUESTION, "Thủ tục 1.013136 cần giấy tờ gì?"]
    assert retriever.batch(questions) == [retriever.invoke(question) for question in questions]


def test_a_message_that_is_no_question_is_refused_as_everywhere(retriever):
    with pytest.raises(BadQuestion):
        retriever.invoke("?!")
