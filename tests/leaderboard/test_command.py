"""`arts leaderboard` on the command line."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from arts.cli.app import command_app
from arts.data.errors import ArtsError, DataError, MissingDependencyError
from arts.leaderboard.command import leaderboard


def run(*arguments: str) -> None:
    CliRunner().invoke(command_app(leaderboard), list(arguments), catch_exceptions=False)


@pytest.mark.parametrize("option", [(), ("--export", "page")])
def test_command_says_which_extra_is_missing(monkeypatch, option):
    monkeypatch.setattr("arts.leaderboard.command.find_spec", lambda module: None)
    with pytest.raises(MissingDependencyError, match=r'Run: pip install "arts-absa\[leaderboard\]"'):
        run("results", *option)


def test_command_says_that_a_port_is_taken():
    with socket.socket() as taken:
        taken.bind(("localhost", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with pytest.raises(ArtsError, match=f"localhost:{port} cannot be listened at: .*; see --port"):
            run("results", "--port", port)


def test_command_exports_a_page(three_results: Path, tmp_path: Path):
    run(str(three_results), "--no-packaged", "--export", str(tmp_path / "page"))
    page = (tmp_path / "page" / "index.html").read_text("utf-8")
    assert "model 2" in page
    assert "(paper)" not in page


def test_command_says_that_an_exported_page_replaces_another(three_results: Path, tmp_path: Path):
    command = [str(three_results), "--no-packaged", "--export", str(tmp_path / "page")]
    first, second = (CliRunner().invoke(command_app(leaderboard), command) for _ in range(2))
    path = tmp_path / "page" / "index.html"
    assert first.stderr.splitlines()[-1] == f"arts: wrote {path}"
    assert second.stderr.splitlines()[-1] == f"arts: wrote {path}, in place of the page that was there"


@pytest.mark.parametrize("option", [(), ("--export", "page")])
def test_command_refuses_a_folder_that_does_not_exist(monkeypatch, tmp_path: Path, option):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    with pytest.raises(DataError, match=r"^nothere: no such folder"):
        run("mine", "nothere", *option)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_command_does_not_need_the_default_folder(monkeypatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    for folders in ((), ("results/",)):
        run(*folders, "--no-packaged", "--export", "page")
    assert (tmp_path / "page" / "index.html").is_file()
