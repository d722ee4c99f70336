"""The models known by name: the zoo, and what other packages add under the entry point `arts.models`."""

from __future__ import annotations

import importlib
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from arts.data.errors import ArtsError, UnknownNameError

if TYPE_CHECKING:
    from arts.models.base import AspectModel

ZOO = {
    "bert": "arts.models.bert:BertPair",
    "td-lstm": "arts.models.td_lstm:TDLSTM",
}


def model_names() -> list[str]:
    """The names that `zoo_class` knows."""
    return sorted({**ZOO, **_installed()})


def zoo_class(name: str) -> type[AspectModel]:
    """The class of a model of the zoo.

    Raises:
        UnknownNameError: with the nearest known name.
    """
    place = {**_installed(), **ZOO}.get(name)
    if place is None:
        raise UnknownNameError("model", name, model_names(), "; or package.module:Class")
    found: type[AspectModel] = load_object(place)
    return found


def load_object(place: str) -> Any:
    """What ``package.module:attribute`` names.

    Raises:
        ArtsError: when there is no such module or attribute.
    """
    module_name, _, attribute = place.partition(":")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name and not module_name.startswith(error.name):
            raise  # the module is there; something that it imports is not
        raise ArtsError(f'"{place}": no module "{module_name}"; expected package.module:Class') from error
    if not hasattr(module, attribute):
        raise ArtsError(f'"{place}": module {module_name} has no "{attribute}"')
    return getattr(module, attribute)


def _installed() -> dict[str, str]:
    return {entry.name: entry.value for entry in entry_points(group="arts.models")}
