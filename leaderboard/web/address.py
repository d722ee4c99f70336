"""What the address of a page names: choices that are kept by key, and remarks on what cannot be had.

A widget of streamlit knows an option by its position or its label, both of which another entry can have a
moment later. So a choice of entries is kept here by key, and its widget is made anew with its options.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import parse_qs

import streamlit as st
from streamlit.runtime.scriptrunner import ScriptRunContext, get_script_run_ctx

from arts.leaderboard.web.escaping import escape_markdown

MAX_NAMED = 5  # most unknown values that a remark names
MAX_LENGTH = 60  # most characters of a value that a remark shows
OPEN_PAGE = "open page"  # key in the session's state: the `OpenPage`
ENTRY_PARAMETERS = ("entry", "entries", "against", "wins")  # query parameters with keys of entries
CORPUS_PARAMETERS = ("page", "unit")  # those that mean something else on another corpus, besides the choices

Value = TypeVar("Value")


@dataclass(frozen=True)
class KeptChoice:
    """A choice as the page has last written it into its address.

    Args:
        scope: What the options depend on, such as the corpus.
        values: The chosen keys, also those that are not among the options.
        named: The keys in the address: those that are chosen, or none while the choice is the default one.
        widget: Key of the widget that showed the choice.
    """

    scope: str
    values: tuple[str, ...]
    named: tuple[str, ...]
    widget: str


@dataclass
class OpenPage:
    """The page that a visitor is on.

    Args:
        address: The key of the page in `PAGES`.
        began: The query string with which the run has begun.
        choices: The choices that the page has put into its address, by parameter.
        refused: The values in the address that a widget did not take when it was first drawn, and what it had
            instead, by parameter.
        remarks: What is wrong with the address, for the top of the page.
    """

    address: str
    began: str = ""
    choices: dict[str, KeptChoice] = field(default_factory=dict)
    refused: dict[str, tuple[list[str], object]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


def begin_page(address: str) -> None:
    """Begin a run of a page; what was chosen on another page, or at another address of it, is forgotten."""
    page, context = st.session_state.get(OPEN_PAGE), get_script_run_ctx()
    followed = context if context and context.is_history_navigation else None
    is_other = page is None or page.address != address
    if is_other or followed:
        st.session_state[OPEN_PAGE] = OpenPage(address)
    _open_page().began = query_string()
    if is_other and followed:
        _restore_parameters(followed)
    elif followed:
        st.query_params.update({})  # sends them, since the run before may have sent its own in the meantime
    _open_page().remarks.clear()


def query_string() -> str:
    """The parameters in the address, as the browser has them."""
    context = get_script_run_ctx()
    return context.query_string if context else ""


def query_string_at_begin() -> str:
    """The parameters that the address had when the run began."""
    return _open_page().began


def _restore_parameters(context: ScriptRunContext) -> None:
    """Take back parameters that streamlit has dropped because the page before has a widget of the name."""
    st.query_params.from_dict(parse_qs(context.query_string, keep_blank_values=True))
    with context.session_state.query_params() as parameters:
        parameters.set_initial_query_params_from_current()


def shown_parameters() -> dict[str, list[str]]:
    """All parameters of what the page shows, also those that its address need not name."""
    named = {name: _named_values(name) for name in st.query_params}
    chosen = {name: list(choice.values) for name, choice in _open_page().choices.items()}
    corpus = {"corpus": [str(st.session_state["corpus"])]} if st.session_state.get("corpus") else {}
    return {name: values for name, values in (named | chosen | corpus).items() if values}


def parameters_of_corpus() -> list[str]:
    """Names of the parameters of the page that have another meaning, or none, on another corpus."""
    return [*_open_page().choices, *CORPUS_PARAMETERS]


def _open_page() -> OpenPage:
    """The page that the visitor is on."""
    page: OpenPage = st.session_state.setdefault(OPEN_PAGE, OpenPage(""))
    return page


def add_remark(text: str) -> None:
    """Add a remark, in Markdown, to the top of the page."""
    _open_page().remarks.append(text)


def show_remarks() -> None:
    """Show what is wrong with the address of the page; nothing if it is all right."""
    if remarks := _open_page().remarks:
        st.warning("  \n".join(dict.fromkeys(remarks)), icon=":material/link_off:")


def remark_on_entries(own: Collection[str]) -> None:
    """Remark on entries in the address of a page that shows no entries by such a parameter.

    Args:
        own: Query parameters with keys of entries that the page knows.
    """
    keys = [key for name in ENTRY_PARAMETERS if name not in own for key in _named_values(name)]
    if keys:
        add_remark(f"The link names {quoted_list(keys)}, but this page shows no entries that a link names.")


def quoted(value: str) -> str:
    """A value from an address in quotation marks, shortened, for Markdown."""
    return f'"{escape_markdown(value[:MAX_LENGTH] + ("…" if len(value) > MAX_LENGTH else ""))}"'


def quoted_list(values: Sequence[str]) -> str:
    """The first values from an address in quotation marks, and how many there are besides."""
    more = f" and {len(values) - MAX_NAMED:,} more" if len(values) > MAX_NAMED else ""
    return ", ".join(map(quoted, values[:MAX_NAMED])) + more


def is_linked(parameter: str) -> bool:
    """Whether a parameter of the address comes from a link, and not from a choice on this page."""
    choice = _open_page().choices.get(parameter)
    return _named_values(parameter) != list(choice.named if choice else ())


def _named_values(parameter: str) -> list[str]:
    """The values of a parameter in the address, without empty ones."""
    return [value for value in st.query_params.get_all(parameter) if value]


def choose(
    parameter: str,
    names: Mapping[str, str],
    *,
    scope: str,
    default: Sequence[str],
    draw: Callable[[str, list[str] | None], list[str]],
    explain: Callable[[str], str],
    most: int | None = 1,
) -> list[str]:
    """Let the visitor choose among options that have a key; the choice is kept in the page's address.

    A key in the address that is not among the options is remarked on at the top of the page, until the
    visitor chooses something else.

    Args:
        parameter: Name of the query parameter, whose values are keys.
        names: Labels of the options, by key.
        scope: What the options depend on. When it changes, what is not among them any more is dropped.
        default: Keys of options that are chosen when the address names none.
        draw: Draws the widget with a key of its own, and returns the keys of the chosen options. If it is
            handed keys of options, the widget must show these.
        explain: Why a key is not among the options, in Markdown.
        most: How many options can be chosen at once; None for any number. If it is one, one is always chosen:
            the first of the default if the address names no option. The first of more in the address are
            chosen, and the others remarked on.

    Returns:
        The keys of the chosen options.
    """
    choices, linked = _open_page().choices, is_linked(parameter)
    before = choices.get(parameter)
    wanted = _wanted_keys(parameter, names, scope=scope, default=default)
    shown = [key for key in dict.fromkeys(wanted) if key in names]
    shown = ([*shown, *default] if most == 1 else shown)[:most]
    digest = hashlib.sha256(json.dumps(list(names.items())).encode()).hexdigest()[:12]
    widget = f"{parameter}-{digest}"
    is_new = linked or before is None or before.widget != widget
    chosen = draw(widget, shown if is_new else None)
    is_default = chosen == shown and parameter not in st.query_params
    if chosen != shown or not wanted:
        wanted = chosen
    named = [] if is_default else wanted
    choices[parameter] = KeptChoice(scope, tuple(wanted), tuple(named), widget)
    if named != _named_values(parameter):
        st.query_params[parameter] = named
    _remark_on(wanted, names, explain)
    _remark_on_number([names[key] for key in dict.fromkeys(wanted) if key in names], most)
    return chosen


def _wanted_keys(parameter: str, names: Collection[str], *, scope: str, default: Sequence[str]) -> list[str]:
    """The keys that are chosen: from a link, from the choice before, or else the default ones."""
    before = _open_page().choices.get(parameter)
    if is_linked(parameter):
        return _named_values(parameter) or list(default)
    if before and before.scope == scope:
        return list(before.values)
    return [key for key in (before.values if before else ()) if key in names] or list(default)


def _remark_on(wanted: Sequence[str], names: Collection[str], explain: Callable[[str], str]) -> None:
    """Remark on keys in the address that are not among the options, and on those that it names repeatedly."""
    unknown = [key for key in dict.fromkeys(wanted) if key not in names]
    for key in unknown[:MAX_NAMED]:
        add_remark(explain(key))
    if len(unknown) > MAX_NAMED:
        add_remark(f"The same holds for {len(unknown) - MAX_NAMED:,} more.")
    if repeated := [key for key, times in Counter(wanted).items() if times > 1]:
        add_remark(f"The link names {quoted_list(repeated)} more than once; it counts once.")


def _remark_on_number(labels: Sequence[str], most: int | None) -> None:
    """Remark on the options in the address, given by their labels, that are more than can be shown."""
    if most is not None and len(labels) > most:
        left_out = quoted_list(labels[most:])
        add_remark(f"The link names {len(labels)}, and at most {most} can be shown. Left out: {left_out}.")


def say_refused(
    parameter: str, accepts: Collection[str] | Callable[[str], bool], *, what: str, draw: Callable[[], Value]
) -> Value:
    """Draw a widget that is bound to the address, and remark on the values there that it does not take.

    Streamlit removes such values from the address without a word.

    Args:
        parameter: Name of the query parameter, which is the key of the widget.
        accepts: The values that the widget takes, as the address has them; or whether it takes a value.
        what: What the parameter names, such as "corpus".
        draw: Draws the widget.

    Returns:
        The value of the widget.
    """
    takes = accepts if callable(accepts) else frozenset(accepts).__contains__
    linked = [value for value in _named_values(parameter) if not takes(value)]
    value = draw()
    known = _open_page().refused
    refused, instead = known.setdefault(parameter, (linked, value))
    if refused and instead == value:
        add_remark(f"The link asks for the {what} {quoted_list(refused)}, which is not to be had here.")
    else:
        known[parameter] = ([], value)
    return value
