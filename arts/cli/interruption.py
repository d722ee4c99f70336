"""Ctrl-C: a command ends within a second, whatever library it is in."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread, current_thread, main_thread
from time import sleep

from arts.cli.messages import Verbosity, tell, verbosity

INTERRUPTED = 130  # exit code
_GRACE = 0.5  # seconds that a command has to end after Ctrl-C, before it is ended
_CLOSED = 0  # what is written in place of the number of a signal when there is nothing to watch any more
_SHOW_CURSOR = "\x1b[?25h"  # progress bars hide it
_told = Event()
_afterwards = "the same command goes on from here"


@contextmanager
def prompt_interruption() -> Iterator[None]:
    """End this process soon after Ctrl-C, even if a library does not: inside a ``with`` block.

    Python itself reacts to Ctrl-C when the main thread runs Python code, and only once. Some libraries
    calculate, import or wait for seconds, or drop the exception. Work folders are made for ends of any kind.
    The block ends with `SystemExit`; if its code is `INTERRUPTED`, what is left to do has its time limit.
    """
    if current_thread() is not main_thread():
        yield
        return
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    watcher = Thread(target=_watch, args=(reader,), daemon=True)
    watcher.start()
    hook, sys.unraisablehook = sys.unraisablehook, _ignore_interruption
    try:
        yield
    except SystemExit as end:
        if end.code != INTERRUPTED:
            signal.set_wakeup_fd(before)
            os.write(writer, bytes([_CLOSED]))
            watcher.join()
            os.close(writer)
            sys.unraisablehook = hook
        raise


def _ignore_interruption(event: sys.UnraisableHookArgs) -> None:
    """Print no traceback where Ctrl-C hits a callback, in which no exception can be raised."""
    if event.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(event)


@contextmanager
def starting_over_after_interrupts() -> Iterator[None]:
    """Say of a ``with`` block that Ctrl-C ends that the same command does not go on from there."""
    global _afterwards
    before, _afterwards = _afterwards, "nothing was written; the same command starts over"
    try:
        yield
    except KeyboardInterrupt:
        raise
    except BaseException:
        _afterwards = before
        raise
    _afterwards = before


def tell_interrupted() -> None:
    """Say, once, that the command was interrupted."""
    if not _told.is_set():
        _told.set()
        tell(f"interrupted; {_afterwards}")


def _watch(reader: int) -> None:
    """Wait for Ctrl-C, then give the process a short time, then end it."""
    while (number := os.read(reader, 1)[0]) != _CLOSED:
        if number == signal.SIGINT and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            sleep(_GRACE)
            _end()
    os.close(reader)


def _end() -> None:
    """End this process, and those that it has started, at once."""
    multiprocessing = sys.modules.get("multiprocessing")
    for child in multiprocessing.active_children() if multiprocessing else ():
        child.kill()
    if os.isatty(2):
        os.write(2, f"\r{_SHOW_CURSOR}".encode())
    if not _told.is_set() and verbosity() is not Verbosity.QUIET:
        os.write(
            2, f"arts: interrupted; {_afterwards}\n".encode()
        )  # not by `tell`: the main thread may hold the stream
    os._exit(INTERRUPTED)
