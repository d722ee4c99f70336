"""Word vectors."""

from __future__ import annotations

import pytest
import torch
from helpers.sentences import TOY, sentence
from helpers.zoo import fit, start

from arts.data.errors import ArtsError
from arts.data.schema import original_instances
from arts.models import training
from arts.models.recipe import Start, TrainingRequest
from arts.models.trained_models import train_or_load

pytestmark = pytest.mark.usefixtures("short_recipes")


def test_word_vectors_a_word_is_the_mean_of_its_pieces(encoder):
    model, inputs = start("td-lstm", encoder)
    model.eval()
    (instance,) = sentence("1", "the soups", soups="neutral").instances()
    batch = inputs.collate(inputs.encode([instance]))
    assert batch["word_ids"].tolist() == [[0, 1, 1]]
    words = model.embed(**batch)
    assert words.lengths.tolist() == [2]
    pieces = model.embedding(batch["input_ids"])[0, 1:]
    assert torch.allclose(words.vectors[0, 1], pieces.mean(0))


def test_word_vectors_are_read_in_glove_format(encoder, write, instances):
    lines = ["soup 1 2 3", ". . -1 -2 -3", "good 0.5 0.5 0.5", "unseen 9 9 9", "bad -1 0 1"]
    vectors = write("vectors.txt", "\n".join(lines))
    model, inputs = start("td-lstm", encoder, embeddings=vectors)
    assert model.config.embedding_size == 3
    vocabulary = inputs.tokenizer.get_vocab()
    assert {"soup", "good", "bad"} <= set(vocabulary)
    assert "unseen" not in vocabulary  # the vocabulary is that of the training sentences
    assert model.embedding.weight[vocabulary["good"]].tolist() == [0.5, 0.5, 0.5]
    answers = training.predict_proba(model, inputs, instances=instances)
    assert answers.shape == (len(instances), 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("soup 1 2 3\nbad 1 2\n", r"line 2: 2 numbers; expected 3"),
        ("soup 1 2 3\nbad 1 2 3 4\n", r"line 2: 4 numbers; expected 3"),
        ("soup 1 2 3\nbad 1 2 x\n", r"line 2: not a number"),
        ("nothing 1 2 3\n", r"holds no word of the training split"),
    ],
)
def test_word_vectors_that_do_not_fit_are_one_clear_error(text, message, encoder, write):
    with pytest.raises(ArtsError, match=message):
        start("gcae", encoder, embeddings=write("vectors.txt", text))


def test_word_vectors_the_same_word_vectors_give_another_model_than_none(encoder, write):
    instances = original_instances(TOY)
    given = Start(encoder, embeddings=write("vectors.txt", "soup 1 2 3\ngood 3 2 1\nbad 1 1 1\n"))
    model = train_or_load(TrainingRequest("memnet", 1, given), train=instances, dev=instances)
    assert model.key != fit("memnet", encoder).key
    bert = train_or_load(TrainingRequest("bert", 1, given), train=instances, dev=instances)
    assert bert.key == fit("bert", encoder).key  # it reads none
