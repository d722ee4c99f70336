"""The zoo on a tiny encoder of our own: shapes, determinism, saving, resuming; and adapters."""

from __future__ import annotations

import sys
import types
from dataclasses import replace

import numpy as np
import pytest
import torch
from builders import sentence
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import (
    AutoModelForSequenceClassification,
    BertConfig,
    BertForSequenceClassification,
    BertModel,
    PreTrainedTokenizerFast,
    pipeline,
)

from arts.benchmark import Benchmark
from arts.data.corpus import Corpus
from arts.data.errors import ArtsError, UnknownNameError
from arts.models import training
from arts.models.adapters import as_classifier, checked
from arts.models.encoders import resolve_encoder
from arts.models.registry import ZOO, load_object, model_names, zoo_class
from arts.models.zoo import trained

WORDS = "the soup staff bar was is good bad rude kind ##s ##r , . and but table we got a".split()  # noqa: SIM905
SENTENCES = [
    sentence(str(n), text, **terms)
    for n, (text, terms) in enumerate(
        [
            ("The soup was good.", {"soup": "positive"}),
            ("The soup was bad.", {"soup": "negative"}),
            ("The staff was kind and the bar was bad.", {"staff": "positive", "bar": "negative"}),
            ("The staff was rude, but the soup was good.", {"staff": "negative", "soup": "positive"}),
            ("We got a table.", {"table": "neutral"}),
        ]
        * 4
    )
]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    """A BERT with one narrow layer and a vocabulary of a few words, as a folder."""
    folder = str(tmp_path_factory.mktemp("encoder"))
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    vocabulary = {word: n for n, word in enumerate(special + WORDS)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    ).save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=160,
        initializer_range=0.5,
    )
    BertModel(config).save_pretrained(folder)
    return folder


@pytest.fixture(autouse=True)
def short_recipes(monkeypatch):
    for name in ZOO:
        model_class = zoo_class(name)
        monkeypatch.setattr(model_class, "recipe", replace(model_class.recipe, epochs=4, min_steps=1))


@pytest.fixture
def corpus(units):
    return Corpus("mine", tuple(units), lambda split: SENTENCES)


@pytest.fixture
def instances():
    return [i for s in SENTENCES[:5] for i in s.instances()]


def start(name, encoder):
    torch.manual_seed(0)
    model = zoo_class(name).start(resolve_encoder(encoder))
    return model, zoo_class(name).inputs.load(resolve_encoder(encoder))


@pytest.mark.parametrize("name", ZOO)
def test_predictions_are_probabilities_whatever_the_batch(name, encoder, instances, monkeypatch):
    model, inputs = start(name, encoder)
    together = training.predict_proba(model, inputs, instances)
    assert together.shape == (len(instances), 3)
    assert np.allclose(together.sum(1), 1)
    monkeypatch.setattr(training, "PREDICT_BATCH", 1)
    assert np.allclose(training.predict_proba(model, inputs, instances), together, atol=1e-5)


@pytest.mark.parametrize("name", ZOO)
def test_a_model_hears_which_aspect_is_asked_about(name, encoder, instances):
    model, inputs = start(name, encoder)
    two = [i for i in instances if len(i.aspects) == 2][:2]
    first, second = training.predict_proba(model, inputs, two)
    assert not np.allclose(first, second)


@pytest.mark.parametrize("name", ZOO)
def test_a_saved_model_answers_the_same(name, encoder, corpus, instances):
    model = trained(name, corpus, seed=1, encoder=encoder)
    answers = model.predict_proba(instances)
    again = trained(name, corpus, seed=1, encoder=encoder)
    assert again.checksum == model.checksum
    assert (again.predict_proba(instances) == answers).all()


@pytest.mark.parametrize("name", ZOO)
def test_the_auto_classes_of_transformers_load_what_was_saved(name, encoder, corpus, tmp_path):
    model = trained(name, corpus, seed=1, encoder=encoder)
    loaded = AutoModelForSequenceClassification.from_pretrained(tmp_path / "cache" / "models" / model.key)
    assert type(loaded) is zoo_class(name)
    assert loaded.config.id2label == {0: "positive", 1: "negative", 2: "neutral"}
    assert all(torch.equal(a, b) for a, b in zip(loaded.parameters(), model.model.parameters(), strict=True))


@pytest.mark.parametrize("name", ZOO)
def test_the_same_seed_gives_the_same_weights_and_another_does_not(
    name, encoder, corpus, tmp_path, monkeypatch
):
    first = trained(name, corpus, seed=1, encoder=encoder)
    monkeypatch.setenv("ARTS_CACHE_HOME", str(tmp_path / "another"))
    assert trained(name, corpus, seed=1, encoder=encoder).checksum == first.checksum
    assert trained(name, corpus, seed=2, encoder=encoder).checksum != first.checksum


@pytest.mark.parametrize("name", ZOO)
def test_an_interrupted_run_goes_on_and_ends_with_the_same_weights(
    name, encoder, corpus, tmp_path, monkeypatch
):
    whole = []
    model = trained(name, corpus, seed=1, encoder=encoder, progress=lambda *step: whole.append(step[0]))

    def interrupt(done, total, remark):
        if done > total // 2:
            raise KeyboardInterrupt

    monkeypatch.setenv("ARTS_CACHE_HOME", str(tmp_path / "another"))
    with pytest.raises(KeyboardInterrupt):
        trained(name, corpus, seed=1, encoder=encoder, progress=interrupt)
    (checkpoints,) = (tmp_path / "another" / "models").glob("*.work/checkpoints")
    (checkpoints / "checkpoint-999").mkdir()  # cut off while it was written
    rest = []
    again = trained(name, corpus, seed=1, encoder=encoder, progress=lambda *step: rest.append(step[0]))
    assert rest == whole[-len(rest) :]
    assert len(rest) < len(whole)
    assert again.checksum == model.checksum


def test_an_interruption_leaves_no_model_behind(encoder, corpus, tmp_path):
    def interrupt(done, total, remark):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trained("td-lstm", corpus, seed=1, encoder=encoder, progress=interrupt)
    kept = [p.name for p in (tmp_path / "cache" / "models").iterdir()]
    assert all(name.endswith((".lock", ".work")) for name in kept)


def test_td_lstm_is_two_lstms_that_meet_at_the_target(encoder, instances):
    """Equation by equation: one LSTM over the left context, one over the reversed right context."""
    model, inputs = start("td-lstm", encoder)
    model.eval()
    instance = instances[3]
    batch = inputs.collate(inputs.encode([instance]))
    vectors, _ = model.embed(batch["input_ids"], batch["words"])
    first, last = int(batch["first"]), int(batch["last"])
    lstm, size = model.lstm, model.config.hidden_size
    single = [torch.nn.LSTM(vectors.shape[-1], size, batch_first=True) for _ in range(2)]
    for one, suffix in zip(single, ("", "_reverse"), strict=True):
        one.load_state_dict({n: getattr(lstm, n + suffix) for n in one.state_dict()})
    left = single[0](vectors[:, : last + 1])[0][:, -1]
    right = single[1](vectors[:, first:].flip(1))[0][:, -1]
    expected = torch.cat([left, right], -1)
    assert torch.allclose(model.encode(**batch), expected, atol=1e-6)


def test_a_word_is_the_mean_of_its_pieces(encoder):
    model, inputs = start("td-lstm", encoder)
    model.eval()
    (instance,) = sentence("1", "the soups", soups="neutral").instances()
    batch = inputs.collate(inputs.encode([instance]))
    assert batch["words"].tolist() == [[0, 1, 1]]
    vectors, lengths = model.embed(batch["input_ids"], batch["words"])
    assert lengths.tolist() == [2]
    pieces = model.embedding(batch["input_ids"])[0, 1:]
    assert torch.allclose(vectors[0, 1], pieces.mean(0))


def test_an_aspect_without_a_word_is_one_clear_error(encoder):
    _, inputs = start("td-lstm", encoder)
    (instance,) = sentence("1", "the \x00 soup", **{"\x00": "neutral"}).instances()
    with pytest.raises(ArtsError, match='id "1_0": the tokenizer finds no word'):
        inputs.encode([instance])


def test_the_aspect_survives_a_sentence_that_is_cut(encoder):
    _, inputs = start("bert", encoder)
    (instance,) = sentence("1", "the soup " + "was good " * 100, soup="positive").instances()
    (features,) = inputs.encode([instance])
    soup = WORDS.index("soup") + 4
    assert len(features["input_ids"]) == 128
    assert features["input_ids"][-2:] == [soup, 3]


def test_training_needs_train_and_dev(encoder, units):
    with pytest.raises(ArtsError, match="training needs the splits train and dev"):
        trained("bert", Corpus("mine", tuple(units)), seed=1, encoder=encoder)


def test_unknown_models_are_one_clear_error():
    with pytest.raises(UnknownNameError, match=r'unknown model "td_lstm"\. Did you mean "td-lstm"\?'):
        zoo_class("td_lstm")
    assert set(ZOO) <= set(model_names())


def test_an_encoder_that_is_no_model_is_one_clear_error(write, tmp_path, corpus):
    write("encoder/config.json", {"model_type": "bert"})
    with pytest.raises(ArtsError):
        trained("bert", corpus, seed=1, encoder=str(tmp_path / "encoder"))


# --- adapters ------------------------------------------------------------------------------------


class Always:
    def predict_proba(self, instances):
        return np.tile([0.2, 0.7, 0.1], (len(instances), 1))


def test_benchmark_measures_classes_objects_and_functions(corpus):
    bench = Benchmark(corpus)
    share = bench.evaluate(Always()).accuracy
    assert share.value == pytest.approx(33.33)
    assert bench.evaluate(Always).accuracy == share
    assert bench.evaluate(lambda instances: ["neg"] * len(instances)).accuracy == share
    assert bench.evaluate(lambda instances: Always().predict_proba(instances)).accuracy == share


def test_benchmark_measures_what_a_module_holds(corpus, monkeypatch):
    module = types.ModuleType("mymodels")
    module.Always = Always
    monkeypatch.setitem(sys.modules, "mymodels", module)
    report = Benchmark(corpus).evaluate("mymodels:Always")
    assert (report.name, report.model.kind) == ("mymodels:Always", "custom")
    with pytest.raises(ArtsError, match='module mymodels has no "Never"'):
        load_object("mymodels:Never")
    with pytest.raises(ArtsError, match='no module "nomodels"'):
        load_object("nomodels:Any")


def test_benchmark_fits_scikit_learn_on_train_alone(corpus):
    pipeline = make_pipeline(TfidfVectorizer(), LogisticRegression())
    report = Benchmark(corpus).evaluate(pipeline, name="tfidf")
    assert report.predictions.probabilities.shape == (7, 3)
    assert not hasattr(pipeline[-1], "classes_")  # a copy was fitted
    with pytest.raises(ArtsError, match="no train split"):
        Benchmark(Corpus("mine", corpus.test)).evaluate(pipeline)


class FakePipeline:
    """What a text-classification pipeline looks like from outside."""

    task, tokenizer = "text-classification", None

    def __init__(self, labels):
        self.model = types.SimpleNamespace(config=types.SimpleNamespace(id2label=dict(enumerate(labels))))
        self.labels = labels

    def __call__(self, pairs, top_k, batch_size):
        assert top_k is None
        assert {"text", "text_pair"} == set(pairs[0])
        return [[{"label": label, "score": 1 / len(self.labels)} for label in self.labels] for _ in pairs]


def test_pipelines_are_asked_in_pairs_and_their_labels_checked(instances):
    classifier = as_classifier(FakePipeline(["NEG", "Neutral", "positive"]))
    assert np.allclose(classifier.predict_proba(instances), 1 / 3)
    with pytest.raises(
        ArtsError, match='label "LABEL_0" is no polarity; expected positive, negative, neutral'
    ):
        as_classifier(FakePipeline(["LABEL_0", "LABEL_1"]))


def test_benchmark_measures_a_real_pipeline(corpus, encoder):
    labels = ["neutral", "negative", "positive"]
    model = BertForSequenceClassification.from_pretrained(encoder, id2label=dict(enumerate(labels)))
    tokenizer = PreTrainedTokenizerFast.from_pretrained(encoder)
    asked = pipeline("text-classification", model=model, tokenizer=tokenizer)
    probabilities = Benchmark(corpus).evaluate(asked).predictions.probabilities
    instance = corpus.test[0]
    batch = tokenizer(instance.text, instance.aspect.term, return_tensors="pt")
    expected = model.eval()(**batch).logits.softmax(-1)[0, [2, 1, 0]].detach().numpy()
    assert np.allclose(probabilities[0], expected, atol=1e-5)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (np.ones((4, 2)), r"shape \(4, 2\); expected \(4, 3\)"),
        (np.ones((4, 3)), "expected rows that sum to 1"),
        (np.full((4, 3), np.nan), "negative or undefined"),
        ([["a", "b", "c"]] * 4, "not numbers"),
    ],
)
def test_answers_that_are_no_probabilities_are_refused(answer, message):
    with pytest.raises(ArtsError, match=message):
        checked(answer, 4, "mine")


def test_something_else_is_refused():
    with pytest.raises(ArtsError, match="int cannot be measured"):
        as_classifier(3)


def test_zoo_models_are_classifiers(corpus, encoder):
    model = trained("td-lstm", corpus, seed=1, encoder=encoder)
    assert as_classifier(model) is model
