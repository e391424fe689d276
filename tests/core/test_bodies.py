"""A body is read within bounds or refused in words; nothing in it can break the service."""

import json

import pytest
from flask.testing import FlaskClient

from qiaojiejie.core import bodies

CODES = "/api/v1/auth/codes"
DEEP = 100_000


@pytest.mark.parametrize("content", [
    b"{", b"\xff\xfe{", b"\xef\xbb\xbf{}", '{"a":1}'.encode("utf-16"), b'{"a":NaN}', b'{"a":-Infinity}',
    b"[" * DEEP + b"]" * DEEP, b'{"a":' * DEEP + b"1" + b"}" * DEEP, b"1" * 5_000, b'{"a":"\\ud800"}',
    b'{"\\ud800":1}', b'{"a":["\\udfff"]}'])
def test_what_is_not_json_in_utf_8_is_refused(content: bytes) -> None:
    with pytest.raises(bodies.BadJson):
        bodies.read(content)


def test_a_whole_surrogate_pair_is_a_character() -> None:
    assert bodies.read(b'{"a":"\\ud83d\\ude00"}') == {"a": "\U0001f600"}


def test_a_body_that_cannot_be_read_is_answered_with_a_problem(client: FlaskClient) -> None:
    for content in (b"[" * DEEP, b'{"\\ud800":1}', b"1" * 5_000):
        answer = client.post(CODES, data=content, content_type="application/json")
        assert (answer.status_code, answer.mimetype, answer.json["code"]) == (
            400, "application/problem+json", "BadJson")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "multipart/form-data"])
def test_a_body_that_says_it_is_no_json_does_not_pass_for_an_empty_one(client: FlaskClient, kind: str) -> None:
    answer = client.post(CODES, data=json.dumps({"phone": "13800000001"}), content_type=kind)
    assert (answer.status_code, answer.json["code"]) == (415, "NotJson")


def test_a_body_may_have_a_mebibyte_and_not_a_byte_more(client: FlaskClient) -> None:
    padded = json.dumps({"phone": "13800000001"}).encode().ljust(bodies.MOST_BYTES)
    assert client.post(CODES, data=padded, content_type="application/json").status_code == 202
    answer = client.post(CODES, data=padded + b" ", content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (413, "TooLarge")


def test_an_answer_that_is_not_what_one_holds_is_a_problem(client: FlaskClient) -> None:
    held = client.get("/api/v1/services").headers["ETag"]
    assert client.get("/api/v1/services", headers={"If-Match": held}).status_code == 200
    answer = client.get("/api/v1/services", headers={"If-Match": '"other"'})
    assert (answer.status_code, answer.mimetype, answer.json["code"]) == (412, "application/problem+json", "NotAsHeld")
