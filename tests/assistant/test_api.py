"""The API over the bundled corpus: a good question, every kind of bad one, and what the server says of itself."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.api import MAX_BODY, create_app
from assistant.bootstrap import open_assistant
from assistant.config import Settings
from ingest.embed import Embedder

ONLINE = "Tỷ lệ dịch vụ công trực tuyến năm 2023 là bao nhiêu?"
SECRET = "cccd 022099001234"


@pytest.fixture(scope="module")
def client(corpus_data: Path, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = Path(shutil.copytree(corpus_data, tmp_path_factory.mktemp("api") / "data"))
    app = create_app(lambda: open_assistant(Settings(data_dir=folder), lambda: embedder))
    with TestClient(app) as client:
        yield client


def post(client: TestClient, content: bytes, type_: str = "application/json") -> httpx2.Response:
    return client.post("/api/chat", content=content, headers={"content-type": type_})


def ask(client: TestClient, message: str = ONLINE, **fields: Any) -> dict[str, Any]:
    response = client.post("/api/chat", json={"message": message, **fields})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def check_problem(response: httpx2.Response, status: int, said: str) -> None:
    """An RFC 9457 problem in Vietnamese, with the headers that every answer has."""
    assert response.headers["content-type"] == "application/problem+json"
    assert "default-src 'self'" in response.headers["content-security-policy"]
    problem = response.json()
    assert problem.keys() == {"type", "title", "status", "detail"}
    assert (response.status_code, problem["status"]) == (status, status)
    assert re.fullmatch(r"urn:hoidap:[a-z0-9-]+", problem["type"])
    assert said in problem["detail"]
    assert re.search(r"[à-ỹđ]", problem["title"])
    assert SECRET not in response.text


def test_an_answer_has_the_whole_shape_and_opens_at_its_quotation(client: TestClient) -> None:
    answer = ask(client)
    assert answer.keys() == {
        *("conversation_id", "message_id", "status", "mode", "text"),
        *("citations", "facts", "suggestions", "generation"),
    }
    assert (answer["status"], answer["mode"]) == ("answered", "ledger")
    assert "98,5" in answer["text"]
    assert "[1]" in answer["text"]
    for citation in answer["citations"]:
        document = client.get(f"/api/documents/{citation['document_id']}").json()
        assert document["text"][citation["start"] : citation["end"]] == citation["quote"]
        assert citation["url"] == f"/documents/{citation['document_id']}#{citation['start']}-{citation['end']}"
        assert client.get(citation["url"]).headers["content-type"].startswith("text/html")


def test_vietnamese_arrives_as_it_is_written(client: TestClient) -> None:
    response = client.post("/api/chat", json={"message": ONLINE})
    assert "dịch vụ công trực tuyến" in response.content.decode("utf-8")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"message": ""}', "đang trống"),
        (b'{"message": " \\n\\u00a0\\u200b "}', "đang trống"),  # only space, of the kinds that Word leaves
        (b'{"message": "?! ... 2023 \\u2013 %"}', "chưa có chữ"),
        ('{"message": "河静省的行政改革"}'.encode(), "chưa có chữ tiếng Việt"),
        (json.dumps({"message": f"{SECRET} " * 200}).encode(), "tối đa 2000"),
        (json.dumps({"message": f"{SECRET} \ud800"}).encode(), "nửa cặp Unicode"),
        (json.dumps({"message": f"{SECRET} \x00"}).encode(), "NUL"),
        (SECRET.encode(), "không phải JSON"),
        (b'{"message": "' + SECRET.encode(), "không phải JSON"),  # cut off
        (b"", "message"),
        (b"null", "message"),
        (b'["' + SECRET.encode() + b'"]', "không phải JSON"),
        (b'"' + SECRET.encode() + b'"', "không phải JSON"),
        (b"{}", "Thiếu trường “message”"),
        (b'{"message": null}', "“message” phải là chuỗi"),
        (b'{"message": 42}', "“message” phải là chuỗi"),
        (b'{"message": ["' + SECRET.encode() + b'"]}', "“message” phải là chuỗi"),
        (b'{"message": "PCI?", "conversation_id": 7}', "“conversation_id” phải là chuỗi"),
        (b'{"message": "PCI?", "conversation_id": "' + b"7" * 101 + b'"}', "“conversation_id”"),
        (b'{"message": "PCI?", "document_ids": "05-nq-tu-2021"}', "“document_ids”"),
        (b'{"message": "PCI?", "document_ids": [5]}', "“document_ids” phải là chuỗi"),
    ],
)
def test_a_bad_request_is_told_what_to_change(client: TestClient, content: bytes, said: str) -> None:
    check_problem(post(client, content), 422, said)


@pytest.mark.parametrize("content", [b'{"message": "\xff\xfe"}', b"[" * 60_000], ids=["not-utf-8", "nested"])
def test_a_body_that_cannot_be_parsed(client: TestClient, content: bytes) -> None:
    response = post(client, content)
    assert response.status_code in {400, 422}
    check_problem(response, response.status_code, "hợp lệ")


def test_json_sent_as_text_is_refused(client: TestClient) -> None:
    check_problem(post(client, b'{"message": "PCI?"}', "text/plain"), 422, "JSON")


def test_nothing_is_stored_of_a_bad_question(client: TestClient) -> None:
    conversation = ask(client)["conversation_id"]
    assert client.post("/api/chat", json={"message": "???", "conversation_id": conversation}).status_code == 422
    assert len(client.get(f"/api/conversations/{conversation}").json()["messages"]) == 2


def test_a_large_body_is_refused_whether_its_length_is_told_or_not(client: TestClient) -> None:
    body = json.dumps({"message": SECRET * MAX_BODY}).encode()
    check_problem(post(client, body), 413, "64 KB")
    pieces = (body[at : at + 1000] for at in range(0, len(body), 1000))
    check_problem(client.post("/api/chat", content=pieces), 413, "quá lớn")


@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("GET", "/api/nothing", 404, "Không tìm thấy"),
        ("GET", "/api/documents/khong-co", 404, "khong-co"),
        ("GET", "/api/documents/%ED%A0%80", 404, "Không có văn bản"),
        ("GET", "/api/conversations/khong-co", 404, "Không có cuộc trò chuyện"),
        ("DELETE", "/api/conversations/khong-co", 404, "Không có cuộc trò chuyện"),
        ("GET", "/api/chat", 405, "không được hỗ trợ"),
    ],
)
def test_an_address_that_is_not_there(client: TestClient, method: str, path: str, status: int, said: str) -> None:
    response = client.request(method, path)
    check_problem(response, status, said)
    assert (response.headers.get("allow") == "POST") == (status == 405)


def test_a_conversation_that_is_not_there(client: TestClient) -> None:
    response = client.post("/api/chat", json={"message": ONLINE, "conversation_id": "khong-co"})
    check_problem(response, 404, "hãy bắt đầu cuộc mới")


def test_a_failure_nobody_foresaw_says_nothing_of_the_inside(corpus_data: Path) -> None:
    app = create_app(lambda: None)  # type: ignore[arg-type, return-value]
    client = TestClient(app, raise_server_exceptions=False)  # the lifespan does not run: no assistant
    response = client.post("/api/chat", json={"message": SECRET})
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"].startswith("Có lỗi ngoài dự kiến")
    assert "Error" not in response.text


def test_a_conversation_is_kept_read_and_deleted(client: TestClient) -> None:
    first = ask(client)
    second = ask(client, "Ai chủ trì buổi làm việc?", conversation_id=first["conversation_id"])
    assert second["conversation_id"] == first["conversation_id"]
    path = f"/api/conversations/{first['conversation_id']}"
    messages = client.get(path).json()["messages"]
    assert [message["role"] for message in messages] == ["user", "assistant"] * 2
    assert messages[0]["text"] == ONLINE
    assert messages[1]["answer"] == first
    assert messages[3]["answer"] == second
    assert client.delete(path).status_code == 204
    check_problem(client.get(path), 404, "đã bị xóa")


def test_documents_are_listed_and_opened(client: TestClient) -> None:
    listed = client.get("/api/documents").json()["documents"]
    assert len(listed) == client.get("/readyz").json()["documents"] >= 20
    assert len({document["id"] for document in listed}) == len(listed)
    resolution = next(document for document in listed if document["id"] == "05-nq-tu-2021")
    assert resolution["number"] == "05-NQ/TU"
    assert resolution["issued_on"] == "2021-04-09"
    assert resolution["illustrative"] is True
    opened = client.get("/api/documents/05-nq-tu-2021").json()
    assert opened.items() >= resolution.items()
    assert "ĐẢNG CỘNG SẢN VIỆT NAM" in opened["text"]
    for unit in opened["units"]:
        assert 0 <= unit["start"] <= unit["head"] <= unit["end"] <= len(opened["text"])


def test_an_answer_comes_from_the_documents_that_were_chosen(client: TestClient) -> None:
    question = "Mục tiêu thu hút vốn FDI giai đoạn 2021-2025 của tỉnh là bao nhiêu?"
    chosen = ask(client, question, document_ids=["05-nq-tu-2021"])
    assert {citation["document_id"] for citation in chosen["citations"]} == {"05-nq-tu-2021"}
    assert "5 tỷ USD" in chosen["text"]
    for nothing in ([], ["khong-co"]):
        answer = ask(client, question, document_ids=nothing)
        assert (answer["status"], answer["citations"]) == ("not_found", [])


def test_every_page_has_the_security_headers_and_no_other_host(client: TestClient) -> None:
    for path in ("/", "/documents", "/documents/05-nq-tu-2021", "/web/style.css", "/healthz", "/docs", "/openapi.json"):
        response = client.get(path)
        assert response.status_code == 200, path
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"
        policy = response.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy or path == "/docs"
        assert "http" not in policy


@pytest.mark.parametrize("page", ["/", "/docs"])
def test_what_a_page_loads_is_served_here(client: TestClient, page: str) -> None:
    assets = re.findall(r'(?:src|href)="([^"#]+)"', client.get(page).text)
    assert assets
    for asset in assets:
        assert asset.startswith("/"), asset
        assert client.get(asset).status_code == 200, asset


def test_only_known_hosts_are_answered(corpus_data: Path) -> None:
    app: FastAPI = create_app(lambda: None, ["hoidap.quangninh.gov.vn"])  # type: ignore[arg-type, return-value]
    client = TestClient(app)
    assert client.get("/healthz", headers={"host": "hoidap.quangninh.gov.vn"}).status_code == 200
    refused = client.get("/healthz", headers={"host": "evil.example"})
    assert refused.status_code == 400
    assert "default-src 'self'" in refused.headers["content-security-policy"]
