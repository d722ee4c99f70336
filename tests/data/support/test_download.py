"""Files from the network: once, checked, whole."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from helpers.servers import QuietHandler, serving

from arts.data.errors import DataError, DownloadError
from arts.data.support import download
from arts.data.support.download import fetch_release_file

NAME = "data/src_data/laptop/train.json"

CONTENT = b'{"1_0": {}}'


class Handler(QuietHandler):
    """Serves CONTENT, or what the server's `mode` says; counts the requests."""

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        mode = self.server.mode
        if mode == "missing":
            self.send_error(404)
            return
        body = b"something else" if mode == "wrong" else CONTENT
        self.send_response(200)
        self.send_header("Content-Length", str(len(body) + 100 * (mode == "broken")))
        self.end_headers()
        if mode == "slow":
            threading.Event().wait(0.5)
        self.wfile.write(body)


@pytest.fixture
def server():
    with serving(Handler) as server:
        server.mode = "right"
        yield server


@pytest.fixture(autouse=True)
def checksum(monkeypatch):
    monkeypatch.setattr(download, "release_checksums", lambda: {NAME: hashlib.sha256(CONTENT).hexdigest()})


def leftovers(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.rglob("*") if p.is_file() and p.suffix != ".lock")


def test_download_lands_in_the_cache_and_is_not_repeated(server, tmp_path):
    path = fetch_release_file(NAME, base_url=server.url)
    assert path == tmp_path / "cache" / "ARTS_TestSet" / NAME
    assert path.read_bytes() == CONTENT
    assert fetch_release_file(NAME, base_url=server.url) == path
    assert server.paths == [f"/{NAME}"]


def test_download_a_damaged_cache_is_fetched_again(server):
    path = fetch_release_file(NAME, base_url=server.url)
    path.write_bytes(b"damaged")
    assert fetch_release_file(NAME, base_url=server.url).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("mode", "message"),
    [
        ("wrong", r"train\.json: what was downloaded is not the released file \(expected SHA-256"),
        ("broken", r"could not be downloaded \(\w+\)\. With no network, .* set ARTS_DATA_HOME"),
        ("missing", r"could not be downloaded \(404 Client Error"),
    ],
)
def test_download_a_failed_download_leaves_nothing(server, tmp_path, mode, message):
    server.mode = mode
    with pytest.raises(DownloadError, match=message):
        fetch_release_file(NAME, base_url=server.url)
    assert leftovers(tmp_path) == []
    server.mode = "right"
    assert fetch_release_file(NAME, base_url=server.url).read_bytes() == CONTENT


def test_download_no_server_is_one_clear_error():
    with pytest.raises(DownloadError, match="could not be downloaded"):
        fetch_release_file(NAME, base_url="http://127.0.0.1:9/")


def test_download_a_second_process_waits_and_finds_the_file(server, tmp_path):
    server.mode = "slow"
    code = (
        "import hashlib, sys\n"
        "from arts.data.support import download\n"
        f"download.release_checksums = lambda: {{{NAME!r}: {hashlib.sha256(CONTENT).hexdigest()!r}}}\n"
        f"print(download.fetch_release_file({NAME!r}, base_url={server.url!r}).read_bytes())\n"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=tmp_path)
        for _ in range(2)
    ]
    outputs = [run.communicate(timeout=60)[0] for run in runs]
    assert outputs == [f"{CONTENT}\n"] * 2
    assert server.paths == [f"/{NAME}"]


def test_download_what_is_missing_in_data_home_is_said(server, tmp_path, monkeypatch):
    monkeypatch.setenv("ARTS_DATA_HOME", str(tmp_path))
    server.mode = "missing"
    with pytest.raises(DownloadError, match=rf"ARTS_DATA_HOME is set to {tmp_path}, which has no {NAME}"):
        fetch_release_file(NAME, base_url=server.url)


def test_download_data_home_comes_first(server, tmp_path, monkeypatch):
    monkeypatch.setenv("ARTS_DATA_HOME", str(tmp_path / "home"))
    with pytest.raises(DataError, match="ARTS_DATA_HOME is not a folder"):
        fetch_release_file(NAME, base_url=server.url)
    path = tmp_path / "home" / NAME
    path.parent.mkdir(parents=True)
    assert fetch_release_file(NAME, base_url=server.url) != path  # not there: cache or download
    path.write_bytes(CONTENT)
    assert fetch_release_file(NAME, base_url=server.url) == path
    path.write_bytes(b"edited")
    with pytest.raises(DataError, match=r"is not the released file .* pass its path as the dataset"):
        fetch_release_file(NAME, base_url=server.url)
