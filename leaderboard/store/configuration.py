"""What makes two entries the same model but for the random seed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from arts.evaluation.report_record import ReportRecord
from arts.interventions.registry import settings_without_outcome

DIGEST_LENGTH = 12  # characters of a configuration


def training_settings(report: ReportRecord) -> dict[str, Any]:
    """All that the model of a report was trained with, besides its name, encoder and seed, as JSON values.

    Args:
        report: The report.

    Returns:
        What is recorded of these: ``encoder_checksum``; ``intervention``, its name and settings without what
        its training came to; ``recipe``, the hyperparameters; ``extras``, such as word vectors; and
        ``trained_on``, the files of the corpus. Machine and precision are left out.
    """
    model = report.model
    settings = {
        "encoder_checksum": model.encoder_checksum,
        "intervention": settings_without_outcome(model.intervention) if model.intervention else None,
        "recipe": dict(model.recipe),
        "extras": dict(model.extras),
        "trained_on": dict(report.dataset.files) if model.kind == "zoo" else None,
    }
    return {name: value for name, value in settings.items() if value}


def digest(values: Any) -> str:
    """A short digest of JSON values, whatever the order of their keys; those that are None do not count."""
    text = json.dumps(_given(values), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LENGTH]


def _given(value: Any) -> Any:
    """JSON values without those in an object, however deep, that are None."""
    if isinstance(value, Mapping):
        return {name: _given(item) for name, item in value.items() if item is not None}
    return [_given(item) for item in value] if isinstance(value, list | tuple) else value
