"""The report of unlearning."""

from __future__ import annotations

import json
from typing import Literal

from arts.data.support.record import Record

FILE = "unlearn_report.json"


class Step(Record):
    """An update: its loss, the mean of each term before it is weighted, and the learning rate."""

    step: int
    total: float
    forget: float | None = None
    replay: float | None = None
    mitigation: float | None = None
    rate: float


class Probe(Record):
    """A look at the stop, in nats a row.

    `forget` is the lower-bounded forgetting loss on texts to be forgotten; `retain` is cross-entropy on
    texts to be kept that are not trained on.
    """

    step: int
    forget: float
    retain: float


class Texts(Record):
    """What was forgotten, or kept."""

    name: str
    checksum: str
    texts: int


class UnlearnReport(Record):
    """What was unlearned from what, and how it went.

    `kept` is the step whose weights were kept; `tokens` were trained on; `peak_memory` is in bytes.
    """

    schema_version: Literal["1.0"] = "1.0"
    model: str
    model_checksum: str
    reference: str | None = None
    forget: Texts
    retain: Texts
    objective: str
    settings: dict[str, float | int | str | None]
    steps: list[Step]
    probes: list[Probe]
    kept: int
    stopped: str
    tokens: int
    seconds: float
    peak_memory: int
    versions: dict[str, str]
    command: str | None = None
    created: str

    def card(self) -> str:
        """A model card: what was unlearned from what, and how."""
        settings = ", ".join(f"{name} {value}" for name, value in self.settings.items() if value is not None)
        before, after = self.probes[0], next(p for p in self.probes if p.step == self.kept)
        lines = [
            "---",
            "tags:",
            "- unlearning",
            "- arts",
            "base_model:",
            f"- {json.dumps(self.model)}",
            "---",
            "",
            f"# {self.model}, unlearned",
            "",
            f"{self.forget.texts:,} texts of {self.forget.name} (`{self.forget.checksum}`) were unlearned "
            f"from {self.model} (`{self.model_checksum}`) by the objective {self.objective}, with "
            f"{self.retain.texts:,} texts of {self.retain.name} (`{self.retain.checksum}`) to be kept.",
            "",
            f"Settings: {settings}. Stopped, because {self.stopped}; the weights are those of step "
            f"{self.kept}.",
            "",
            "| nats a row | before | after |",
            "|---|---:|---:|",
            f"| -log(1 - p) on what was to be forgotten | {before.forget:.4f} | {after.forget:.4f} |",
            f"| -log p on what was to be kept, held out | {before.retain:.4f} | {after.retain:.4f} |",
            "",
            f"Made by {', '.join(f'{name} {number}' for name, number in self.versions.items())}.",
        ]
        if self.command:
            lines += ["", "```", self.command, "```"]
        return "\n".join(lines) + "\n"
