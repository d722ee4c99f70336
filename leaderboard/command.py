"""The command `arts leaderboard`: serve the leaderboard as a web app, or write it to one HTML file."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arts.cli.app import tell
from arts.cli.given_options import refuse_given
from arts.cli.resample_option import Resampling
from arts.data.errors import ArtsError, DataError, MissingDependencyError
from arts.evaluation.resample import Resample

if TYPE_CHECKING:
    from arts.leaderboard.store.store import Store

APP = Path(__file__).with_name("app.py")
_DEFAULT_FOLDER = "results"


def leaderboard(
    folders: Annotated[list[str] | None, typer.Argument()] = None,
    *,
    packaged: bool = True,
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8501,
    address: str = "localhost",
    read_only: bool | None = None,
    resample: Resampling = Resample.SENTENCES,
    export: Path | None = None,
) -> None:
    """Serve the leaderboard as a web app; a network is needed only for folders on the Hugging Face Hub.

    Args:
        folders: Folders with reports, or hf: followed by the id of a dataset repository on the Hugging
            Face Hub. Reports submitted in the app are added to the first folder that is not on the Hub.
            Default: results, which need not exist.
        packaged: Also show the scores published in the paper (Xing et al., 2020) and the results that come
            with this package.
        port: Port of the app.
        address: Address to listen on; with 0.0.0.0, other machines can reach the app.
        read_only: Let visitors neither train models nor submit results. Default: only where other machines
            can reach the app. Behind a proxy on this machine, the option has to be given.
        resample: What intervals and paired tests are over: sentences where they are known, or single units.
        export: Folder to write the leaderboard to as one HTML file (index.html), instead of starting the
            app.
    """
    from arts.leaderboard.store.store import Store

    refuse_given("port", "address", "read_only", when=export, because="with --export, which starts no app")
    _check_folders(folders or ())
    store = Store(tuple(folders or [_DEFAULT_FOLDER]), packaged=packaged, resample=resample)
    if export:
        _require_module("vl_convert", "vl-convert-python, for the charts of the page,")
        from arts.leaderboard.web.static_page import NAME as PAGE_NAME
        from arts.leaderboard.web.static_page import write_page

        is_new = not (export / PAGE_NAME).exists()
        path = write_page(store, export)
        tell(f"wrote {path}" if is_new else f"wrote {path}, in place of the page that was there")
        return
    _require_module("streamlit", "streamlit, for the leaderboard,")
    _check_port(address, port)
    _serve(store, port=port, address=address, read_only=read_only)


def _check_folders(folders: Sequence[str]) -> None:
    """Raise `DataError` for a folder that does not exist, unless it is that which is the default."""
    from arts.leaderboard.store.store import DATASET_PREFIX

    for folder in folders:
        is_local = not folder.startswith(DATASET_PREFIX) and Path(folder) != Path(_DEFAULT_FOLDER)
        if is_local and not Path(folder).is_dir():
            raise DataError(folder, "no such folder; expected a folder with reports, which may be empty")


def _require_module(module: str, purpose: str) -> None:
    """Raise `MissingDependencyError` unless a module of the extra ``leaderboard`` is installed.

    Args:
        module: Import name of the module.
        purpose: What the error says is missing: the name of the library, and what it is needed for.
    """
    if find_spec(module) is None:
        raise MissingDependencyError(purpose, "leaderboard")


def _check_port(address: str, port: int) -> None:
    """Raise `ArtsError` unless the app can listen at this address and port."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((address, port))
        except OSError as error:
            raise ArtsError(
                f"{address}:{port} cannot be listened at: {error.strerror}; see --port"
            ) from error


def _serve(store: Store, *, port: int, address: str, read_only: bool | None) -> None:
    """Run the app in this process until it is stopped.

    Modules are imported and reports are read first, so that the first visitor need not wait.
    """
    from streamlit.web import cli

    from arts.leaderboard.analysis.table import corpus_rows
    from arts.leaderboard.store.access import access_argument
    from arts.leaderboard.store.live_board import live_board
    from arts.leaderboard.store.store import CHECKED_BEFORE_START

    board, version = live_board(store).look(CHECKED_BEFORE_START)
    for corpus in board.corpora:
        corpus_rows(store, version, corpus)
    server = ["--server.headless", "true", "--server.port", str(port), "--server.address", address]
    arguments = [*store.arguments, access_argument(address, read_only)]
    cli.main(["run", *server, str(APP), "--", *arguments], standalone_mode=False)
