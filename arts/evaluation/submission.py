"""What somebody who submits results says of the model; nothing of it is checked."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from arts.data.support.record import Record

MAX_LENGTH = 200  # characters of a fact
Fact = Annotated[str, Field(max_length=MAX_LENGTH)]


class Submission(Record):
    """What the submitter of predictions or of a report says; empty where nothing is said.

    Args:
        paper: title, DOI or URL of the paper that describes the model.
        code: URL of the code or of the model.
        training_data: what the model was trained on.
        licence: licence of the model.
    """

    paper: Fact = ""
    code: Fact = ""
    training_data: Fact = ""
    licence: Fact = ""
