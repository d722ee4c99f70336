"""Sentences are the same after the check of their language, and a list keeps its length."""

from __future__ import annotations

from dataclasses import replace

from arts.generators.running.language_check import refuse_foreign
from arts.generators.running.sentence_source import load_sentence_source


def test_language_check_a_list_stays_a_list_and_a_stream_is_whole() -> None:
    source = load_sentence_source("sample")
    sentences = list(source.sentences)
    assert list(refuse_foreign(source).sentences) == sentences
    assert refuse_foreign(source).sentences is source.sentences
    stream = replace(source, sentences=iter(sentences))
    assert list(refuse_foreign(stream).sentences) == sentences
