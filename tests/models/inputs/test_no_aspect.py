"""Templates: which words a mask stands for, and what a batch has of them."""

from __future__ import annotations

import pytest
from helpers.sentences import sentence
from helpers.tiny_models import tiny_tokenizer

from arts.data.errors import ArtsError
from arts.data.schema import Aspect, Instance, Polarity, Strategy
from arts.models.inputs.no_aspect import NoAspectInputs, template
from arts.models.inputs.pair_encoder import PairInputs

TEMPLATES = {
    "Good <soup>.": "Good <#>.",
    "<soup> is good; the soup is hot.": "<#> is good; the # is hot.",
    "Soup, SOUP, <soup>!": "#, #, <#>!",
    "I like soups, and this <soup>, not a soupy one.": "I like soups, and this <#>, not a soupy one.",
    "Bad soup-bowl, good <soup>": "Bad #-bowl, good <#>",
    "Two <soup>s and a soup.": "Two <#>s and a #.",
    "A <tuna (raw)> is no tuna; TUNA (RAW)?": "A <#> is no tuna; #?",
    "<C++> beats C; c++.": "<#> beats C; #.",
    "<5> stars of 50, 5": "<#> stars of 50, #",
    "Le <café> est le Café.": "Le <#> est le #.",
}


def marked(text):
    before, _, rest = text.partition("<")
    term, _, after = rest.partition(">")
    aspect = Aspect(term, len(before), len(before) + len(term), Polarity.POSITIVE)
    return Instance("1", "1", Strategy.ORIGINAL, before + term + after, aspect, (aspect,))


@pytest.mark.parametrize("text", TEMPLATES)
def test_no_aspect_a_template_has_a_mask_for_each_mention(text):
    masked, expected = template(marked(text), mask="#"), marked(TEMPLATES[text])
    assert (masked.text, masked.aspect) == (expected.text, expected.aspect)


@pytest.fixture
def inputs():
    return NoAspectInputs(PairInputs(tiny_tokenizer()))


def test_no_aspect_a_batch_has_sentences_and_templates(inputs):
    (soup,) = sentence("1", "The soup is good and the soup is kind.", soup="positive").instances()
    (staff,) = sentence("2", "Rude staff bar.", **{"staff bar": "negative"}).instances()
    batch = inputs.collate(inputs.encode([soup, staff]))
    names = ["input_ids", "attention_mask"]
    assert sorted(batch) == sorted(
        [*names, *(f"template_{n}" for n in names), "template_mentions", "aspect_ids"]
    )
    decode = inputs.tokenizer.convert_ids_to_tokens
    assert " ".join(decode(batch["template_input_ids"][0])) == (
        "[CLS] the [MASK] is good and the [MASK] is kind . [SEP] [MASK] [SEP]"
    )
    assert " ".join(decode(batch["input_ids"][1])[:8]) == "[CLS] rude staff bar . [SEP] staff bar"
    assert batch["template_mentions"].nonzero().tolist() == [[0, 2], [0, 7], [1, 2]]
    vocabulary = inputs.tokenizer.get_vocab()
    assert batch["aspect_ids"].tolist() == [
        [vocabulary["soup"], -1],
        [vocabulary["staff"], vocabulary["bar"]],
    ]
    assert inputs.encode([]) == []


def test_no_aspect_a_mention_that_is_truncated_is_none(inputs):
    (soup,) = sentence("1", "the bar " * 80 + "soup", soup="positive").instances()
    batch = inputs.collate(inputs.encode([soup]))
    assert batch["template_input_ids"].shape == (1, 128)
    assert not batch["template_mentions"].any()
    assert inputs.count_truncated([soup]) == 1


def test_no_aspect_a_tokenizer_without_a_mask_is_one_clear_error():
    tokenizer = tiny_tokenizer()
    tokenizer.mask_token = None
    with pytest.raises(ArtsError, match="noaspect: the encoder's tokenizer has no mask token"):
        NoAspectInputs(PairInputs(tokenizer))
