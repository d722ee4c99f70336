"""Variants that a language model writes: none of 60 bad proposals gets through, nearly all good ones."""

from __future__ import annotations

from collections import Counter

import pytest
from helpers.sentences import marked_sentence
from helpers.writing import RuleReader, Script, reply

from arts.data.schema import PERTURBATIONS, Strategy
from arts.generators.generator import GenerationOptions, Outcome
from arts.generators.opinions.analysis import Analyst
from arts.generators.running.quality_report import Tally
from arts.generators.running.rewriter import Rewriter
from arts.generators.strategies.variants import Reason
from arts.generators.writing.faults import WritingFault

REVTGT, REVNON, ADDDIFF = PERTURBATIONS
WORDS = [  # target, its praise and blame; another aspect, its praise and blame; what is added, its blame
    ("soup", "delicious", "bland", "staff", "friendly", "rude", "parking", "dreadful"),
    ("screen", "sharp", "blurry", "keyboard", "comfortable", "cramped", "webcam", "useless"),
    ("bread", "fresh", "stale", "waiter", "kind", "unfriendly", "music", "horrible"),
    ("battery", "great", "awful", "touchpad", "responsive", "sluggish", "fan", "noisy"),
    ("dining room", "cosy", "draughty", "cook", "superb", "dreadful", "coffee", "cold"),
    ("steak", "juicy", "dry", "delivery", "prompt", "late", "wine", "overpriced"),
    ("lid", "sturdy", "flimsy", "display", "bright", "dim", "charger", "bad"),
    ("pizza", "tasty", "soggy", "hostess", "helpful", "useless", "bathroom", "dirty"),
    ("tea", "excellent", "poor", "service", "quick", "slow", "dessert", "tasteless"),
    ("fish", "crisp", "soggy", "kitchen", "spotless", "dirty", "terrace", "noisy"),
]
SENTENCES = [
    [
        f"The {{{target}|+}} was really {good} and the {{{other}|+}} was {kind}.",
        f"We found that the {{{other}|+}} was {kind}, and the {{{target}|+}} was {good} as well.",
    ]
    for target, good, _, other, kind, *_ in WORDS
]


MARKS = str.maketrans("", "", "{}")


def written(index: int, form: int) -> dict[Strategy, tuple[str, tuple[str, ...]]]:
    """A good variant by each strategy."""
    target, good, bad, other, kind, rude, added, blame = WORDS[index]
    first = [
        (f"The {target} was really {bad}, but the {other} was {kind}.", ()),
        (f"The {target} was really {good}, but the {other} was {rude}.", ()),
        (
            f"The {target} was really {good} and the {other} was {kind}, but the {added} was {blame}.",
            (added,),
        ),
    ]
    second = [
        (f"We found that the {other} was {kind}, but the {target} was {bad}.", ()),
        (f"We found that the {other} was {rude}, but the {target} was {good}.", ()),
        (f"The {added} was {blame}. {SENTENCES[index][1].translate(MARKS).replace('|+', '')}", (added,)),
    ]
    return dict(zip(PERTURBATIONS, (first, second)[form], strict=True))


def bad_replies(index: int) -> dict[str, tuple[Strategy, str, set[WritingFault]]]:
    """A bad proposal of each kind, for the first form of a sentence, with the faults that it may be given."""
    target, good, bad, other, kind, rude, added, blame = WORDS[index]
    source = f"The {target} was really {good} and the {other} was {kind}."
    right = written(index, 0)[REVTGT][0]
    fault = WritingFault
    return {
        "term changed": (REVTGT, reply(right.replace(target, f"{target[:-1]}x")), {fault.TERM}),
        "term missing": (REVTGT, reply(right.replace(f"The {target}", "It")), {fault.TERM}),
        "other opinion changed": (
            REVTGT,
            reply(f"The {target} was really {bad} and the {other} was {rude}."),
            {fault.OTHERS},
        ),
        "unchanged": (REVTGT, reply(source), {fault.NO_CHANGE}),
        "label not changed": (
            REVTGT,
            reply(f"The {target} was truly {good}, but the {other} was {kind}."),
            {fault.SENTIMENT},
        ),
        "rewritten wholesale": (
            REVTGT,
            reply(
                f"After waiting forever on a rainy evening, everybody at our table sadly agreed they would "
                f"never order this {bad} {target} again, although one cousin called the {other} {kind}."
            ),
            {fault.DISTANCE, fault.OTHERS, fault.ADDED},
        ),
        "second language": (
            REVTGT,
            reply(f"{right} Nous ne voulons pas revenir dans cette maison."),
            {fault.LANGUAGE},
        ),
        "markup": (
            REVTGT,
            [
                reply(f"<b>{right}</b>"),
                f"<think>It must be {bad}. {reply(right)}",
                reply(right)[:-1],
                reply(f'{{"text": "{right}"}}'),
                reply(f"{right} [end]"),
            ][index % 5],
            {fault.REPLY, fault.FORM},
        ),
        "explanation": (
            REVTGT,
            [
                f"Here is the JSON: {reply(right)}",
                reply(f"Here is the new review: {right}"),
                reply(f"Sure! {right}"),
                reply(f"{right} (The sentiment is now negative.)"),
                reply(f"Rewritten: {right}"),
            ][index % 5],
            {fault.REPLY, fault.EXPLANATION},
        ),
        "form": (
            REVTGT,
            reply(
                [
                    f"The {target} was not never {good}, but the {other} was {kind}.",
                    f"The {target} was was {bad}, but the {other} was {kind}.",
                    f"The {target} was really {bad},, but the {other} was {kind}.",
                    f"The {target} was a awful thing, but the {other} was {kind}.",
                    f"The {target} was really {bad} , but the {other} was {kind}.",
                ][index % 5]
            ),
            {fault.FORM},
        ),
        "unasked addition": (
            REVTGT,
            [
                reply(f"{right[:-1]} and the {added} was {blame}."),
                reply(f"{right[:-1]} and the {added} was {blame}.", added),
            ][index % 2],
            {fault.ADDED},
        ),
        "ungrammatical": (
            REVTGT,
            reply(
                [
                    f"The {target} not was really {good}, but the {other} was {kind}.",
                    f"The {target} was were really {bad}, but the {other} was {kind}.",
                    f"The {target} was more worse {bad}, but the {other} was {kind}.",
                    f"The {target} is be really {bad}, but the {other} was {kind}.",
                    f"The {target} no was really {good}, but the {other} was {kind}.",
                ][index % 5]
            ),
            {fault.FLUENCY, fault.ACCEPTANCE, fault.OTHERS},
        ),
    }


@pytest.fixture(scope="module")
def analyst():
    return Analyst()


def rewrite(analyst, cases):
    """What becomes of replies, each given with a marked sentence, its target and a strategy."""
    batch = []
    for n, (text, target, strategy, _) in enumerate(cases):
        sentence = marked_sentence(text, str(n))
        source = next(one for one in sentence.instances() if one.aspect.term == target)
        batch.append((sentence, [Outcome(source, strategy, (), Reason.NO_OPINION)]))
    options = GenerationOptions(seed=1, k=1)
    writer = Script([text for *_, text in cases])
    after = Rewriter(writer, RuleReader(), options, analyst).rewrite(batch)
    return [group[0] for _, group in after], writer


def test_rewriter_lets_none_of_60_bad_proposals_of_12_kinds_through(analyst):
    cases, kinds, expected = [], [], []
    for index in range(5):
        for kind, (strategy, text, faults) in bad_replies(index).items():
            cases.append((SENTENCES[index][0], WORDS[index][0], strategy, text))
            kinds.append(kind)
            expected.append(faults)
    assert len(cases) == 60
    assert set(Counter(kinds).values()) == {5}
    outcomes, _ = rewrite(analyst, cases)
    assert not [kind for kind, one in zip(kinds, outcomes, strict=True) if one.candidates]
    wrong = [
        (kind, one.written.fault, case[-1])
        for kind, one, faults, case in zip(kinds, outcomes, expected, cases, strict=True)
        if one.written.fault not in faults
    ]
    assert wrong == []
    tally = Tally.count(outcomes).strategies[REVTGT].writing
    assert (tally.asked, tally.accepted, tally.refused.total()) == (60, 0, 60)


def test_rewriter_lets_54_of_60_good_proposals_through(analyst):
    cases = [
        (SENTENCES[index][form], WORDS[index][0], strategy, reply(text, *added))
        for index in range(10)
        for form in range(2)
        for strategy, (text, added) in written(index, form).items()
    ]
    assert len(cases) == 60
    outcomes, writer = rewrite(analyst, cases)
    refused = [
        (one.written.fault, case) for one, case in zip(outcomes, cases, strict=True) if one.written.fault
    ]
    assert len(refused) <= 6, refused
    for one in outcomes:
        for variant in one.candidates:
            assert all(variant.text[a.start : a.end] == a.term for a in variant.aspects)
            assert {edit.rule for edit in variant.edits} == {"written"}
            assert one.written.distance > 0
    assert all("You edit one review" in text for text in writer.asked)


def test_rewriter_asks_nothing_of_neutral_targets_and_keeps_the_rules_variant(analyst):
    sentence = marked_sentence("We got a {table|0}.")
    (source,) = sentence.instances()
    batch = [(sentence, [Outcome(source, strategy, (), Reason.NEUTRAL) for strategy in PERTURBATIONS])]
    writer = Script([])
    assert Rewriter(writer, RuleReader(), GenerationOptions(), analyst).rewrite(batch) == batch
