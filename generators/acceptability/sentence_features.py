"""Features of an original, which all its variants share."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from arts.data.schema import Aspect, Instance
from arts.generators.opinions.extraction import SIGN_OF
from arts.generators.opinions.opinion_assignment import OpinionAssignment, span_of

_CUES = re.compile(
    r"\b(?:because|since|so|that's why|recommend\w*|favou?rite|best|worst|love\w*|hate\w*|return\w*|again"
    r"|back|only|but|although|though|however|while|except|despite|unless|yet|still|even|instead|if|when|than|too|and"
    r"|also|especially|overall|always|never|not|all|both|either|neither|nor|more|must|wish|hope|worth)(?!\w)"
    r"|n't\b",
    re.IGNORECASE,
)
_MARKS = {
    "question": "?",
    "exclamation": "!",
    "parenthesis": "(",
    "quotation": '"',
    "semicolon": ";",
    "colon": ":",
    "dash": " - ",
    "ellipsis": "..",
}


@dataclass
class SentenceFeatures:
    """The features of a sentence, computed once for all its variants.

    Args:
        opinions: the sentence with the opinion words of its aspects.
    """

    opinions: OpinionAssignment

    def of(self, source: Instance) -> Iterator[tuple[str, float]]:
        """Stream the features of the sentence and of the target in it."""
        yield from self._shared
        yield f"label {source.polarity}", 1.0
        for aspect in self.opinions.sentence.aspects:
            if span_of(aspect) != span_of(source.aspect):
                same = "same" if aspect.polarity is source.polarity else str(aspect.polarity)
                yield f"aspect {same}", 1.0
        yield from self.place_of(source.aspect, "target")
        sign = SIGN_OF[source.polarity]
        for name, value in (("with", sign), ("against", -sign)):
            yield f"free opinions {name} the target", math.log1p(self._free_signs[value])

    def place_of(self, aspect: Aspect, name: str) -> Iterator[tuple[str, float]]:
        """Stream where an aspect stands in the sentence.

        Args:
            aspect: the aspect.
            name: what the names of the features call it.
        """
        span = self.opinions.analysis.tokens_of(aspect.start, aspect.end)
        if span is None:
            return
        root = span.root
        yield f"{name} dep {root.dep_}", 1.0
        yield f"{name} under {root.dep_} {root.head.lemma_.lower()}", 1.0
        yield f"{name} term {root.lemma_.lower()}", 1.0
        yield f"{name} tag {root.tag_}", 1.0
        if not self.opinions.heads(aspect):
            yield f"{name} without opinion", 1.0

    @cached_property
    def _free_signs(self) -> Counter[int]:
        """How many opinion words of each sign belong to no aspect."""
        opinions = self.opinions
        owned = {head for aspect in opinions.sentence.aspects for head in opinions.heads(aspect)}
        return Counter(sign for head, sign in opinions.signs.items() if head not in owned)

    @cached_property
    def _shared(self) -> list[tuple[str, float]]:
        """The features that all aspects of the sentence share: its length, marks and cue words."""
        analysis = self.opinions.analysis
        doc, text = analysis.doc, analysis.sentence.text
        letters = [character for character in text if character.isalpha()]
        words = [token for token in doc if token.is_alpha]
        unknown = [t for t in words if t.is_lower and not analysis.knows(t.text)]
        found = [
            ("bias", 1.0),
            ("length", math.log1p(len(doc)) - 3),
            ("sentences", float(sum(1 for _ in doc.sents) - 1)),
            ("commas", math.log1p(text.count(","))),
            ("aspects", math.log(len(analysis.sentence.aspects))),
            ("capitals", sum(map(str.isupper, letters)) / max(len(letters), 1)),
            ("misspellings", math.log1p(len(unknown))),
            ("verbs", math.log1p(sum(token.pos_ == "VERB" for token in doc))),
        ]
        found += [(name, float(mark in text)) for name, mark in _MARKS.items() if mark in text]
        return found + [(f"cue {cue}", 1.0) for cue in sorted({m.lower() for m in _CUES.findall(text)})]
