"""Several opinions on one span: aspects that a corpus annotates twice, with one polarity or with several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from arts.data.polarity_labels import CONFLICT
from arts.data.readers.span_repair import SAME_ASPECT, AspectKey, ReadingNotes
from arts.data.schema import Aspect, Instance, Opinion, Polarity, Strategy

_LABELS = (*Polarity, CONFLICT)  # in the order in which they are told


@dataclass
class SpanOpinions:
    """Which spans of a corpus have two opinions, so that what is asked about them can be left out.

    Two opinions of one polarity are one question. Two of different polarities are one question with two right
    answers, which no model can get right.

    Args:
        contradictions: the labels of each span that has several, keyed by the hash of its `AspectKey`.
        asked: the spans with several labels that an instance asks about.
        more_opinions: the opinion terms that the further instances have for a span that several ask about.
    """

    contradictions: dict[int, tuple[str, ...]] = field(default_factory=dict)
    asked: set[int] = field(default_factory=set)
    more_opinions: dict[int, tuple[Opinion, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, instances: Iterable[Instance], notes: ReadingNotes) -> SpanOpinions:
        """Collect the opinions on the spans of a corpus.

        Memory grows with the number of originals, not with their length: of a span only a hash is kept.

        Args:
            instances: all instances of the corpus, variants too, which are skipped.
            notes: what their reader left out; read when `instances` is used up.
        """
        found = cls()
        labels: dict[int, str] = {}
        targets: set[int] = set()
        for instance in instances:
            if instance.strategy is not Strategy.ORIGINAL:
                continue
            for aspect in (instance.aspect, *instance.aspects):
                key = _key(instance, aspect)
                if labels.setdefault(key, aspect.polarity) != aspect.polarity:
                    found._contradict(key, labels[key], aspect.polarity)
            key = _key(instance, instance.aspect)
            if key in targets:
                found.more_opinions[key] = found.more_opinions.get(key, ()) + instance.aspect.opinions
            targets.add(key)
        for key in map(hash, notes.conflicts):
            if key in labels:
                found._contradict(key, labels[key], CONFLICT)
        found.asked = found.contradictions.keys() & targets
        return found

    @classmethod
    def usable_of(cls, instances: list[Instance], notes: ReadingNotes) -> list[Instance]:
        """The instances of a corpus that ask a question with one right answer, each question once.

        Args:
            instances: all instances of the corpus.
            notes: what their reader left out; gets the ids of those left out here, and why.
        """
        return list(cls.of(instances, notes).usable(instances, notes))

    def _contradict(self, key: int, *labels: str) -> None:
        several = {*self.contradictions.get(key, ()), *labels}
        self.contradictions[key] = tuple(label for label in _LABELS if label in several)

    def usable(self, instances: Iterable[Instance], notes: ReadingNotes) -> Iterator[Instance]:
        """Stream the instances that ask a question with one right answer, each question once.

        Args:
            instances: the instances that the opinions were collected from.
            notes: gets the ids of those left out, and why.
        """
        first: dict[int, str] = {}  # the id of the first instance that asks about a span
        for instance in instances:
            key = _key(instance, instance.aspect)
            if instance.strategy is Strategy.ORIGINAL:
                if key in self.contradictions:
                    notes.left_out[instance.id] = self._contradiction(key, instance.aspect)
                    continue
                if key in self.more_opinions and first.setdefault(key, instance.id) != instance.id:
                    notes.left_out[instance.id] = SAME_ASPECT.format(first[key])
                    continue
            yield self._with_distinct_aspects(instance, notes)

    def _contradiction(self, key: int, aspect: Aspect) -> str:
        labels = " and ".join(self.contradictions[key])
        return f'several opinions on "{aspect.term}" at characters {aspect.start}-{aspect.end} ({labels})'

    def _with_distinct_aspects(self, instance: Instance, notes: ReadingNotes) -> Instance:
        """The instance with one aspect per span, and none where the opinions contradict each other."""
        keys = [_key(instance, aspect) for aspect in instance.aspects]
        target = _key(instance, instance.aspect)
        if (
            len(set(keys)) == len(keys)
            and not self.contradictions.keys() & keys
            and target not in self.more_opinions
        ):
            return instance
        aspects: dict[int, Aspect] = {}
        for key, aspect in zip(keys, instance.aspects, strict=True):
            if key in self.contradictions:
                if key not in self.asked:
                    id = aspect.id or f"{instance.sentence} at {aspect.start}-{aspect.end}"
                    notes.left_out.setdefault(id, self._contradiction(key, aspect))
            elif key in aspects:
                aspects[key] = _join_opinions(aspects[key], aspect.opinions)
            else:
                aspects[key] = aspect
        joined = _join_opinions(aspects.get(target, instance.aspect), self.more_opinions.get(target, ()))
        aspects[target] = joined
        return replace(instance, aspect=joined, aspects=tuple(aspects.values()))


def _key(instance: Instance, aspect: Aspect) -> int:
    key: AspectKey = (instance.sentence, instance.text, aspect.start, aspect.end)
    return hash(key)


def _join_opinions(aspect: Aspect, opinions: tuple[Opinion, ...]) -> Aspect:
    """The aspect with further opinion terms, each once."""
    return replace(aspect, opinions=tuple(dict.fromkeys((*aspect.opinions, *opinions))))
