"""The tally of a run with a served model: tokens and time, who answered, and what is to be known of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from arts.models.language_models.answer_store import Reply
from arts.models.language_models.request_form import RequestForm


@dataclass
class Tally:
    """Counts over the replies of a run.

    Args:
        versions: replies to requests of this run, by the name and fingerprint that the server gave with them.
        replies: replies, also those known from before.
        requests: requests of this run that were answered.
        prompt_tokens: tokens read, over all replies.
        completion_tokens: tokens written, over all replies.
        cut_off: replies with as many tokens as they may have.
        without_usage: replies whose tokens the server did not count.
        out_of_form: replies that should have been JSON with a label, and are not.
        outdated: replies known from before that were not used, since another version gave them.
        seconds: time that asking took.
    """

    versions: Counter[tuple[str, str]] = field(default_factory=Counter)
    replies: int = 0
    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cut_off: int = 0
    without_usage: int = 0
    out_of_form: int = 0
    outdated: int = 0
    seconds: float = 0.0

    def add_request(self, reply: Reply) -> None:
        """Count a request that was answered in this run."""
        self.requests += 1
        self.versions[reply.version] += 1

    def add_reply(self, reply: Reply, *, in_form: bool) -> None:
        """Count a reply that is used.

        Args:
            reply: the reply.
            in_form: whether it is what was asked for.
        """
        self.replies += 1
        self.prompt_tokens += reply.prompt_tokens
        self.completion_tokens += reply.completion_tokens
        self.cut_off += reply.is_cut_off
        self.without_usage += reply.is_estimated
        self.out_of_form += not in_form

    @property
    def model(self) -> str | None:
        """The names that the server gave to the model; None if it gave none."""
        return _listed(model for model, _ in self.versions)

    @property
    def fingerprint(self) -> str | None:
        """The fingerprints that the server gave; None if it gave none."""
        return _listed(fingerprint for _, fingerprint in self.versions)

    def remarks(self, form: RequestForm) -> Iterator[str]:
        """What the server refused, in its words, and what else is to be known about the answers."""
        for name, text in form.refused.items():
            yield f"{name} not used: {text}"
        if len(self.versions) > 1:
            names = (f"{model} {fingerprint}".strip() for model, fingerprint in self.versions)
            yield f"{len(self.versions)} versions of the model answered: {', '.join(names)}"
        counts = {
            "known answers were asked for again: another version of the model had given them": self.outdated,
            "answers were cut off at the tokens that they may have": self.cut_off,
            "answers are not the JSON that was asked for": self.out_of_form,
            "answers came without their tokens, which are estimated as characters / 4": self.without_usage,
        }
        for text, count in counts.items():
            if count:
                yield f"{count:,} {text}"


def _listed(names: Iterable[str]) -> str | None:
    """The names, each once, as one text; None when there are none."""
    return ", ".join(dict.fromkeys(filter(None, names))) or None
