"""The verdict on a typed sentence."""

from __future__ import annotations

from helpers.sentences import sentence, variant

from arts.data.schema import Polarity, Strategy
from arts.leaderboard.web.html_unit import ModelPrediction
from arts.leaderboard.web.typed_sentence import TargetVariants
from arts.leaderboard.web.verdicts import verdicts


def test_verdicts_say_how_many_aspects_a_model_reads_and_where_it_fails():
    text = "Good soup, rude staff, big table."
    targets = []
    for target in sentence("1", text, soup="positive", staff="negative", table="positive").instances():
        reversed_ = variant(target, "revtgt", text, "neutral")
        added = variant(target, "adddiff", f"{text} Dry bread.", str(target.polarity))
        variants = {Strategy.REVTGT: reversed_, Strategy.ADDDIFF: added}
        targets.append(TargetVariants(target, variants, {}))
    guesses = {
        instance.id: [
            ModelPrediction("right", instance.polarity),
            ModelPrediction("all_ +", Polarity.POSITIVE),
        ]
        for target in targets
        for instance in target.instances
    }
    assert list(verdicts(targets, guesses)) == [
        "**right** reads 3 of 3 aspects right throughout.",
        "**all\\_ \\+** reads 0 of 3 aspects right throughout; it fails on *soup* under REVTGT, "
        "*staff* as typed, *table* under REVTGT.",
    ]
    assert list(verdicts(targets, {})) == []
