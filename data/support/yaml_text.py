"""YAML files of others, parsed within bounds."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from arts.data.errors import DataError
from arts.data.support.foreign_file import read_foreign

_LARGEST = 1_000_000  # bytes
_MAX_DEPTH = 100


class _Loader(yaml.SafeLoader):
    """A loader that refuses a key which is given twice, and nesting without bounds."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose a node of the document, unless it lies too deep."""
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            mark = parent.start_mark if parent else None
            raise yaml.MarkedYAMLError(problem=f"nested more than {_MAX_DEPTH} deep", problem_mark=mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> str:
        r"""The text of a scalar; half characters, as the escape ``\ud800`` is, are refused."""
        text: str = super().construct_scalar(node)
        if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
            raise yaml.MarkedYAMLError(problem="half a character (surrogate)", problem_mark=node.start_mark)
        return text

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Make a dict of a mapping."""
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if len(set(keys)) < len(keys):
            twice = next(key for key in keys if keys.count(key) > 1)
            raise yaml.MarkedYAMLError(
                problem=f'the key "{twice[:60]}" is given twice', problem_mark=node.start_mark
            )
        return super().construct_mapping(node, deep)


def read_yaml_mapping(path: Path) -> dict[Any, Any]:
    """Read the keys and values of a YAML file.

    Raises:
        DataError: when the file cannot be read, is not YAML, or holds something else than a mapping; when it
            is larger than 1 MB, nested more than 100 deep, refers to itself, or has a key twice.
    """
    text = read_foreign(path, largest=_LARGEST)
    try:
        content = yaml.load(text.decode("utf-8-sig"), _Loader)
    except UnicodeDecodeError as error:
        raise DataError(path, f"is not YAML (not UTF-8: {error.reason} at byte {error.start})") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "not readable"
        raise DataError(path, f"is not YAML ({reason})", line=mark and mark.line + 1) from error
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
        # PyYAML raises these for values that are not of the type of their tag, such as !!int ""
        raise DataError(path, f"is not YAML (a value cannot be read: {str(error)[:100]})") from error
    if not isinstance(content, dict):
        raise DataError(path, "holds no configuration; expected keys such as merge_method and models")
    return content
