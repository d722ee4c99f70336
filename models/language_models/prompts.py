"""Prompts: templates that put an instance into words for a language model."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Self

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from arts.data.errors import DataError, lookup
from arts.data.schema import Instance, Polarity
from arts.data.support.foreign_file import read_foreign
from arts.models.language_models.answers import LABELS

BUILT_IN = ("question", "definition", "marked")
VARIABLES = ("text", "aspect", "before", "after", "labels", "examples")
MAX_BYTES = 1 << 20  # of a file with a template
Message = dict[str, str]  # role and content


@dataclass(frozen=True)
class Prompt:
    """A prompt: a Jinja template that is rendered for each instance.

    A template reads ``text``, the text of the instance; ``aspect``, its target; ``before`` and ``after``, the
    text before and after the target; ``labels``, the names of positive, negative and neutral; and
    ``examples``, a list with ``text``, ``aspect``, ``before``, ``after`` and ``label`` of each. Where it does
    not read ``examples``, each example is a turn of the conversation before the question. What a review says
    is only ever text: Jinja in it is not run.

    Args:
        name: the name of the prompt.
        template: the template.
        source: where it came from, for error messages.

    Raises:
        DataError: when the template is no Jinja, reads something else, or does not read the text.
    """

    name: str
    template: str
    source: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        read = self.variables
        if unknown := sorted(read - {*VARIABLES}):
            raise self._fault(f'it reads "{unknown[0]}"; expected {", ".join(VARIABLES)}')
        if "text" not in read and not {"before", "after"} <= read:
            raise self._fault(
                "it does not read the text; expected {{ text }}, or {{ before }} and {{ after }}"
            )

    @classmethod
    def built_in(cls, name: str) -> Self:
        """A prompt of this package.

        Args:
            name: ``question``, ``definition`` or ``marked``.

        Raises:
            UnknownNameError: when there is none of this name.
        """
        return cls(name, built_in_template(lookup(name, {known: known for known in BUILT_IN}, kind="prompt")))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a template from a file; its name without suffix is the name of the prompt.

        Raises:
            DataError: when the file cannot be read, is not UTF-8, has more than 1 MiB, or holds no template
                as above.
        """
        content = read_foreign(path, largest=MAX_BYTES)
        try:
            template = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise DataError(path, f"not UTF-8: {error.reason} at byte {error.start}") from error
        return cls(path.stem, template, str(path))

    @property
    def checksum(self) -> str:
        """SHA-256 of the template."""
        return hashlib.sha256(self.template.encode()).hexdigest()

    @property
    def variables(self) -> set[str]:
        """The names of the variables that the template reads."""
        try:
            return meta.find_undeclared_variables(_environment().parse(self.template))
        except TemplateSyntaxError as error:
            raise self._fault(f"no Jinja template: {error.message}", line=error.lineno) from error

    def messages(
        self,
        instance: Instance,
        examples: Sequence[Instance] = (),
        *,
        labels: Sequence[str] = LABELS,
        system: str | None = None,
    ) -> list[Message]:
        """The conversation that asks for the polarity of an instance.

        Args:
            instance: the instance.
            examples: instances whose labels are shown before.
            labels: the names of positive, negative and neutral, in this order.
            system: a system prompt, the first message; none by default.

        Returns:
            Messages with the keys ``role`` and ``content``; the last is the user's.

        Raises:
            DataError: when the template cannot be rendered.
        """
        start = [{"role": "system", "content": system}] if system else []
        if "examples" in self.variables:
            return [*start, self._turn(instance, labels, examples)]
        turns = [
            turn
            for example in examples
            for turn in (
                self._turn(example, labels),
                {"role": "assistant", "content": label(example, labels)},
            )
        ]
        return [*start, *turns, self._turn(instance, labels)]

    def _turn(self, instance: Instance, labels: Sequence[str], examples: Sequence[Instance] = ()) -> Message:
        """The user's message about an instance."""
        shown = [{**_parts(example), "label": label(example, labels)} for example in examples]
        try:
            content = _compiled(self.template).render(**_parts(instance), labels=[*labels], examples=shown)
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise self._fault(f"it cannot be rendered: {error}", record=instance.id) from error
        return {"role": "user", "content": content.strip()}

    def _fault(self, message: str, *, line: int | None = None, record: str | None = None) -> DataError:
        return DataError(self.source or f'prompt "{self.name}"', message, line=line, record=record)


def built_in_template(name: str) -> str:
    """A template of this package.

    Args:
        name: the name of its file, without suffix.
    """
    file = resources.files(__package__) / "templates" / f"{name}.jinja"
    return file.read_text(encoding="utf-8")


def label(instance: Instance, labels: Sequence[str]) -> str:
    """The name of an instance's label.

    Args:
        instance: the instance.
        labels: the names of positive, negative and neutral, in this order.
    """
    return labels[[*Polarity].index(instance.polarity)]


def conversation_text(messages: Sequence[Mapping[str, str]]) -> str:
    """Messages as one text for people to read: each after the name of its role.

    Example:
        >>> conversation_text([{"role": "user", "content": "Good or bad?"}])
        'user: Good or bad?'
    """
    return "\n\n".join(f"{message['role']}: {message['content']}" for message in messages)


def _parts(instance: Instance) -> dict[str, Any]:
    """The text of an instance, its target, and the text before and after that."""
    text, target = instance.text, instance.aspect
    return {
        "text": text,
        "aspect": target.term,
        "before": text[: target.start],
        "after": text[target.end :],
    }


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@cache
def _compiled(template: str) -> Template:
    return _environment().from_string(template)
