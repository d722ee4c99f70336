"""Finding the encoder: a folder, the packaged default, the Hub; and what makes one unfit."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError

import pytest
import torch
from helpers.servers import QuietHandler, serving
from helpers.zoo import fit, start
from safetensors.torch import load_file, save_file
from transformers import (
    GPT2Config,
    GPT2Model,
    PreTrainedTokenizerFast,
)

from arts.data.errors import ArtsError, MissingDependencyError
from arts.models import encoders
from arts.models.encoders import DEFAULT_ENCODER, encoder_checksum, encoder_folder, load_tokenizer

COMMIT = "0123456789abcdef0123456789abcdef01234567"

FILES = {
    "config.json": b'{"model_type": "bert"}',
    "model.safetensors": b"weights",
    "1_Pooling/config.json": b"{}",
    "onnx/model.onnx": b"not wanted",
}


class Hub(QuietHandler):
    """The endpoints of the Hugging Face Hub that a snapshot needs, for one repository."""

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        self.answer(body=True)

    def answer(self, *, body: bool) -> None:
        if self.path.startswith("/api/models/me/tiny/tree"):
            tree = [
                {"type": "file", "path": name, "size": len(content), "oid": hashlib.sha1(content).hexdigest()}
                for name, content in FILES.items()
            ]
            content = json.dumps(tree).encode()
        elif self.path.startswith("/api/models/me/tiny"):
            listing = {"id": "me/tiny", "sha": COMMIT, "siblings": [{"rfilename": name} for name in FILES]}
            content = json.dumps(listing).encode()
        else:
            content = FILES.get(self.path.removeprefix(f"/me/tiny/resolve/{COMMIT}/"))
        if content is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("ETag", hashlib.sha1(content).hexdigest())
        self.end_headers()
        if body:
            self.wfile.write(content)


@pytest.fixture
def hub():
    with serving(Hub) as server:
        yield server


def resolve_elsewhere(name, server, folder):
    """In a new process, since huggingface_hub reads its settings once."""
    code = f"from arts.models.encoders import encoder_folder; print(encoder_folder({name!r}))"
    settings = {"HF_ENDPOINT": f"http://127.0.0.1:{server.server_port}", "HF_HOME": str(folder / "hf")}
    environment = {k: v for k, v in os.environ.items() if k != "HF_HUB_OFFLINE"} | settings
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        check=False,
        timeout=120,
    )


def test_encoders_a_hub_encoder_is_downloaded_once_without_what_is_not_needed(hub, tmp_path):
    done = resolve_elsewhere("me/tiny", hub, tmp_path)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / done.stdout.strip()
    assert folder.name == COMMIT
    wanted = sorted(name for name in FILES if not name.endswith(".onnx"))
    assert sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()) == wanted
    before = len([path for path in hub.paths if "/resolve/" in path])
    assert resolve_elsewhere("me/tiny", hub, tmp_path).stdout == done.stdout
    assert len([path for path in hub.paths if "/resolve/" in path]) == before


def test_encoders_an_encoder_that_the_hub_has_not_is_one_clear_error(hub, tmp_path):
    done = resolve_elsewhere("me/none", hub, tmp_path)
    message = done.stderr.strip().splitlines()[-1]
    assert 'encoder "me/none" is neither a folder nor to be had from the Hugging Face Hub' in message
    assert message.endswith("(which answers with the status 404)")


def test_encoders_a_hub_that_cannot_be_reached_is_said_in_a_few_words(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ArtsError, match=r"from the Hugging Face Hub \(HF_HUB_OFFLINE is set\)$"):
        encoder_folder("me/nothing-of-this-name")


def test_encoders_a_folder_is_an_encoder_if_it_has_a_configuration(write, tmp_path):
    with pytest.raises(ArtsError, match=r"has no config\.json; expected a saved model"):
        encoder_folder(str(tmp_path))
    write("config.json", "{}")
    encoder_folder.cache_clear()
    assert encoder_folder(str(tmp_path)) == tmp_path


def test_encoders_the_checksum_changes_with_the_weights(write, tmp_path):
    write("config.json", "{}")
    write("model.safetensors", b"one")
    first = encoder_checksum(str(tmp_path))
    write("model.safetensors", b"two")
    assert encoder_checksum(str(tmp_path)) != first


def test_encoders_a_missing_default_names_the_pip_line(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    encoders.encoder_folder.cache_clear()
    with pytest.raises(MissingDependencyError, match=r'Run: pip install "arts-absa\[offline\]"'):
        encoder_folder(DEFAULT_ENCODER)


pytestmark = pytest.mark.usefixtures("short_recipes")


def gpt2(folder, encoder):
    GPT2Model(GPT2Config(n_layer=1, n_head=1, n_embd=8, vocab_size=40)).save_pretrained(folder)
    tokenizer = PreTrainedTokenizerFast.from_pretrained(encoder)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer.backend_tokenizer).save_pretrained(folder)


@pytest.mark.parametrize("name", ["bert", "td-lstm"])
def test_encoders_an_encoder_that_is_a_decoder_is_one_clear_error(name, encoder, tmp_path):
    gpt2(tmp_path / "gpt2", encoder)
    with pytest.raises(ArtsError, match=r"is a gpt2 model; expected a BERT-like encoder"):
        fit(name, str(tmp_path / "gpt2"))


def test_encoders_an_encoder_without_tokenizer_is_one_clear_error(encoder, tmp_path):
    shutil.copytree(encoder, tmp_path / "bare", ignore=shutil.ignore_patterns("tokenizer*"))
    with pytest.raises(ArtsError, match=r"has no tokenizer; expected one of tokenizer\.json"):
        fit("bert", str(tmp_path / "bare"))


def test_encoders_an_encoder_in_half_precision_is_trained_in_single(encoder, tmp_path):
    shutil.copytree(encoder, tmp_path / "half")
    file = tmp_path / "half" / "model.safetensors"
    halves = {name: tensor.bfloat16() for name, tensor in load_file(file).items()}
    save_file(halves, file, metadata={"format": "pt"})
    model, _ = start("bert", str(tmp_path / "half"))
    assert {weights.dtype for weights in model.parameters()} == {torch.float32}


def test_encoders_an_encoder_with_weights_missing_is_one_clear_error(encoder, write, tmp_path):
    shutil.copytree(encoder, tmp_path / "cut")
    file = tmp_path / "cut" / "model.safetensors"
    weights = load_file(file)
    del weights["encoder.layer.0.output.dense.weight"]
    save_file(weights, file, metadata={"format": "pt"})
    with pytest.raises(ArtsError, match=r"lacks 1 of the weights of BertModel"):
        fit("bert", str(tmp_path / "cut"))
    write("encoder/config.json", {"model_type": "bert"})
    with pytest.raises(ArtsError, match="has no tokenizer"):
        fit("bert", str(tmp_path / "encoder"))


@pytest.mark.parametrize(
    ("absent", "expected"),
    [
        (["sentencepiece"], "sentencepiece. Run: pip install sentencepiece"),
        (["protobuf"], "protobuf. Run: pip install protobuf"),
        (
            ["sentencepiece", "protobuf"],
            "sentencepiece and protobuf. Run: pip install sentencepiece protobuf",
        ),
    ],
)
def test_encoders_a_tokenizer_that_needs_sentencepiece_names_the_command(
    absent, expected, tmp_path, monkeypatch
):
    def version(name):
        if name in absent:
            raise PackageNotFoundError(name)

    (tmp_path / "spm.model").write_bytes(b"pieces")
    monkeypatch.setattr(encoders, "version", version)
    with pytest.raises(ArtsError) as raised:
        load_tokenizer(tmp_path)
    assert str(raised.value) == f"{tmp_path}: its tokenizer, spm.model, needs {expected}"
