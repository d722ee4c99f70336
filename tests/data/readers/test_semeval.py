"""SemEval's XML."""

from __future__ import annotations

from collections import Counter

import pytest
from helpers.corpus_files import read, xml

from arts.data.readers.span_repair import ReadingNotes
from arts.data.schema import Polarity


def test_semeval_reads_terms_and_leaves_out_conflict(write):
    body = xml().replace(
        "<aspectTerms>",
        '<aspectTerms><aspectTerm term="hot" polarity="conflict" from="12" to="15"/>',
    )
    notes = ReadingNotes()
    (instance,) = read(write("a.xml", body), notes)
    assert (instance.id, instance.aspect.term, instance.polarity) == ("a_1", "soup", Polarity.POSITIVE)
    assert notes.conflict == 1
    assert "1 aspects with polarity conflict left out" in str(notes)


def test_semeval_repairs_a_shifted_span_and_tells(write):
    notes = ReadingNotes()
    (instance,) = read(write("a.xml", xml(start="6", end="10")), notes)
    assert (instance.aspect.start, instance.aspect.end) == (4, 8)
    assert notes.repaired == ["a_0"]


@pytest.mark.parametrize(
    ("text", "term", "start", "end"),
    [
        ("The soup is hot.", "stew", "4", "8"),  # occurs nowhere
        ("Hot soup, cold soup, old soup", "soup", "9", "13"),  # two are as near
    ],
)
def test_semeval_leaves_out_a_term_that_cannot_be_placed(write, text, term, start, end):
    body = xml(text, term, start=start, end=end)
    good = '<sentence id="b"><text>Nice bar</text><aspectTerms><aspectTerm term="bar" polarity="neutral" '
    body = body.replace("</sentences>", good + 'from="5" to="8"/></aspectTerms></sentence></sentences>')
    notes = ReadingNotes()
    (instance,) = read(write("a.xml", body), notes)
    assert instance.id == "b_0"
    assert "expected once nearby" in notes.left_out["a_0"]


def test_semeval_ids_that_begin_again_in_each_review_are_kept_apart(write):
    term = '<Opinions><Opinion target="tea" from="4" to="7"{1}/></Opinions>'
    one = f'<Review rid="{{0}}"><sentence id="1"><text>Hot tea</text>{term}</sentence></Review>'
    label = ' polarity="positive"'
    notes = ReadingNotes()
    reviews = one.format("a", label) + one.format("b", label) + one.format("c", "")
    instances = read(write("a.xml", f"<Reviews>{reviews}</Reviews>"), notes)
    assert [i.id for i in instances] == ["1_0", "b:1_0"]
    assert notes.left_out == {"c:1_0": "no label"}
    (instance,) = read(write("b.xml", one.format("a", label)))
    assert instance.id == "1_0"


SEMEVAL = {  # positive, negative, neutral, conflict, repaired
    "Laptop_Train_v2.xml": (987, 866, 460, 45, 9),
    "Laptops_Test_Gold.xml": (341, 128, 169, 16, 0),
    "Restaurants_Train_v2.xml": (2164, 805, 633, 91, 0),
    "Restaurants_Test_Gold.xml": (728, 196, 196, 14, 0),
}


@pytest.mark.parametrize("name", SEMEVAL)
def test_semeval_files_have_the_published_counts(shared_data, name):
    notes = ReadingNotes()
    counts = Counter(i.polarity for i in read(shared_data / "semeval14" / name, notes))
    found = (*(counts[p] for p in Polarity), notes.conflict, len(notes.repaired))
    assert found == SEMEVAL[name]
    assert not notes.left_out
