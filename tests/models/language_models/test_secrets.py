"""Keys and passwords are in requests, and nowhere else."""

from __future__ import annotations

import json
import logging
import traceback

import pytest
from helpers.chat_server import KEY, Fail, Raw, Say, chatting
from helpers.interviews import answers_of, respondent, run, soups

from arts.data.errors import ArtsError
from arts.models.language_models.served import ServedRespondent

ECHOES = {
    "refusal": Fail(400, f"Bearer {KEY} may not"),
    "refused key": Fail(401, f"Incorrect API key provided: {KEY}"),
    "failure": Fail(500, f"cannot log {KEY}"),
    "page": Raw(f"<html>{KEY}</html>".encode()),
    "no completion": Raw(json.dumps({KEY: KEY}).encode()),
}


def files(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_secrets_a_key_is_sent_and_kept_nowhere(tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    echo = Say(f"the key is {KEY}", model=f"tiny {KEY}", fingerprint=f"fp {KEY}")
    with chatting(lambda body, number: echo, [{"id": "tiny", "created": 1, "owned_by": KEY}]) as server:
        answers, served = run(server, 3)
        assert {headers["authorization"] for headers in server.headers} == {f"Bearer {KEY}"}
    assert {answer.text for answer in answers} == {"the key is [key]"}
    shown = [served.facts().model_dump_json(), repr(served), repr(vars(served)), caplog.text]
    assert not [text for text in shown if KEY in text]
    kept = files(tmp_path / "cache")
    assert any(b"the key is [key]" in content for content in kept.values())
    assert not [path for path, content in kept.items() if KEY.encode() in content or KEY in str(path)]


@pytest.mark.parametrize("kind", ECHOES)
def test_secrets_a_key_is_in_no_error_and_in_none_that_it_comes_from(kind, caplog):
    caplog.set_level(logging.DEBUG)
    with chatting(lambda body, number: ECHOES[kind]) as server, pytest.raises(ArtsError) as error:
        run(server, 1)
    chain, texts = error.value, []
    while chain is not None:
        texts += [str(chain), repr(chain), repr(vars(chain))]
        chain = chain.__cause__ or (None if chain.__suppress_context__ else chain.__context__)
    texts += traceback.format_exception(error.value)
    assert not [text for text in [*texts, caplog.text] if KEY in text]
    assert "[key]" in str(error.value)


@pytest.mark.parametrize(
    "key", [f"{KEY}\nX-Other: 1", "sk-with space", "sk-ключ-of-letters", "sk-\x00-control"]
)
def test_secrets_a_key_that_cannot_be_one_is_refused_unseen(key):
    with pytest.raises(ArtsError) as error:
        ServedRespondent("tiny", base_url="http://127.0.0.1:9/v1", api_key=key)
    assert str(error.value) == (
        "OPENAI_API_KEY has characters that no key has; expected ASCII without spaces"
    )


def test_secrets_space_around_a_key_is_no_part_of_it(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", f" {KEY}\n")
    with chatting(lambda body, number: Say("positive")) as server:
        answers_of(respondent(server, api_key=None), soups(1))
        assert server.headers[0]["authorization"] == f"Bearer {KEY}"


def test_secrets_a_password_in_an_address_is_shown_nowhere():
    with chatting(lambda body, number: Say("positive")) as server:
        address = server.base_url.replace("//", "//me:hunter22@") + "/?token=abcdefgh"
        served = ServedRespondent("tiny", base_url=address, api_key=KEY)
        shown = served.facts().model_dump_json() + repr(vars(served))
    assert served.facts().server == server.base_url
    assert "hunter22" not in shown
    assert "abcdefgh" not in shown


@pytest.mark.parametrize(
    "address", ["127.0.0.1:8000/v1", "ftp://127.0.0.1", "http://", "http://me:hunter22@:x", "localhost"]
)
def test_secrets_an_address_that_is_none_is_refused_without_its_password(address):
    with pytest.raises(ArtsError, match="; expected an address such as http://127") as error:
        ServedRespondent("tiny", base_url=address, api_key=KEY)
    assert "hunter22" not in str(error.value)
