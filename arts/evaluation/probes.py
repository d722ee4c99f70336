"""Probes: further questions to a model, which show by what it is right beside how often it is.

Each probe changes the originals of the test split in one respect, or compares answers about them. The changes
are made by rules, with a fixed seed; nothing of them is trained on.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from arts.data.corpus import Corpus
from arts.data.errors import ArtsError, DataError, UnknownNameError
from arts.data.schema import Instance, Strategy, group_sentences
from arts.data.support.arrays import BoolArray, FloatArray, IntArray
from arts.data.support.record import Record
from arts.evaluation.adddiff_probes import (
    AddDiffCurve,
    Predict,
    clause_source,
    measure_curve,
    perturbed_originals,
)
from arts.evaluation.benchmark_layout import sentence_keys
from arts.evaluation.metrics import CLASSES, INVALID
from arts.evaluation.predictions import Predictions, predicted_labels
from arts.evaluation.probe_scores import ProbeScore, SwapScore, answer_share, as_originals, probe_score
from arts.evaluation.resample import Resample

logger = logging.getLogger(__name__)

SEED = 1
ALL = "all"


def _answer_nothing(instances: Sequence[Instance]) -> FloatArray:
    raise ArtsError("expected a model; a file of predictions cannot be asked about further instances")


@dataclass(frozen=True)
class Subject:
    """A model that a probe is made of.

    Args:
        corpus: the corpus that it was measured on.
        predictions: its predictions for the test split.
        predict: function that maps n further instances to an array (n, 3) of probabilities, NaN for invalid
            answers. A file of predictions has none; then only probes that ask nothing can be made.
        resample: what the bootstrap of the figures draws.
    """

    corpus: Corpus
    predictions: Predictions
    predict: Predict = _answer_nothing
    resample: Resample = Resample.SENTENCES

    @property
    def labels(self) -> Mapping[str, int]:
        """The predicted label of each instance of the test split, by id, as a position in `Polarity`."""
        return dict(zip(self.predictions.ids, self.predictions.labels.tolist(), strict=True))

    @property
    def originals(self) -> list[Instance]:
        """The originals of the test split."""
        return [instance for instance in self.corpus.test if instance.strategy is Strategy.ORIGINAL]


def measure_same_side(subject: Subject) -> ProbeScore:
    """Measure a model where clauses are added that agree with the target's label.

    Accuracy should not fall. It does if the model answers against whatever is added, a shortcut that ADDDIFF
    rewards.

    Raises:
        DataError: when the corpus has no training split, or nothing can be added to any original.
    """
    variants = perturbed_originals(subject.corpus, clause_source(subject.corpus), same_side=True)
    return _measure_pairs(subject, list(variants.values()))


def measure_masked(subject: Subject) -> ProbeScore:
    """Measure a model where the aspect term is replaced by a word without content, in text and question.

    The fall of accuracy says how much depends on the term itself rather than on what is said of it.

    Raises:
        DataError: when no aspect can be masked.
    """
    from arts.generators.running.perturbation_cache import masked_originals

    masked = masked_originals(group_sentences(subject.corpus.test))
    if not masked:
        raise DataError(subject.corpus.name, "has no original whose aspect can be masked")
    return _measure_pairs(subject, masked)


def measure_swapped(subject: Subject) -> SwapScore:
    """Measure how often the answer changes when another aspect of the sentence is asked about.

    Each original is asked about one other aspect with another label, where there is one, and about one with
    the same label, both drawn by seed and id. Other aspects are originals, too: their answers are known, and
    the model is not asked again. Aspects of the same words are left out, since they are the same question to
    many models. An invalid answer counts as neither changed nor the same.

    Raises:
        DataError: when no sentence has aspects of different labels.
    """
    labels = subject.labels
    different, same = _other_aspects(subject.corpus)
    if not different:
        raise DataError(subject.corpus.name, "has no sentence with two aspects of different labels")

    def equal(pairs: Sequence[tuple[Instance, Instance]]) -> tuple[BoolArray, BoolArray]:
        """Whether both answers are valid, and whether they are equal, for each of n pairs."""
        answers = np.array([[labels[one.id] for one in pair] for pair in pairs], int)
        return (answers != INVALID).all(1), answers[:, 0] == answers[:, 1]

    valid, equals = equal(different)
    resample = subject.resample
    changed = answer_share([first for first, _ in different], valid & ~equals, resample=resample)
    if not same:
        return SwapScore(resample=resample, changed=changed)
    valid, equals = equal(same)
    stayed = answer_share([first for first, _ in same], valid & equals, resample=resample)
    return SwapScore(resample=resample, changed=changed, stayed=stayed)


def _other_aspects(
    corpus: Corpus,
) -> tuple[list[tuple[Instance, Instance]], list[tuple[Instance, Instance]]]:
    """Pairs of originals of one sentence: those with different labels, and those with the same."""
    sentences = defaultdict[tuple[str, str], list[Instance]](list)
    for instance in corpus.test:
        if instance.strategy is Strategy.ORIGINAL:
            sentences[instance.sentence, instance.text].append(instance)
    pairs: dict[bool, list[tuple[Instance, Instance]]] = {False: [], True: []}
    for instances in sentences.values():
        for instance in instances:
            term = instance.aspect.term.casefold()
            others = [other for other in instances if other.aspect.term.casefold() != term]
            for is_same, found in pairs.items():
                fitting = [other for other in others if (other.polarity is instance.polarity) is is_same]
                if fitting:
                    rng = Random(f"{SEED} swapped {is_same} {instance.id}")
                    found.append((instance, rng.choice(sorted(fitting, key=lambda other: other.id))))
    return pairs[False], pairs[True]


def _measure_pairs(subject: Subject, changed: Sequence[Instance]) -> ProbeScore:
    """Ask about changed originals, one for a unit, and compare with the answers about the originals.

    Their sentences are those of the true originals: what is changed differs between units of one sentence.
    """
    instances, labels = as_originals(changed), subject.labels
    before: IntArray = np.array([labels[instance.id] for instance in instances], int)
    after = predicted_labels(subject.predict(instances))
    originals = subject.originals
    probed, unprobed = (
        Predictions.of(instances, answers, sentences=sentence_keys(originals)) for answers in (after, before)
    )
    return probe_score(probed, unprobed, originals=len(originals), resample=subject.resample)


def _measure_curve(subject: Subject) -> AddDiffCurve:
    return measure_curve(subject.predict, subject.corpus, resample=subject.resample)


@dataclass(frozen=True)
class Probe:
    """A probe that can be asked for.

    Args:
        field: the field of the report that has its figures.
        measure: makes the figures of a model.
        asks: whether the model has to be asked about further instances.
        adds: whether it adds clauses, which are taken from the training split.
    """

    field: str
    measure: Callable[[Subject], Record]
    asks: bool = True
    adds: bool = False


PROBES: Mapping[str, Probe] = {
    "same-side": Probe("same_side", measure_same_side, adds=True),
    "aspect-masked": Probe("aspect_masked", measure_masked),
    "aspect-swapped": Probe("aspect_swapped", measure_swapped, asks=False),
    "adddiff-curve": Probe("adddiff_curve", _measure_curve, adds=True),
}


def check_probe_names(names: Sequence[str]) -> None:
    """Raise `UnknownNameError` if a name is neither that of a probe nor ``all``."""
    for name in names:
        if name not in (*PROBES, ALL):
            raise UnknownNameError("probe", name, (*PROBES, ALL))


def add_clauses(names: Sequence[str]) -> bool:
    """Whether one of the probes of these names adds clauses, which are taken from the training split."""
    return any(probe.adds for name, probe in PROBES.items() if name in names or ALL in names)


def choose_probes(names: Sequence[str], corpus: Corpus, *, can_be_asked: bool = True) -> tuple[str, ...]:
    """The probes to make, by name, after checking that the corpus has instances for them.

    Args:
        names: names of `PROBES`, or ``all``: then those that cannot be made are left out, with a warning.
        corpus: the corpus.
        can_be_asked: whether the model can be asked about further instances; a file of predictions cannot.

    Raises:
        UnknownNameError: when there is no such probe.
        DataError: when a probe that was asked for by name cannot be made of this corpus.
        ArtsError: when it needs a model that can be asked.
    """
    check_probe_names(names)
    chosen = []
    for name in PROBES if ALL in names else dict.fromkeys(names):
        try:
            if PROBES[name].asks and not can_be_asked:
                free = ", ".join(name for name, probe in PROBES.items() if not probe.asks)
                raise ArtsError(
                    f"--probe {name} asks about further instances, which a file of predictions cannot "
                    f"answer; expected --model, or --probe {free}"
                )
            probe_instances([name], corpus)
        except ArtsError as error:
            if name in names:
                raise
            logger.warning("probe %s is left out: %s", name, error)
        else:
            chosen.append(name)
    return tuple(chosen)


def probe_instances(names: Sequence[str], corpus: Corpus) -> list[Instance]:
    """The instances that probes ask about besides the test split.

    Args:
        names: names of `PROBES`.
        corpus: the corpus.

    Raises:
        DataError: when a probe cannot be made of this corpus.
    """
    asked: list[Instance] = []

    def predict(instances: Sequence[Instance]) -> FloatArray:
        asked.extend(instances)
        return np.eye(CLASSES)[np.zeros(len(instances), int)]

    predictions = Predictions.of(corpus.test, np.zeros(len(corpus.test), int))
    measure_probes(names, Subject(corpus, predictions, predict))
    return asked


def measure_probes(names: Sequence[str], subject: Subject) -> dict[str, Record]:
    """Make probes of a model.

    Args:
        names: names of `PROBES`.
        subject: the model.

    Returns:
        The figures, keyed by the field of the report.

    Raises:
        DataError: when a probe cannot be made of this corpus.
    """
    return {PROBES[name].field: PROBES[name].measure(subject) for name in names}
