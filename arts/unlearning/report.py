"""The report of an unlearning run, as it is stored in JSON."""

from __future__ import annotations

from typing import Literal

from arts.data.support.record import Record

UNLEARN_REPORT_FILE = "unlearn_report.json"


class StepLosses(Record):
    """The losses of an optimizer step.

    Args:
        step: number of the step, from 1.
        total: the weighted sum of the terms.
        forget: mean forgetting loss, before it is weighted; None if there is no such term.
        replay: mean cross-entropy on the retain set, before it is weighted.
        mitigation: mean KL divergence from the original, before it is weighted.
        rate: learning rate.
    """

    step: int
    total: float
    forget: float | None = None
    replay: float | None = None
    mitigation: float | None = None
    rate: float


class StopProbe(Record):
    """The two losses that the stop is decided on, in nats a prediction.

    Args:
        step: number of optimizer steps taken.
        forget: lower-bounded forgetting loss on texts of the forget set.
        retain: cross-entropy on texts of the retain set that are not trained on.
    """

    step: int
    forget: float
    retain: float


class TextSource(Record):
    """Where a set of texts comes from.

    Args:
        name: name of the file or dataset.
        checksum: SHA-256 of the file, or the dataset's fingerprint.
        texts: number of texts.
    """

    name: str
    checksum: str
    texts: int


class UnlearnReport(Record):
    """What was unlearned from which model, and how it went.

    Args:
        schema_version: version of this format.
        model: the original that was trained.
        model_checksum: SHA-256 of its weights.
        reference: the original that bias mitigation refers to, if it is another.
        forget: the forget set.
        retain: the retain set.
        objective: name of the objective.
        settings: all other settings.
        steps: the losses of each step.
        probes: the losses that the stop was decided on, the first before training.
        kept: number of the step whose weights were kept.
        stopped: why training stopped, as the end of a sentence.
        tokens: number of tokens trained on.
        seconds: duration from start to end.
        peak_memory: largest resident memory of the process, in bytes.
        versions: versions of the libraries that calculated.
        command: the command line, if there was one.
        created: date and time, in UTC.
    """

    schema_version: Literal["1.0"] = "1.0"
    model: str
    model_checksum: str
    reference: str | None = None
    forget: TextSource
    retain: TextSource
    objective: str
    settings: dict[str, float | int | str | None]
    steps: list[StepLosses]
    probes: list[StopProbe]
    kept: int
    stopped: str
    tokens: int
    seconds: float
    peak_memory: int
    versions: dict[str, str]
    command: str | None = None
    created: str

    @property
    def kept_probe(self) -> StopProbe:
        """The losses with the weights that were kept."""
        return next(probe for probe in self.probes if probe.step == self.kept)
