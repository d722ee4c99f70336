"""Anything that can be measured: objects, estimators, pipelines."""

from __future__ import annotations

import sys
import types

import numpy as np
import pytest
from helpers.classifiers import Always
from sklearn.base import BaseEstimator
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from transformers import BertForSequenceClassification, PreTrainedTokenizerFast, pipeline

from arts.data.corpus import Corpus
from arts.data.errors import ArtsError
from arts.data.label_names import LabelNames
from arts.evaluation.benchmark import Benchmark
from arts.models.adapters import as_classifier, check_probabilities
from arts.models.registry import load_object


def test_adapters_benchmark_measures_classes_objects_and_functions(corpus):
    bench = Benchmark(corpus)
    share = bench.evaluate(Always()).accuracy
    assert share.value == pytest.approx(33.33)
    assert bench.evaluate(Always).accuracy == share
    assert bench.evaluate(lambda instances: ["neg"] * len(instances)).accuracy == share
    assert bench.evaluate(lambda instances: Always().predict_proba(instances)).accuracy == share


def test_adapters_benchmark_measures_what_a_module_holds(corpus, monkeypatch):
    module = types.ModuleType("mymodels")
    module.Always = Always
    monkeypatch.setitem(sys.modules, "mymodels", module)
    report = Benchmark(corpus).evaluate("mymodels:Always")
    assert (report.name, report.model.kind) == ("mymodels:Always", "custom")
    with pytest.raises(ArtsError, match='has no "Never"'):
        load_object("mymodels:Never")
    with pytest.raises(ArtsError, match='no module "nomodels"'):
        load_object("nomodels:Any")


def test_adapters_benchmark_fits_scikit_learn_on_train_alone(corpus):
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


def test_adapters_pipelines_are_asked_in_pairs_and_their_labels_checked(instances):
    classifier = as_classifier(FakePipeline(["NEG", "Neutral", "positive"]))
    assert np.allclose(classifier.predict_proba(instances), 1 / 3)
    with pytest.raises(
        ArtsError, match='label "LABEL_0" is no polarity; expected positive, negative, neutral'
    ):
        as_classifier(FakePipeline(["LABEL_0", "LABEL_1"]))


def test_adapters_benchmark_measures_a_real_pipeline(corpus, encoder):
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
def test_adapters_answers_that_are_no_probabilities_are_refused(answer, message):
    with pytest.raises(ArtsError, match=message):
        check_probabilities(answer, 4, name="mine")


def test_adapters_something_else_is_refused():
    with pytest.raises(ArtsError, match="int cannot be measured"):
        as_classifier(3)


class FakeSetFit:
    """What a SetFit model looks like from outside."""

    labels = ("negative", "neutral", "positive")
    model_body = model_head = None

    def __init__(self, labels=labels, classes=None):
        self.labels = labels
        if classes is not None:
            self.model_head = types.SimpleNamespace(classes_=classes)

    def predict_proba(self, texts, as_numpy):
        assert as_numpy
        assert all(isinstance(text, str) for text in texts)
        return np.tile([0.7, 0.2, 0.1], (len(texts), 1))


def test_adapters_setfit_models_are_asked_with_texts(instances):
    answers = as_classifier(FakeSetFit()).predict_proba(instances)
    assert np.allclose(answers[0], [0.1, 0.7, 0.2])


NAMES = LabelNames.of({0: "negative", 1: "neutral", 2: "positive"})


@pytest.mark.parametrize(
    ("labels", "classes", "expected"),
    [
        (["positive", "neutral", "negative"], np.array([0, 1, 2]), [0.7, 0.1, 0.2]),
        (["positive", "neutral", "negative"], np.array([2, 1, 0]), [0.1, 0.7, 0.2]),  # places in the list
        (["positive", "neutral", "negative"], np.array(["negative", "neutral", "positive"]), [0.1, 0.7, 0.2]),
        (None, np.array(["neg", "pos", "neu"]), [0.2, 0.7, 0.1]),
        (None, np.array([0, 1, 2]), [0.1, 0.7, 0.2]),  # as --labels says
    ],
)
def test_adapters_setfit_columns_are_those_of_its_head(instances, labels, classes, expected):
    answers = as_classifier(FakeSetFit(labels, classes), labels=NAMES).predict_proba(instances)
    assert np.allclose(answers[0], expected)


class FakeEstimator(BaseEstimator):
    """A fitted scikit-learn classifier."""

    def __init__(self, classes=None, answers=None):
        self.classes_, self.fitted_ = classes, True
        if answers is None:
            self.predict_proba = lambda texts: np.tile([0.7, 0.2, 0.1][: len(classes)], (len(texts), 1))
        self.answers = answers

    def get_params(self, deep=True):
        return {}

    def fit(self, texts, labels):
        raise AssertionError("it is fitted")

    def predict(self, texts):
        return np.array([self.answers] * len(texts))


class Columns:
    """A classifier of the user's own whose classes are named."""

    def __init__(self, classes):
        self.classes_ = classes

    def predict_proba(self, instances):
        return np.tile([0.7, 0.2, 0.1], (len(instances), 1))


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (FakeEstimator(["negative", "neutral", "positive"]), [0.1, 0.7, 0.2]),
        (FakeEstimator(["Neu", "POS", " neg "]), [0.2, 0.1, 0.7]),
        (FakeEstimator(np.array([2, 1, 0])), [0.7, 0.1, 0.2]),
        (FakeEstimator(["positive", "pos", "neg"]), [0.9, 0.1, 0.0]),  # both are positive
        (FakeEstimator(["negative", "positive"]), [0.2, 0.7, 0.0]),
        (FakeEstimator(answers="NEG"), [0, 1, 0]),
        (FakeEstimator(answers=1), [0, 0, 1]),
        (Columns(["negative", "neutral", "positive"]), [0.1, 0.7, 0.2]),
        (Columns([0, 1, 2]), [0.1, 0.7, 0.2]),
        (FakePipeline(["LABEL_2", "LABEL_0"]), [0.5, 0.5, 0]),
        (FakePipeline(["pos", "neg"]), [0.5, 0.5, 0]),
        (lambda instances: ["1.0"] * len(instances), [0, 0, 1]),
        (lambda instances: (label for label in [2] * len(instances)), [1, 0, 0]),
        (lambda instances: np.array([0] * len(instances)), [0, 1, 0]),
        (lambda instances: np.array([[0, 1, 0]] * len(instances)), [0, 1, 0]),  # whole numbers, by column
    ],
)
def test_adapters_names_of_labels_decide(instances, model, expected):
    answers = as_classifier(model, labels=NAMES).predict_proba(instances)
    assert np.allclose(answers, [expected] * len(instances))


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (FakeEstimator(np.array([0, 1, 2])), 'estimator: label "0" is no polarity'),
        (FakeEstimator(np.array([False, True])), 'estimator: label "False" is no polarity'),
        (FakeEstimator(answers=1), 'estimator: label "1" is no polarity'),
        (FakeEstimator(answers=0.8), 'estimator: label "0.8" is no polarity'),
        (Columns(["0", "1", "2"]), 'Columns: label "0" is no polarity'),
        (FakeSetFit(labels=None), "the SetFit model does not name its labels"),
        (FakeSetFit(labels=None, classes=np.array([0, 1, 2])), 'SetFit: label "0" is no polarity'),
        (FakePipeline(["1 star", "2 stars"]), "pipeline: unknown polarity '1 star'"),
        (FakePipeline(["conflict", "negative"]), "pipeline: unknown polarity 'conflict'"),
        (lambda instances: [0] * len(instances), 'callable: label "0" is no polarity'),
        (lambda instances: np.array([1.0] * len(instances)), 'callable: label "1.0" is no polarity'),
        (lambda instances: [True] * len(instances), 'callable: label "True" is no polarity'),
        (lambda instances: ["positive", 1] * len(instances), 'callable: label "1" is no polarity'),
        (lambda instances: ["positive", None], "callable: no label; expected one of: positive"),
        (lambda instances: [[0.1], [0.2, 0.8]], "callable: predictions are not labels or probabilities"),
    ],
)
def test_adapters_labels_without_names_are_refused(instances, model, message):
    with pytest.raises(ArtsError, match=message):
        as_classifier(model).predict_proba(instances)


def test_adapters_an_estimator_that_cannot_be_fitted_on_texts_is_one_line(corpus):
    expected = (
        "custom: fitting raised ValueError: .*; the estimator gets texts, so put a vectorizer before it"
    )
    instances = [i for i in corpus.test if i.strategy == "original"]
    with pytest.raises(ArtsError, match=f"(?s)^{expected}$"):
        as_classifier(LogisticRegression(), train=lambda: instances, name="custom")
