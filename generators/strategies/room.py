"""Whether a sentence leaves room for an aspect of the other sentiment, or says that there is none."""

from __future__ import annotations

import re

from arts.data.schema import Polarity

_FAULT = (
    r"(?:complaints?|problems?|issues?|downsides?|drawbacks?|negatives?|faults?|flaws?|cons?|gripes?|"
    r"disappointments?|regrets?|annoyance|dislike|minus|quibbles?|weakness)"
)
_MERIT = (
    r"(?:good|positive|nice|decent|redeeming|great|best|saving|upside|plus|thing (?:I|we) (?:like|love)d?)"
)
_NO_FAULT = re.compile(
    r"\b(?:only|one|sole|single|biggest|main|no|zero|without|any|never had (?:a|any)|not? (?:a|one)?)\W+"
    rf"(?:\w+\W+)?{_FAULT}\b"
    r"|\bonly (?:\w+ )?thing\b|\bnothing (?:bad|negative|wrong|to complain|but (?:good|great|praise))"
    r"|\b(?:can(?:not|'?t)|could(?: not|n'?t)) (?:complain|fault|ask for|go wrong)|\bflawless"
    r"|\bin every way\b|\bnever (?:disappoint|fail|let)|\bwhat more\b|\b(?:10/10|100%)|\bhas it all\b"
    r"|\bcouldn'?t be (?:happier|better)",
    re.IGNORECASE,
)
_NO_MERIT = re.compile(
    rf"\bonly (?:\w+ )?{_MERIT}|\bnothing (?:good|positive|nice|special)|\bno redeeming"
    r"|\bonly (?:\w+ )?thing\b|\bcouldn'?t be worse|\bworst (?:\w+ )?(?:ever|experience)",
    re.IGNORECASE,
)
_EVERYTHING = re.compile(
    r"\b(?:everything|every (?:aspect|detail|thing)|"
    r"all(?! of a| night| day| over| the (?:time|way)| you can| right| that))\b",
    re.IGNORECASE,
)


def leaves_no_room(text: str, polarity: Polarity) -> bool:
    """Whether a text says that there is nothing of a polarity but what it names itself.

    Example:
        >>> leaves_no_room("My only complaint is the price.", Polarity.NEGATIVE)
        True
    """
    pattern = _NO_FAULT if polarity is Polarity.NEGATIVE else _NO_MERIT
    return bool(pattern.search(text))


def speaks_of_everything(text: str) -> bool:
    """Whether a text evaluates everything at once, so that another opinion must be put as an exception.

    Example:
        >>> speaks_of_everything("Everything we ate was superb.")
        True
    """
    return bool(_EVERYTHING.search(text))
