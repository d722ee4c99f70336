"""Code of users that runs here (modules, classes, functions): what ends it becomes one line."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from arts.data.errors import ArtsError


@contextmanager
def own_code(action: str) -> Iterator[None]:
    """Turn what a user's code raises inside the ``with`` block into an `ArtsError`; `sys.exit`, too.

    Ctrl-C ends it as it ends all else.

    Args:
        action: what the code is run for, such as ``mine:model: predicting``; the message begins with it.
    """
    try:
        yield
    except ArtsError:
        raise
    except (Exception, SystemExit) as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        raise ArtsError(
            f"{action} raised {type(error).__name__}: {error} ({place.filename}, line {place.lineno})"
        ) from error
