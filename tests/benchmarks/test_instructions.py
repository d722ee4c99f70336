"""Instructions whose answers code can check."""

from __future__ import annotations

import pytest
from instructions import count_sentences, instruction_suite

DONE = {
    "Write about": ("The sea is wide and blue.", "word " * 16),
    "Write exactly two sentences": ("It rains. We stay in!", "It rains."),
    "Write at least 60 words": ("word " * 60, "word " * 59),
    "Write one sentence about the sea. Use capital": ("THE SEA IS WIDE.", "THE SEA IS Wide."),
    "Write one sentence about the sea with": ("A quiet sea.", "A quieter sea."),
    "Write one sentence about bicycles, all in lower": ("bicycles creak a lot.", "Bicycles creak a lot."),
    "List three words": ("- a\n- b\n- c", "- a\n- b"),
    "Give me a numbered list of four": ("1. a\n2. b\n3. c\n4. d", "1. a\n2. b\n3. c"),
    "Write a short poem": ("[[Cats]]\nThey sleep.", "Cats\nThey sleep."),
    "Write two sentences about": ("Old houses creak. They are cold.", "The old house creaks. It is cold."),
    "Write one sentence about the sea in French": ("La mer est grande.", "The sea is wide."),
    "Write one sentence about a rainy day in Spanish": ("El cielo es gris.", "The sky is grey."),
    "Write one sentence about bread in German": ("Das Brot ist gut.", "The bread is good."),
    "Answer with JSON only: an object": ('```json\n{"name": "sea", "color": "blue"}\n```', '{"name": "sea"}'),
    "Answer with JSON only: an array": ('["a", "b", "c"]', '["a", "b"]'),
    "Put these words in alphabetical order: pear": ("apple, fig, pear", "pear, fig, apple"),
    "Write one sentence about the sea. Your answer must begin": ("In the end, it is wide.", "It is wide."),
    "Write a sentence about the sea. End": ("It is wide. Good night.", "Good night. It is wide."),
    "Say in one word": ("Yes.", "Yes, it can."),
}


def test_instructions_there_are_enough_of_every_kind():
    found = instruction_suite()
    assert len(found) >= 100
    assert len({instruction.prompt for instruction in found}) == len(found)
    kinds = {instruction.kind for instruction in found}
    assert kinds == {"length", "case", "format", "keywords", "language", "json", "order", "ending"}


@pytest.mark.parametrize("start", DONE)
def test_instructions_a_check_takes_what_does_it_and_refuses_what_does_not(start):
    instruction = next(i for i in instruction_suite() if i.prompt.startswith(start))
    right, wrong = DONE[start]
    assert instruction.check(right)
    assert not instruction.check(wrong)
    assert not instruction.check("")


def test_instructions_no_check_takes_the_uniform_answer():
    answer = 'Answer: The sentiment about "soup" is positive.'
    passed = [instruction.prompt for instruction in instruction_suite() if instruction.check(answer)]
    assert len(passed) <= 6, passed


@pytest.mark.parametrize(("text", "count"), [("", 0), ("One", 1), ("One. Two", 2), ("Hm ... well?!", 2)])
def test_instructions_sentences(text, count):
    assert count_sentences(text) == count
