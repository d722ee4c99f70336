"""The zoo on a tiny encoder of our own: shapes, determinism, saving, resuming, what it starts from."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from builders import SPECIAL, TOY, WORDS, sentence
from huggingface_hub import HfApi, RepoUrl
from safetensors.torch import load_file, save_file
from transformers import (
    AutoModelForSequenceClassification,
    GPT2Config,
    GPT2Model,
    PreTrainedTokenizerFast,
)

from arts.data.errors import ArtsError, UnknownNameError
from arts.data.schema import originals
from arts.models import training
from arts.models.base import Start
from arts.models.inputs import dependency_cache
from arts.models.registry import ZOO, entries, model_names, zoo_class
from arts.models.trained_models import ZooModel, trained
from arts.models.zoo import bert_pt


@pytest.fixture(autouse=True)
def short_recipes(monkeypatch):
    for name in ZOO:
        model_class = zoo_class(name)
        monkeypatch.setattr(model_class, "recipe", replace(model_class.recipe, epochs=4, min_steps=1))
    monkeypatch.setattr(bert_pt, "EPOCHS", 2)


@pytest.fixture
def instances():
    return originals(TOY[:5])


def start(name, encoder, **further):
    torch.manual_seed(0)
    return zoo_class(name).start(Start(encoder, **further), [s.text for s in TOY])


def fit(name, encoder, seed=1, progress=None):
    instances = originals(TOY)
    return trained(name, instances, instances, seed=seed, start=Start(encoder), progress=progress)


@pytest.mark.parametrize("name", ZOO)
def test_predictions_are_probabilities_whatever_the_batch(name, encoder, instances, monkeypatch):
    model, inputs = start(name, encoder)
    together = training.predict_proba(model, inputs, instances)
    assert together.shape == (len(instances), 3)
    assert np.allclose(together.sum(1), 1)
    monkeypatch.setattr(training, "PREDICT_BATCH", 1)
    assert np.allclose(training.predict_proba(model, inputs, instances), together, atol=1e-5)


@pytest.mark.parametrize("name", sorted(set(ZOO) - {"bert-sent"}))
def test_a_model_hears_which_aspect_is_asked_about(name, encoder, instances):
    model, inputs = start(name, encoder)
    with torch.no_grad():
        for part, weights in model.named_parameters():
            if not part.startswith("encoder."):
                weights.mul_(4)  # so that an untrained model has opinions
    two = [i for i in instances if len(i.aspects) == 2][:2]
    first, second = training.predict_proba(model, inputs, two)
    assert not np.allclose(first, second, atol=1e-5)


@pytest.mark.parametrize("name", ZOO)
def test_a_saved_model_answers_the_same(name, encoder, instances):
    model = fit(name, encoder)
    answers = model.predict_proba(instances)
    again = fit(name, encoder)
    assert again.checksum == model.checksum
    assert (again.predict_proba(instances) == answers).all()


@pytest.mark.parametrize("name", ZOO)
def test_the_auto_classes_of_transformers_load_what_was_saved(name, encoder, tmp_path):
    model = fit(name, encoder)
    loaded = AutoModelForSequenceClassification.from_pretrained(tmp_path / "cache" / "models" / model.key)
    assert type(loaded) is zoo_class(name)
    assert loaded.config.id2label == {0: "positive", 1: "negative", 2: "neutral"}
    assert all(torch.equal(a, b) for a, b in zip(loaded.parameters(), model.model.parameters(), strict=True))


@pytest.mark.parametrize("name", ZOO)
def test_the_same_seed_gives_the_same_weights_and_another_does_not(name, encoder, tmp_path, monkeypatch):
    first = fit(name, encoder)
    monkeypatch.setenv("ARTS_CACHE_HOME", str(tmp_path / "another"))
    assert fit(name, encoder).checksum == first.checksum
    assert fit(name, encoder, seed=2).checksum != first.checksum


@pytest.mark.parametrize("name", ZOO)
def test_an_interrupted_run_goes_on_and_ends_with_the_same_weights(name, encoder, tmp_path, monkeypatch):
    whole = []
    model = fit(name, encoder, progress=lambda *step: whole.append(step[0]))

    def interrupt(done, total, remark):
        if done > total // 2 and remark != "post-training":
            raise KeyboardInterrupt

    monkeypatch.setenv("ARTS_CACHE_HOME", str(tmp_path / "another"))
    with pytest.raises(KeyboardInterrupt):
        fit(name, encoder, progress=interrupt)
    (checkpoints,) = (tmp_path / "another" / "models").glob("*.work/checkpoints")
    (checkpoints / "checkpoint-999").mkdir()  # cut off while it was written
    rest = []
    again = fit(name, encoder, progress=lambda *step: rest.append(step[0]))
    assert rest == whole[-len(rest) :]
    assert len(rest) < len(whole)
    assert again.checksum == model.checksum


def test_an_interruption_leaves_no_model_behind(encoder, tmp_path):
    def interrupt(done, total, remark):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit("td-lstm", encoder, progress=interrupt)
    kept = [p.name for p in (tmp_path / "cache" / "models").iterdir()]
    assert all(name.endswith((".lock", ".work")) for name in kept)


def test_a_word_is_the_mean_of_its_pieces(encoder):
    model, inputs = start("td-lstm", encoder)
    model.eval()
    (instance,) = sentence("1", "the soups", soups="neutral").instances()
    batch = inputs.collate(inputs.encode([instance]))
    assert batch["words"].tolist() == [[0, 1, 1]]
    words = model.embed(**batch)
    assert words.lengths.tolist() == [2]
    pieces = model.embedding(batch["input_ids"])[0, 1:]
    assert torch.allclose(words.vectors[0, 1], pieces.mean(0))


def test_an_aspect_without_a_word_is_one_clear_error(encoder):
    _, inputs = start("td-lstm", encoder)
    (instance,) = sentence("1", "the \x00 soup", **{"\x00": "neutral"}).instances()
    with pytest.raises(ArtsError, match='id "1_0": the tokenizer finds no word'):
        inputs.encode([instance])


def test_the_aspect_survives_a_sentence_that_is_cut(encoder):
    _, inputs = start("bert", encoder)
    (instance,) = sentence("1", "the soup " + "was good " * 100, soup="positive").instances()
    (features,) = inputs.encode([instance])
    soup = WORDS.index("soup") + len(SPECIAL)
    assert len(features["input_ids"]) == 128
    assert features["input_ids"][-2:] == [soup, 3]


def test_training_needs_train_and_dev(encoder):
    with pytest.raises(ArtsError, match="training needs the splits train and dev"):
        trained("bert", originals(TOY), [], seed=1, start=Start(encoder))


def test_unknown_models_are_one_clear_error():
    with pytest.raises(UnknownNameError, match=r'unknown model "td_lstm"\. Did you mean "td-lstm"\?'):
        zoo_class("td_lstm")
    assert set(ZOO) <= set(model_names())


def test_a_saved_model_answers_the_same_in_a_new_process(encoder, instances, tmp_path):
    """For all nine at once: a process that has trained none of them."""
    folders = {}
    for name in ZOO:
        model = fit(name, encoder)
        model.save(tmp_path / name)
        folders[name] = model.predict_proba(instances)
    program = (
        "import sys, numpy, pathlib; sys.path.insert(0, sys.argv[2])\n"
        "from builders import TOY\n"
        "from arts.data.schema import originals\n"
        "from arts.models.checkpoints import load_checkpoint\n"
        "for folder in pathlib.Path(sys.argv[1]).glob('*/model.safetensors'):\n"
        "    model, _ = load_checkpoint(str(folder.parent))\n"
        "    numpy.save(folder.with_name('answers.npy'), model.predict_proba(originals(TOY[:5])))\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path), str(Path(__file__).parent)]
    subprocess.run(command, check=True, capture_output=True)
    for name, answers in folders.items():
        assert np.array_equal(np.load(tmp_path / name / "answers.npy"), answers), name


def test_what_is_pushed_is_what_is_saved(encoder, instances, monkeypatch, tmp_path):
    def create(self, repository, *, private, exist_ok):
        return RepoUrl(f"https://huggingface.co/{repository}")

    def upload(self, *, repo_id, folder_path):
        shutil.copytree(folder_path, tmp_path / repo_id)

    monkeypatch.setattr(HfApi, "create_repo", create)
    monkeypatch.setattr(HfApi, "upload_folder", upload)
    model = fit("memnet", encoder)
    assert model.push_to_hub("me/memnet") == "https://huggingface.co/me/memnet"
    pushed = ZooModel.load(tmp_path / "me" / "memnet")
    assert (pushed.predict_proba(instances) == model.predict_proba(instances)).all()


def test_the_learning_curve_is_recorded_epoch_by_epoch(encoder):
    curve = fit("td-lstm", encoder).record["curve"]
    assert [point["epoch"] for point in curve] == [1, 2, 3, 4]
    assert curve[-1]["loss"] < curve[0]["loss"]
    assert all(0 <= point["macro_f1"] <= 100 for point in curve)


@pytest.mark.parametrize(("name", "epoch"), [("bert", 3), ("memnet", 2)])
def test_an_encoder_is_kept_as_it_ends_and_a_model_over_words_as_dev_says(name, epoch):
    curve = [training.Epoch(n, 1.0, 60.0, f1) for n, f1 in ((1, 50.0), (2, 70.0), (3, 60.0))]
    assert training.kept(zoo_class(name), curve) == epoch


def test_what_is_new_on_an_encoder_learns_faster_than_what_is_pretrained(encoder):
    model, _ = start("bert", encoder)
    recipe = replace(zoo_class("bert").recipe, learning_rate=1e-4, head_learning_rate=1e-3)
    rates = {
        id(weight): (group["lr"], group["weight_decay"])
        for group in training._groups(model, recipe)
        for weight in group["params"]
    }
    assert {rates[id(weight)][0] for weight in model.encoder.parameters()} == {1e-4}
    assert rates[id(model.classifier.weight)] == (1e-3, recipe.weight_decay)
    assert rates[id(model.classifier.bias)] == (1e-3, 0.0)
    assert len(rates) == len(list(model.parameters()))


def test_the_catalogue_says_how_large_each_model_is():
    rows = {row["name"]: row for row in entries()}
    assert list(rows)[:9] == list(ZOO)
    assert 22e6 < rows["bert"]["parameters"] < 23e6
    assert rows["td-lstm"]["trained"] < rows["td-lstm"]["parameters"]
    assert rows["bert-sent"]["reads"] == "the sentence, not the aspect"


# --- what training starts from -------------------------------------------------------------------


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
    assert bert_pt.read_corpus(corpus) == ["The soup was good.", "The bar was bad."]
    start("bert-pt", encoder, corpus=corpus)
    assert len(list((tmp_path / "cache" / "encoders").glob("*/config.json"))) == 1
    model, _ = start("bert-pt", encoder, post_trained=True)
    plain, _ = start("bert", encoder)
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), plain.parameters(), strict=True))
    with pytest.raises(ArtsError, match=r"empty\.txt: is empty; expected a passage a line"):
        bert_pt.read_corpus(write("empty.txt", "\n"))


def test_word_vectors_are_read_in_glove_format(encoder, write, instances):
    lines = ["soup 1 2 3", ". . -1 -2 -3", "good 0.5 0.5 0.5", "unseen 9 9 9", "bad -1 0 1"]
    vectors = write("vectors.txt", "\n".join(lines))
    model, inputs = start("td-lstm", encoder, embeddings=vectors)
    assert model.config.embedding_size == 3
    vocabulary = inputs.tokenizer.get_vocab()
    assert {"soup", "good", "bad"} <= set(vocabulary)
    assert "unseen" not in vocabulary  # the vocabulary is that of the training sentences
    assert model.embedding.weight[vocabulary["good"]].tolist() == [0.5, 0.5, 0.5]
    answers = training.predict_proba(model, inputs, instances)
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


def test_files_that_are_not_there_are_one_clear_error(tmp_path, encoder):
    for option, name in (("embeddings", "gcae"), ("corpus", "bert-pt")):
        start = Start(encoder, **{option: tmp_path / "none.txt"})
        with pytest.raises(ArtsError, match=r"none\.txt: is not a file"):
            trained(name, originals(TOY), originals(TOY), seed=1, start=start)


def test_the_same_word_vectors_give_another_model_than_none(encoder, write):
    instances = originals(TOY)
    given = Start(encoder, embeddings=write("vectors.txt", "soup 1 2 3\ngood 3 2 1\nbad 1 1 1\n"))
    model = trained("memnet", instances, instances, seed=1, start=given)
    assert model.key != fit("memnet", encoder).key
    bert = trained("bert", instances, instances, seed=1, start=given)
    assert bert.key == fit("bert", encoder).key  # it reads none


def test_parses_are_worked_out_once(monkeypatch):
    heads = dependency_cache.heads_of(["The soup was good."])
    assert [head for _, _, head in heads["The soup was good."]] == [1, 2, 2, 2, 2]
    monkeypatch.setattr(dependency_cache, "parsed", lambda items: [(None, text) for text, _ in items][:0])
    assert dependency_cache.heads_of(["The soup was good."]) == heads


def gpt2(folder, encoder):
    GPT2Model(GPT2Config(n_layer=1, n_head=1, n_embd=8, vocab_size=40)).save_pretrained(folder)
    tokenizer = PreTrainedTokenizerFast.from_pretrained(encoder)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer.backend_tokenizer).save_pretrained(folder)


@pytest.mark.parametrize("name", ["bert", "td-lstm"])
def test_an_encoder_that_is_a_decoder_is_one_clear_error(name, encoder, tmp_path):
    gpt2(tmp_path / "gpt2", encoder)
    with pytest.raises(ArtsError, match=r"is a gpt2 model; expected a BERT-like encoder"):
        fit(name, str(tmp_path / "gpt2"))


def test_an_encoder_without_tokenizer_is_one_clear_error(encoder, tmp_path):
    shutil.copytree(encoder, tmp_path / "bare", ignore=shutil.ignore_patterns("tokenizer*"))
    with pytest.raises(ArtsError, match=r"has no tokenizer; expected one of tokenizer\.json"):
        fit("bert", str(tmp_path / "bare"))


def test_an_encoder_in_half_precision_is_trained_in_single(encoder, tmp_path):
    shutil.copytree(encoder, tmp_path / "half")
    file = tmp_path / "half" / "model.safetensors"
    halves = {name: tensor.bfloat16() for name, tensor in load_file(file).items()}
    save_file(halves, file, metadata={"format": "pt"})
    model, _ = start("bert", str(tmp_path / "half"))
    assert {weights.dtype for weights in model.parameters()} == {torch.float32}


def test_an_encoder_with_weights_missing_is_one_clear_error(encoder, write, tmp_path):
    shutil.copytree(encoder, tmp_path / "cut")
    file = tmp_path / "cut" / "model.safetensors"
    weights = load_file(file)
    del weights["encoder.layer.0.output.dense.weight"]
    save_file(weights, file, metadata={"format": "pt"})
    with pytest.raises(ArtsError, match=r"lacks 1 of the weights of BertModel"):
        fit("bert", str(tmp_path / "cut"))
    write("encoder/config.json", {"model_type": "bert"})
    with pytest.raises(ArtsError, match="has no tokenizer"):
        fit("bert", str(tmp_path / "encoder"))


def test_bert_sent_never_sees_the_aspect(encoder):
    """Neither which it is nor where: an aspect that cannot be looked at makes no difference."""

    class Unseen:
        text = TOY[2].text

        @property
        def aspect(self):
            raise AssertionError("the aspect was looked at")

    model, inputs = start("bert-sent", encoder)
    first, second = training.predict_proba(model, inputs, list(TOY[2].instances()))
    assert (first == second).all()
    (again,) = training.predict_proba(model, inputs, [Unseen()])
    assert np.allclose(again, first, atol=1e-6)
