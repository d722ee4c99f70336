"""The rewriter: has variants written, believes none of them, and puts those that pass in the rules' place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from arts.data.schema import Aspect, Instance, Polarity, Sentence, Strategy
from arts.generators.acceptability.judge import Judge, JudgedSentence
from arts.generators.acceptability.sentence_features import SentenceFeatures
from arts.generators.generator import GenerationOptions, Outcome
from arts.generators.opinions.analysis import Analyst
from arts.generators.opinions.opinion_assignment import OpinionAssignment
from arts.generators.writing.assignment import Assignment
from arts.generators.writing.checks import Draft, content_fault, draft_of
from arts.generators.writing.faults import WritingFault
from arts.generators.writing.instructions import messages_of, parse_proposal
from arts.generators.writing.result import WritingResult

FLOORS = {Strategy.REVTGT: 0.15, Strategy.REVNON: 0.15, Strategy.ADDDIFF: 0.55}
"""Least acceptance of a written variant, keyed by strategy.

The judge was trained on variants by rules, and its own thresholds would refuse three quarters of the variants
of the v2 sets, which readers accepted. So it is a floor here: 95% of those are above it.
"""
Messages = list[dict[str, str]]
Batch = list[tuple[Sentence, list[Outcome]]]


class Reply(Protocol):
    """What a writer wrote, without reasoning before it."""

    @property
    def text(self) -> str:
        """The text."""

    @property
    def prompt_tokens(self) -> int:
        """Tokens that the model read."""

    @property
    def completion_tokens(self) -> int:
        """Tokens that it wrote."""


class Reading(Protocol):
    """What a verifier read; a polarity of None stands for an invalid answer."""

    @property
    def polarity(self) -> Polarity | None:
        """The sentiment."""

    @property
    def prompt_tokens(self) -> int:
        """Tokens that the model read."""

    @property
    def completion_tokens(self) -> int:
        """Tokens that it wrote."""


class Writer(Protocol):
    """A language model that writes."""

    def replies(self, conversations: Sequence[Messages], ids: Sequence[str]) -> Iterator[Reply]:
        """Yield one reply per conversation, in order.

        Args:
            conversations: n conversations; the last message of each is the user's.
            ids: n ids of what they are about, for error messages.
        """


class Verifier(Protocol):
    """A language model that reads; it sees texts and terms, and no intention."""

    def polarities(self, instances: Sequence[Instance]) -> Iterator[Reading]:
        """Yield one reading of the sentiment towards the target of each of n instances, in order."""

    def fluencies(self, instances: Sequence[Instance]) -> Iterator[Reading]:
        """Yield one reading of each of n texts, in order: positive where it is fluent English."""


@dataclass
class _Work:
    """A sentence as it was before, for the checks of its drafts."""

    opinions: OpinionAssignment
    judged: JudgedSentence


@dataclass
class _Item:
    """An outcome of the rules, and what becomes of what was written in its place."""

    outcome: Outcome
    assignment: Assignment
    draft: Draft | None = None
    fault: WritingFault | None = None
    tokens: list[tuple[int, int]] = field(default_factory=list)

    def refuse(self, fault: WritingFault | None) -> None:
        """Note the first fault."""
        self.fault = self.fault or fault

    def count(self, answer: Reply | Reading) -> None:
        """Note the tokens of an answer."""
        self.tokens.append((answer.prompt_tokens, answer.completion_tokens))


@dataclass
class Rewriter:
    """Replaces variants by written ones, where these pass every check.

    Args:
        writer: writes.
        verifier: reads what was written.
        options: those of the generator. `min_acceptance`, where it is given, takes the place of `FLOORS`.
        analyst: parses.
        judge: says how probably a reader accepts a variant.
    """

    writer: Writer
    verifier: Verifier
    options: GenerationOptions
    analyst: Analyst = field(default_factory=Analyst)
    judge: Judge = field(default_factory=Judge.load)

    def rewrite(self, batch: Batch) -> Batch:
        """The outcomes of a batch of sentences; each that was written for says in `written` what came of it.

        Raises:
            ArtsError: when the writer or the verifier cannot be asked.
        """
        items = [*self._items(outcome for _, group in batch for outcome in group)]
        self._write(items)
        self._check(items, [sentence for sentence, _ in batch])
        self._verify([item for item in items if item.draft and not item.fault])
        results = {id(item.outcome): _outcome(item) for item in items}
        return [(sentence, [results.get(id(one), one) for one in group]) for sentence, group in batch]

    def assignments(self, outcomes: Iterable[Outcome]) -> list[Assignment]:
        """What would be written for outcomes."""
        return [item.assignment for item in self._items(outcomes)]

    def _items(self, outcomes: Iterable[Outcome]) -> Iterator[_Item]:
        for outcome in outcomes:
            assignment = assignment_of(outcome.source, outcome.strategy, self.options)
            if assignment:
                yield _Item(outcome, assignment)

    def _write(self, items: Sequence[_Item]) -> None:
        """Ask the writer, and read its proposals."""
        conversations = [messages_of(item.assignment) for item in items]
        ids = [item.outcome.source.id for item in items]
        for item, reply in zip(items, self.writer.replies(conversations, ids), strict=True):
            item.count(reply)
            proposal = parse_proposal(reply.text)
            found = proposal if isinstance(proposal, WritingFault) else draft_of(item.assignment, proposal)
            if isinstance(found, Draft):
                item.draft = found
            else:
                item.refuse(found)

    def _check(self, items: Sequence[_Item], sentences: Sequence[Sentence]) -> None:
        """Check what the drafts say, and have them judged."""
        work = {}
        for analysis in self.analyst.read(sentences):
            opinions = OpinionAssignment(analysis)
            work[analysis.sentence.id, analysis.sentence.text] = _Work(
                opinions, JudgedSentence(self.judge, SentenceFeatures(opinions))
            )
        by_source = {
            instance.id: work[sentence.id, sentence.text]
            for sentence in sentences
            for instance in sentence.instances()
        }
        drafted = [(item, item.draft) for item in items if item.draft]
        for (item, draft), after in zip(
            drafted, self.analyst.read([draft.sentence for _, draft in drafted]), strict=True
        ):
            before = by_source[item.outcome.source.id]
            item.refuse(content_fault(draft, before.opinions, after))
            acceptance = before.judged.acceptance(item.outcome.source, draft.variant)
            item.draft = replace(draft, variant=replace(draft.variant, acceptance=acceptance))
            if acceptance < self._floor(item.outcome.strategy):
                item.refuse(WritingFault.ACCEPTANCE)

    def _floor(self, strategy: Strategy) -> float:
        given = self.options.min_acceptance
        return FLOORS[strategy] if given is None else given

    def _verify(self, items: Sequence[_Item]) -> None:
        """Have the drafts read: is each fluent, and what is said of each of its aspects?"""
        fluencies = self.verifier.fluencies([_variant(item) for item in items])
        for item, reading in zip(items, fluencies, strict=True):
            item.count(reading)
            if reading.polarity is not Polarity.POSITIVE:
                item.refuse(WritingFault.FLUENCY if reading.polarity else WritingFault.UNREAD)
        pairs = [(item, a) for item in items if not item.fault for a in _variant(item).aspects]
        questions = [_question(_variant(item), aspect) for item, aspect in pairs]
        for (item, aspect), reading in zip(pairs, self.verifier.polarities(questions), strict=True):
            item.count(reading)
            if reading.polarity is not aspect.polarity:
                item.refuse(WritingFault.SENTIMENT if reading.polarity else WritingFault.UNREAD)


def assignment_of(source: Instance, strategy: Strategy, options: GenerationOptions) -> Assignment | None:
    """What to write for an original; None where nothing can be asked for."""
    return Assignment.of(source, strategy, seed=options.seed, k=options.k)


def _variant(item: _Item) -> Instance:
    assert item.draft
    return item.draft.variant


def _question(variant: Instance, aspect: Aspect) -> Instance:
    """The question about one aspect of a variant."""
    return replace(variant, id=f"{variant.id}:{aspect.start}", aspect=aspect)


def _outcome(item: _Item) -> Outcome:
    """The outcome with what was written, or else with what the rules made."""
    distance = item.draft.diff.distance if item.draft and not item.fault else None
    result = WritingResult(
        fault=item.fault,
        distance=distance,
        prompt_tokens=sum(read for read, _ in item.tokens),
        completion_tokens=sum(written for _, written in item.tokens),
    )
    if item.fault:
        return replace(item.outcome, written=result)
    source, strategy = item.outcome.source, item.outcome.strategy
    return Outcome(source, strategy, (_variant(item),), written=result)
