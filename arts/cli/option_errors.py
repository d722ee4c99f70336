"""Errors in fields of a record, said of the options of the command line that gave them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from arts.data.errors import ArtsError
from arts.data.support.checked_fields import FieldError


@contextmanager
def as_option_errors(**options: str) -> Iterator[None]:
    """Turn a `FieldError` raised inside the ``with`` block into an `ArtsError` that names the option.

    Args:
        options: names of options, such as ``until``, keyed by the field that they set; an option that is not
            among them has the name of its field.
    """
    try:
        yield
    except FieldError as error:
        field = re.split(r"[.\[]", error.field)[0]
        option = options.get(field, field).replace("_", "-")
        raise ArtsError(f"--{option} {error.fault}") from error
