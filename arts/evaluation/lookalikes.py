"""Names that pass for others: invisible characters, and letters that look like those of another script."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

ALIKE = {  # letters that look like an ASCII letter and that Unicode's compatibility forms keep apart from it
    "a": "аαɑ", "b": "ЬвβВΒ", "c": "сϲᴄС", "d": "ԁ", "e": "еєΕЕ", "g": "ɡցԍ", "h": "һհнΗНh", "i": "іιıɩΙІ",
    "j": "јϳЈ", "k": "кκΚК", "l": "ӏʟӀ", "m": "мΜМ", "n": "ոɴΝ", "o": "оοօσᴏΟО", "p": "рρΡР", "q": "ԛԚ",
    "r": "гʀ", "s": "ѕЅ", "t": "тτΤТ", "u": "υս", "v": "νѵᴠ", "w": "ԝѡᴡԜ", "x": "хχΧХ", "y": "уүγʏΥУ",
    "z": "ᴢΖ",
}  # fmt: skip
SAME_SHAPE = (("0", "o"), ("1", "l"), ("|", "l"), ("i", "l"), ("5", "s"), ("rn", "m"), ("vv", "w"))
SCRIPTS = ("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")  # with letters like Latin ones
BLANK = "\u2028\u2029\u115f\u1160\u3164\uffa0\u2800"  # shown as nothing, and not of the category "other"

_TO_LATIN = str.maketrans({alike: latin for latin, letters in ALIKE.items() for alike in letters})


def name_fault(name: str) -> str:
    r"""What is wrong with a name that is to be shown on a page or a terminal; empty if nothing is.

    A name must not hold control characters, characters that are invisible or change the direction of
    writing, nor a word that mixes Latin letters with letters of other scripts which look like Latin ones.

    Example:
        >>> name_fault("Élan, version 2")
        ''
        >>> name_fault("b\u0435rt")
        "mixes Latin letters with others that look like them (U+0435 in 'b\\u0435rt')"
    """
    if not name.strip():
        return "is empty"
    for char in name:
        if unicodedata.category(char)[0] == "C" or char in BLANK:
            return f"holds an invisible or control character (U+{ord(char):04X} in {name!a})"
    for word in re.findall(r"[^\W\d_]+", name):
        foreign = [char for char in word if _script(char) in SCRIPTS or _is_styled(char)]
        if foreign and any(_script(char) == "LATIN" for char in word if char not in foreign):
            code = f"U+{ord(foreign[0]):04X} in {word!a}"
            return f"mixes Latin letters with others that look like them ({code})"
    return ""


def imitated_name(name: str, known: Iterable[str]) -> str:
    """The known name that a name looks like; empty if there is none, or if the name is a known one itself.

    Case, accents, spaces and punctuation do not tell names apart here, nor do ``l`` and ``1``.

    Example:
        >>> imitated_name("TD_1STM", ["bert", "td-lstm"])
        'td-lstm'
        >>> imitated_name("td-lstm", ["bert", "td-lstm"])
        ''
    """
    known = list(known)
    return "" if name in known else next((k for k in known if shape(k) == shape(name)), "")


def shape(name: str) -> str:
    """A text that is the same for all names that look alike."""
    folded = unicodedata.normalize("NFKD", name).translate(_TO_LATIN).casefold()
    for part, same in SAME_SHAPE:
        folded = folded.replace(part, same)
    return "".join(char for char in folded if char.isalnum())


def _script(char: str) -> str:
    """The script of a letter as the first word of its Unicode name, e.g. ``LATIN``."""
    return unicodedata.name(char, "").partition(" ")[0]


def _is_styled(char: str) -> bool:
    """Whether a character is another form of an ASCII letter, such as a full-width or a mathematical one."""
    return not char.isascii() and unicodedata.normalize("NFKC", char).isascii()
