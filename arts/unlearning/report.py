"""The report of an unlearning run, as it is stored in JSON."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from arts.data.support.display import Displayed
from arts.data.support.record import Record
from arts.data.support.rounding import decimal_text

UNLEARN_REPORT_FILE = "unlearn_report.json"


class StepLosses(Record):
    """The losses of one optimizer step, in nats per prediction.

    Args:
        step: number of the step, counted from 1.
        total: the weighted sum of the three terms below.
        forget: mean forgetting loss, not weighted.
        replay: mean cross-entropy on the retain set, not weighted. None when the weights of
            replay and mitigation, the two losses on this set, are both 0.
        mitigation: mean KL divergence from the reference model's predictions on the retain set, not weighted.
            None when its weight is 0.
        rate: learning rate.
    """

    step: int
    total: float
    forget: float | None = None
    replay: float | None = None
    mitigation: float | None = None
    rate: float


class StopProbe(Record):
    """A check of the stopping criteria: two losses on fixed texts, in nats per prediction.

    Args:
        step: number of optimizer steps taken before the check.
        forget: lower-bounded forgetting loss on up to 64 texts of the forget set.
        retain: cross-entropy on up to 64 texts that belong to the retain set but are held out of training.
    """

    step: int
    forget: float
    retain: float


class TextSource(Record):
    """The source of the forget set or of the retain set.

    Args:
        name: name of the file or dataset.
        checksum: SHA-256 of the file, or the dataset's fingerprint.
        texts: number of texts.
    """

    name: str
    checksum: str
    texts: int


class UnlearnReport(Displayed, Record):
    """What was unlearned from which model, and with what result.

    Args:
        schema_version: version of this format.
        model: the model before unlearning, called the original: a folder, GGUF file or Hub id.
        model_checksum: SHA-256 of the original's weights.
        reference: the reference model, whose outputs were compared with those of the model in training: on
            the retain set by bias mitigation, on the forget set by NPO. None: the original.
        reference_checksum: SHA-256 of the files of the reference model; None when it is the original.
        forget: source of the forget set.
        retain: source of the retain set.
        objective: name of the objective.
        settings: all other settings, keyed by name.
        steps: the losses of each optimizer step.
        probes: the checks of the stopping criteria; the first was made before training.
        kept: number of the step whose weights were kept.
        stopped: why training stopped, as the end of a sentence, such as "all 20 steps were taken".
        tokens: number of tokens trained on.
        seconds: duration of the whole run.
        peak_memory: largest resident memory of the process, in bytes.
        versions: versions of the libraries that were used, keyed by distribution name.
        environment: device, precision and number of threads, keyed as
            `arts.models.runtime.numerical_environment` returns them.
        truncated: number of truncated texts, under the keys ``forget`` and ``retain``.
        command: the command line; None when the run was not started by a command.
        created: date and time in UTC, in ISO 8601 format.
    """

    schema_version: Literal["1.0"] = "1.0"
    model: str
    model_checksum: str
    reference: str | None = None
    reference_checksum: str | None = None
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
    environment: dict[str, str | int] = Field(default_factory=dict)
    truncated: dict[str, int] = Field(default_factory=dict)
    command: str | None = None
    created: str

    def headline(self) -> str:
        """The model, the objective and the step whose weights were kept."""
        return f"{self.model} unlearned by {self.objective}: the weights of step {self.kept:,} are kept"

    def facts(self) -> dict[str, str]:
        """The two sets, the losses at each check of the stopping criteria, and why training stopped."""
        checks = {
            f"step {probe.step:,}": f"forget set {decimal_text(probe.forget, 4)}, "
            f"retain set {decimal_text(probe.retain, 4)} nats"
            for probe in self.probes
        }
        sets = {"forget set": self.forget, "retain set": self.retain}
        texts = {what: f"{source.name}, {source.texts:,} texts" for what, source in sets.items()}
        return texts | checks | {"stopped": self.stopped}

    @property
    def kept_probe(self) -> StopProbe:
        """The check of the stopping criteria that was made with the weights that were kept."""
        return next(probe for probe in self.probes if probe.step == self.kept)

    @property
    def remark(self) -> str:
        """That the forget set is no better forgotten than before; empty if it is."""
        before, after = self.probes[0].forget, self.kept_probe.forget
        if after < before:
            return ""
        return (
            f"nothing was unlearned: the forgetting loss is {decimal_text(after, 4)} nats, and was "
            f"{decimal_text(before, 4)} before; other --steps, --learning-rate or --weights may help"
        )
