"""Questions to a served model: what one prompt asks about all instances, and what is known of the replies."""

from __future__ import annotations

from dataclasses import dataclass, field

from arts.models.language_models.answer_store import Reply, checksum
from arts.models.language_models.cost import LABEL_TOKENS
from arts.models.language_models.prompts import Message
from arts.models.language_models.request_form import RequestForm


@dataclass
class Questions:
    """The questions of one call of `ServedRespondent.answers`.

    Args:
        messages: the conversations.
        ids: the ids of the instances.
        labels: the names of the labels.
        form: the form of the requests.
        keys: the checksums of the questions in this form.
        run: the checksum of the run, in which replies may be kept that other runs may not use.
        replies: the replies so far, by checksum.
        reply_tokens: tokens that a reply is expected to have.
    """

    messages: list[list[Message]]
    ids: list[str]
    labels: tuple[str, ...]
    form: RequestForm
    keys: list[str] = field(default_factory=list)
    run: str | None = None
    replies: dict[str, Reply] = field(default_factory=dict)
    reply_tokens: int = LABEL_TOKENS

    def take_form(self, form: RequestForm) -> None:
        """Ask in another form."""
        self.form = form
        self.keys = [checksum([messages, form.fields]) for messages in self.messages]

    @property
    def answered(self) -> int:
        """The number of questions with a reply."""
        return sum(key in self.replies for key in self.keys)

    def missing(self) -> list[int]:
        """The positions of the questions without a reply; of equal ones, the first."""
        first = {key: n for n, key in reversed([*enumerate(self.keys)])}
        return sorted(n for key, n in first.items() if key not in self.replies)
