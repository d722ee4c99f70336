"""The domain that sentences are of, told by their words."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from arts.data.schema import Sentence
from arts.generators.strategies.aspect_clause import domain_of

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

logger = logging.getLogger(__name__)

LEAST_CERTAIN = 0.75  # probability from which a domain is said: then all 57 of the sample's test are right
_NEAREST = (
    "%s has sentences on %s; ADDDIFF adds what those on %s say, whose words are nearest to the input's. If "
    "the input has several domains, too, begin its ids with them, as in %s-1"
)


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


def nearest_part(
    training: Sequence[Sentence], sentences: Iterable[Sentence], *, pool: str
) -> tuple[Sequence[Sentence], str]:
    """The sentences of a pool of several domains that are of the one nearest to the sentences to perturb.

    Args:
        training: The sentences of the pool.
        sentences: The sentences to perturb, or the first of them.
        pool: The name or path of the pool, for a message.

    Returns:
        The pool's sentences, and the name of their domain; all, and an empty name, if the pool has one domain
        or the ids of the sentences to perturb say which of its domains they are of.
    """
    domains = {domain_of(sentence.id) for sentence in training} - {""}
    sentences = list(sentences)
    if len(domains) < 2 or not sentences or any(domain_of(sentence.id) in domains for sentence in sentences):
        return training, ""
    classifier = domain_classifier(training)
    probabilities = classifier.predict_proba([sentence.text for sentence in sentences]).mean(0)
    nearest = str(classifier.classes_[probabilities.argmax()])
    logger.warning(_NEAREST, pool, " and ".join(sorted(domains)), nearest, nearest)
    return [sentence for sentence in training if domain_of(sentence.id) == nearest], nearest
