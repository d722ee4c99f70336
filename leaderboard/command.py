"""`arts leaderboard`: open the board, or write it to a folder."""

from __future__ import annotations

import socket
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from arts.data.errors import ArtsError, MissingDependencyError

APP = Path(__file__).with_name("app.py")


def leaderboard(
    folders: Annotated[
        list[str] | None,
        typer.Argument(
            help="Folders with reports, or hf: and the id of a dataset repository. The first folder takes "
            "what is submitted. Default: results."
        ),
    ] = None,
    packaged: Annotated[
        bool, typer.Option(help="Show the paper's figures and the package's own results, too.")
    ] = True,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Of the app.")] = 8501,
    address: Annotated[
        str, typer.Option(help="To listen at: 0.0.0.0 for other machines to reach it.")
    ] = "localhost",
    export: Annotated[
        Path | None, typer.Option(help="Write the board to a folder as one HTML file, and start no app.")
    ] = None,
) -> None:
    """Open the leaderboard in a browser; no network is needed."""
    chosen = folders or ["results"]
    if export:
        from arts.leaderboard.store.store import Store
        from arts.leaderboard.web.export import write

        path = write(Store(tuple(chosen), packaged=packaged), export)
        typer.echo(f"arts: wrote {path}", err=True)
        return
    if find_spec("streamlit") is None:
        raise MissingDependencyError("streamlit, for the leaderboard,", "leaderboard")
    _check_free(address, port)
    _serve(chosen, packaged=packaged, port=port, address=address)


def _check_free(address: str, port: int) -> None:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((address, port))
        except OSError as error:
            raise ArtsError(
                f"{address}:{port} cannot be listened at: {error.strerror}; see --port"
            ) from error


def _serve(folders: list[str], *, packaged: bool, port: int, address: str) -> None:
    """Run the app in this process, warm, so that its first visitor does not wait for imports."""
    from streamlit.web import cli

    from arts.leaderboard.analysis.table import table
    from arts.leaderboard.store.live_board import watch
    from arts.leaderboard.store.store import WAITED_FOR, Store

    Store(tuple(folders), packaged=packaged).read(WAITED_FOR)
    board, _ = watch(tuple(folders), packaged=packaged).look()
    for corpus in board.corpora:
        table(board.on(corpus))
    options = ["--server.headless", "true", "--server.port", str(port), "--server.address", address]
    bare = [] if packaged else ["--no-packaged"]
    cli.main(["run", *options, str(APP), "--", *folders, *bare], standalone_mode=False)
