"""BERT-PT: pretraining that goes on."""

from __future__ import annotations

import pytest
import torch
from helpers.zoo import fit, start
from safetensors.torch import load_file

from arts.data.errors import ArtsError
from arts.models.zoo import bert_pt

pytestmark = pytest.mark.usefixtures("short_recipes")


def test_bert_pt_goes_on_pretraining_once_for_all_seeds(encoder, tmp_path):
    steps = []
    fit("bert-pt", encoder, progress=lambda *step: steps.append(step[2]))
    assert "post-training" in steps
    (made,) = [path for path in (tmp_path / "cache" / "encoders").iterdir() if path.is_dir()]
    old, new = (load_file(f"{folder}/model.safetensors") for folder in (encoder, made))
    assert old.keys() == new.keys()
    assert torch.equal(old["pooler.dense.weight"], new["pooler.dense.weight"])
    assert not torch.equal(old["embeddings.word_embeddings.weight"], new["embeddings.word_embeddings.weight"])
    steps.clear()
    fit("bert-pt", encoder, seed=2, progress=lambda *step: steps.append(step[2]))
    assert "post-training" not in steps


def test_bert_pt_takes_a_corpus_or_an_encoder_that_is_post_trained(encoder, write, tmp_path):
    corpus = write("reviews.txt", "The soup was good.\n\nThe bar was bad.\n")
    assert bert_pt.read_passages(corpus) == ["The soup was good.", "The bar was bad."]
    start("bert-pt", encoder, corpus=corpus)
    assert len(list((tmp_path / "cache" / "encoders").glob("*/config.json"))) == 1
    model, _ = start("bert-pt", encoder, post_trained=True)
    plain, _ = start("bert", encoder)
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), plain.parameters(), strict=True))
    with pytest.raises(ArtsError, match=r"empty\.txt: is empty; expected a passage a line"):
        bert_pt.read_passages(write("empty.txt", "\n"))
