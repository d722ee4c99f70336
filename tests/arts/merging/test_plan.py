"""What fits together, and what does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from helpers.checkpoints import (
    TINY,
    TOKENS,
    altered_copy,
    check_refused,
    weights_of,
    wide,
    write_tokens,
)

from arts.data.errors import ArtsError
from arts.merging.job import MergeJob
from arts.merging.methods import METHODS
from arts.merging.policies import HeadPolicy, VocabPolicy


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ({"model__norm__weight": None}, r"changed: lacks model\.norm\.weight"),
        ({"model__layers__2__mlp__weight": torch.ones(3)}, r"changed: the base has no model\.layers\.2\.mlp"),
        ({"more__weight": torch.ones(3)}, r"changed: another head \(more\.weight\); --head first"),
        ({"model__norm__weight": torch.ones(25)}, r"model\.norm\.weight is 25, and in the base 24"),
        (
            {"model__norm__weight": torch.full((24,), torch.nan)},
            r"changed: model\.norm\.weight holds NaN or Inf",
        ),
        (
            {"model__norm__weight": torch.full((24,), torch.inf)},
            r"changed: model\.norm\.weight holds NaN or Inf",
        ),
        ({"model__norm__weight": torch.ones(24, dtype=torch.int64)}, r"model\.norm\.weight \(I64\) differs"),
    ],
)
def test_plan_tensors_that_do_not_fit(tensors, message, family, tmp_path):
    base, models = family(2)
    check_refused(message, base, [models[0], altered_copy(models[1], tmp_path, **tensors)], tmp_path)


def test_plan_all_that_does_not_fit_is_told_at_once(family, tmp_path):
    base, models = family(2)
    odd = altered_copy(models[1], tmp_path, model__norm__weight=None, model__more__weight=torch.ones(3))
    check_refused(
        r"(?s)lacks model\.norm\.weight.*another head \(model\.more\.weight\)", base, [odd], tmp_path
    )


def test_plan_another_architecture(family, tmp_path):
    base, models = family(1)
    other = altered_copy(models[0], tmp_path, config={"model_type": "gpt2"})
    check_refused("changed: a gpt2 model, and the base is a llama model", base, [other], tmp_path)


def test_plan_the_base_itself(family, tmp_path):
    base, models = family(1)
    check_refused("does not differ from the base", base, [models[0], base], tmp_path)


def test_plan_integers_are_carried_over_when_they_are_equal(family, tmp_path):
    places = torch.arange(7)
    base, models = family(1)
    base, model = (
        altered_copy(folder, tmp_path, name, places=places)
        for folder, name in ((base, "base-2"), (models[0], "other"))
    )
    MergeJob(base, [model], method=METHODS["metagpt"]).run(tmp_path / "merged")
    assert torch.equal(weights_of(tmp_path / "merged")["places"], places)


@pytest.mark.parametrize("stored_in", ["base", "model"])
def test_plan_tied_embeddings_that_one_stores_are_merged_once(stored_in, family, tmp_path):
    tied = {"tie_word_embeddings": True}
    base, models = family(1)
    start, end = (altered_copy(folder, tmp_path, f"{n}", tied) for n, folder in enumerate((base, *models)))
    holder = {"base": start, "model": end}[stored_in]
    embedding = weights_of(holder)["model.embed_tokens.weight"].clone()
    holding = altered_copy(holder, tmp_path, "holding", tied, lm_head__weight=embedding)
    start, end = (holding, end) if stored_in == "base" else (start, holding)
    report = MergeJob(start, [end], method=METHODS["metagpt"]).run(tmp_path / "merged")
    assert weights_of(tmp_path / "merged").keys() == TINY.keys()
    assert "lm_head.weight: tied to the input embeddings" in report.remarks[0]


def test_plan_a_model_that_ties_embeddings_of_its_own_base_is_refused(family, tmp_path):
    base, models = family(1)
    own = altered_copy(base, tmp_path, "own", lm_head__weight=torch.randn(60, 24))
    tied = altered_copy(models[0], tmp_path, "tied", {"tie_word_embeddings": True})
    check_refused(
        r"tied: ties its output embeddings to the input embeddings, and the base has its own \(lm_head",
        own,
        [tied],
        tmp_path,
    )


def test_plan_vocabularies_that_differ(family, tmp_path):
    base, models = family(2)
    name = "model.embed_tokens.weight"
    longer = torch.cat([weights_of(models[1])[name], torch.ones(5, 24)])
    renamed = [*TOKENS[:10], "another", *TOKENS[11:], *(f"new-{n}" for n in range(5))]
    long = altered_copy(models[1], tmp_path, config={"vocab_size": 65}, model__embed_tokens__weight=longer)
    for folder, tokens in ((base, TOKENS), (models[0], TOKENS), (long, renamed)):
        write_tokens(folder, tokens)
    check_refused(
        "65 rows in model.embed_tokens.weight, and the base has 60; --vocab", base, [long], tmp_path
    )
    check_refused(
        r"1 tokens have other numbers.*10 is 'another', in the base 'token-10'", base, [long], tmp_path
    )
    theta, one, two = (wide(folder)[name] for folder in (base, models[0], long))
    two = two[:60]
    two[10] = theta[10]
    merged = {}
    for vocab in (VocabPolicy.BASE, VocabPolicy.INTERSECT):
        folder = tmp_path / f"merged-{vocab}"
        report = MergeJob(base, [models[0], long], method=METHODS["metagpt"], vocab=vocab).run(folder)
        merged[vocab] = wide(folder)[name]
        shares = [entry.coefficient for entry in report.models]
        expected = theta + shares[0] * (one - theta) + shares[1] * (two - theta)
        if vocab is VocabPolicy.INTERSECT:
            expected[10] = theta[10]
        torch.testing.assert_close(merged[vocab], expected, rtol=1e-6, atol=1e-7)
    assert not torch.equal(merged[VocabPolicy.BASE][10], merged[VocabPolicy.INTERSECT][10])


@pytest.mark.parametrize(
    ("token", "number", "message"),
    [
        ("again", 5, "vocab.'again'. is 5; expected an id of its own, and it is that of 'token-5', too"),
        ("far", 10**9, "vocab.'far'. is 1000000000; expected an id under 60 .vocab_size"),
        ("below", -1, "vocab.'below'. is -1; expected the id of a token"),
    ],
)
@pytest.mark.parametrize("vocab", VocabPolicy)
def test_plan_a_tokenizer_whose_ids_cannot_be_is_refused(token, number, message, vocab, family, tmp_path):
    base, (model,) = family(1)
    write_tokens(base, TOKENS)
    write_tokens(model, TOKENS)
    path = Path(model, "tokenizer.json")
    content = json.loads(path.read_text())
    content["model"]["vocab"][token] = number
    path.write_text(json.dumps(content))
    with pytest.raises(ArtsError, match=rf"model-1/tokenizer\.json: model\.{message}"):
        MergeJob(base, [model], vocab=vocab).inspect()


@pytest.mark.parametrize(
    ("theirs", "message"),
    [
        ({"hidden_size": 25}, r"changed/config\.json: hidden_size is 25; expected 24, as in the base"),
        ({"hidden_size": "24"}, r"config\.json: hidden_size is '24'; expected 24, as in the base"),
        ({"num_labels": "three"}, r"config\.json: num_labels is 'three'; expected a whole number from 0"),
    ],
)
def test_plan_a_configuration_that_its_tensors_do_not_have_is_refused(theirs, message, family, tmp_path):
    base, (model,) = family(1, hidden_size=24)
    other = altered_copy(model, tmp_path, config=theirs)
    check_refused(message, base, [other], tmp_path)


def test_plan_models_that_calculate_otherwise_come_with_a_warning(family, tmp_path):
    base, (model, same) = family(2, hidden_act="gelu")
    other = altered_copy(model, tmp_path, config={"hidden_act": "relu"})
    warnings = [line for line in MergeJob(base, [other, same]).inspect().warnings if "config.json" in line]
    assert [line.partition("; the merged")[0] for line in warnings] == [
        f"{other}: its config.json has hidden_act 'relu', and the base's 'gelu'",
    ]


def test_plan_classifier_heads_that_differ(family, tmp_path):
    base, models = family(2)
    labels = [{"id2label": {"0": "positive", "1": "negative"}}, {"id2label": {"0": "spam", "1": "ham"}}]
    head = torch.randn(2, 24)
    start = altered_copy(base, tmp_path, "start", config=labels[0], classifier__weight=head)
    same = altered_copy(models[0], tmp_path, "same", config=labels[0], classifier__weight=head + 1)
    other = altered_copy(models[1], tmp_path, "other", config=labels[1], classifier__weight=head - 1)
    check_refused(
        r"other: another classifier head \(.*; labels spam/ham, the base's positive/negative\)",
        start,
        [same, other],
        tmp_path,
    )
    MergeJob(start, [same, other], method=METHODS["metagpt"], head=HeadPolicy.KEEP_BASE).run(
        tmp_path / "kept"
    )
    assert torch.equal(weights_of(tmp_path / "kept")["classifier.weight"], head)
    MergeJob(start, [same, other], method=METHODS["metagpt"], head=HeadPolicy.DROP).run(tmp_path / "dropped")
    assert "classifier.weight" not in weights_of(tmp_path / "dropped")
    assert "id2label" not in json.loads((tmp_path / "dropped" / "config.json").read_text())
    MergeJob(start, [same], method=METHODS["metagpt"]).run(tmp_path / "merged")
    assert not torch.equal(weights_of(tmp_path / "merged")["classifier.weight"], head)
