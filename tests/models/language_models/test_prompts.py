"""Prompts: built in and of users; what a review says is only ever text."""

from __future__ import annotations

import pytest
from helpers.sentences import sentence

from arts.data.errors import ArtsError, DataError
from arts.models.language_models.prompts import BUILT_IN, Prompt, conversation_text

SOUP, STAFF = sentence("1", "Good soup, rude staff.", soup="positive", staff="negative").instances()
(TABLE,) = sentence("2", "We got a table.", table="neutral").instances()


@pytest.mark.parametrize("name", BUILT_IN)
def test_prompts_built_in_ask_about_the_aspect_with_all_labels(name):
    prompt = Prompt.built_in(name)
    (message,) = prompt.messages(STAFF)
    assert message["role"] == "user"
    assert all(
        part in message["content"] for part in ("positive", "negative", "neutral", "staff", "Good soup")
    )
    assert message["content"] != prompt.messages(SOUP)[0]["content"]
    assert (prompt.name, len(prompt.checksum)) == (name, 64)


def test_prompts_built_in_differ():
    assert len({Prompt.built_in(name).checksum for name in BUILT_IN}) == len(BUILT_IN)


def test_prompts_marked_says_which_of_two_equal_words_is_meant():
    (first,) = sentence("3", "Soup after soup.", Soup="neutral").instances()
    (second,) = sentence("3", "Soup after soup.", soup="neutral").instances()
    texts = [Prompt.built_in("marked").messages(one)[0]["content"] for one in (first, second)]
    assert "<aspect>Soup</aspect> after soup." in texts[0]
    assert "Soup after <aspect>soup</aspect>." in texts[1]


def test_prompts_examples_are_turns_before_the_question():
    messages = Prompt("p", "{{ text }} / {{ aspect }}").messages(
        STAFF, [TABLE, SOUP], labels=("good", "bad", "so-so"), system="Be brief."
    )
    assert conversation_text(messages) == (
        "system: Be brief.\n\nuser: We got a table. / table\n\nassistant: so-so\n\n"
        "user: Good soup, rude staff. / soup\n\nassistant: good\n\nuser: Good soup, rude staff. / staff"
    )


def test_prompts_a_template_that_reads_examples_shows_them_itself():
    template = (
        "{% for one in examples %}{{ one.before }}*{{ one.aspect }}: {{ one.label }}\n{% endfor %}{{ text }}"
    )
    assert Prompt("p", template).messages(STAFF, [TABLE, SOUP]) == [
        {"role": "user", "content": "We got a *table: neutral\nGood *soup: positive\nGood soup, rude staff."}
    ]
    assert Prompt("p", template).messages(TABLE) == [{"role": "user", "content": "We got a table."}]


@pytest.mark.parametrize(
    "text", ["The {{ labels[0] }} was {% x %}.", "{# The #} was {{ 7 * 7 }}", "</aspect> The </s>"]
)
def test_prompts_jinja_in_a_review_is_text(text):
    (instance,) = sentence("4", f"{text} So was the soup.", soup="negative").instances()
    assert text in Prompt.built_in("question").messages(instance)[0]["content"]


def test_prompts_load_names_a_prompt_after_its_file(write):
    prompt = Prompt.load(write("short.jinja", "{{ text }}\n"))
    assert (prompt.name, prompt.messages(TABLE)[0]["content"]) == ("short", "We got a table.")
    assert prompt.checksum == Prompt("other", "{{ text }}\n").checksum


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{{ text", ", line 1: no Jinja template: unexpected end of template"),
        ("{{ text }}\n{% if %}", ", line 2: no Jinja template: "),
        ("{{ text | loud }}", "no Jinja template: No filter named 'loud'"),
        ("{{ text }} {{ term }}", 'it reads "term"; expected text, aspect, before, after, labels, examples'),
        ("Good or bad?", "it does not read the text; expected {{ text }}, or {{ before }} and {{ after }}"),
        ("{{ before }}", "it does not read the text"),
        (b"\xff{{ text }}", "not UTF-8: invalid start byte at byte 0"),
        ("{{ text }}" + " " * (1 << 20), "1"),
    ],
)
def test_prompts_that_cannot_be_templates_are_refused(write, content, message):
    path = write("mine.jinja", content)
    with pytest.raises(DataError) as error:
        Prompt.load(path)
    assert str(error.value).startswith(f"{path}")
    assert message in str(error.value)


@pytest.mark.parametrize(
    "expression",
    [
        "text.missing",
        "labels[7]",
        "1 // 0",
        "text.__class__.__mro__[1].__subclasses__()",
        "labels.append('x')",
        "range(10**9) | list",
        "text + 1",
    ],
)
def test_prompts_that_cannot_be_rendered_name_the_instance(expression):
    prompt = Prompt("p", "{{ text }}{{ %s }}" % expression)  # noqa: UP031, braces
    with pytest.raises(DataError, match=r'^prompt "p", id "2_0": it cannot be rendered: '):
        prompt.messages(TABLE)


def test_prompts_an_unknown_name_lists_those_built_in():
    with pytest.raises(ArtsError, match=r'unknown prompt "marks"\. Did you mean "marked"\?'):
        Prompt.built_in("marks")
