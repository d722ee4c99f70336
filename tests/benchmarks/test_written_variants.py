"""Written variants, and the revisions that are made of them."""

from __future__ import annotations

import pytest
from written_variants import VariantError, make_revision, parse_marks

from arts.data.readers.revisions import apply_revision
from arts.data.schema import Aspect, Instance, Polarity, Strategy

TEXT = "The screen is great and the sound is fine."
SCREEN = Aspect("screen", 4, 10, Polarity.POSITIVE, id="1_0")
SOUND = Aspect("sound", 28, 33, Polarity.POSITIVE, id="1_1")
ORIGINAL = Instance("1_0", "1_0", Strategy.ORIGINAL, TEXT, SCREEN, (SCREEN, SOUND))


@pytest.mark.parametrize(
    ("strategy", "marked", "polarities", "place"),
    [
        (Strategy.REVTGT, "The screen is dim but the sound is fine.", "np", None),
        (Strategy.REVNON, "The screen is great but the sound crackles.", "pn", None),
        (
            Strategy.ADDDIFF,
            "The screen is great [[(«the {hinge} squeaks») ]]and the sound is fine.",
            "pnp",
            "inside",
        ),
        (
            Strategy.ADDDIFF,
            "[[Although «the {fan} hums», ]]the screen is great and the sound is fine.",
            "npp",
            "first",
        ),
        (
            Strategy.ADDDIFF,
            "The screen is great and the sound is fine[[, but «the {sound} menu hides»]].",
            "ppn",
            "last",
        ),
    ],
)
def test_written_variants_become_edits_that_make_them_again(
    strategy: Strategy, marked: str, polarities: str, place: str | None
) -> None:
    revision = make_revision(ORIGINAL, strategy, marked)
    variant = apply_revision(ORIGINAL, revision)
    assert variant.text == parse_marks(marked).text
    assert "".join(aspect.polarity[0] for aspect in variant.aspects) == polarities
    assert variant.aspect.term == "screen"
    assert revision.place == place
    assert [variant.text[slice(*span)] for span in revision.added] == [
        part.partition("»")[0].replace("{", "").replace("}", "") for part in marked.split("«")[1:]
    ]


def test_written_variants_change_only_the_words_that_differ() -> None:
    revision = make_revision(ORIGINAL, Strategy.REVTGT, "The screen is dim but the sound is fine.")
    assert [(edit.span, edit.parts) for edit in revision.edits] == [
        ((14, 19), ("dim",)),
        ((20, 23), ("but",)),
    ]


def test_written_variants_may_put_the_terms_in_another_order() -> None:
    text = "The sound is fine but the screen is dim."
    variant = apply_revision(ORIGINAL, make_revision(ORIGINAL, Strategy.REVTGT, text))
    assert variant.text == text
    assert variant.aspect.term == "screen"


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        ("The display is dim and the sound is fine.", '"screen" occurs 0 times; expected 1'),
        (TEXT, "nothing was changed"),
        ("The screen is dim[[ and the sound is fine.", "not balanced"),
        ("The screen [[is]] » dim.", "not balanced"),
    ],
)
def test_written_variants_that_lost_a_term_are_refused(marked: str, message: str) -> None:
    with pytest.raises(VariantError, match=message):
        make_revision(ORIGINAL, Strategy.REVTGT, marked)
