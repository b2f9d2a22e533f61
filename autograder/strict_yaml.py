"""The text of grading.yml -> numbers, dates and texts; a mistake in it is one line with its place."""

from collections.abc import Hashable
from typing import Any

import yaml

from autograder.errors import KitError

FILE = "grading.yml"


def fault(where: str, what: str) -> KitError:
    """Return the error for a key of grading.yml."""
    return KitError(f"{FILE}: {where} {what}" if where else f"{FILE}: {what}")


class StrictLoader(yaml.SafeLoader):
    """Plain YAML in which no key may stand twice: the loader would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Return a mapping, or raise a `KitError` with the line of a repeated key."""
        seen: set[str] = set()
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise fault("", f"the key in line {line} is not a name")
            if key.value in seen:
                raise fault("", f"{key.value} stands twice, again in line {line}")
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def timestamp(loader: StrictLoader, node: yaml.ScalarNode) -> Any:
    """Return a date, or raise a `KitError` with its line."""
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError as error:
        raise fault("", f"line {node.start_mark.line + 1}: {node.value} is no date: {error}") from error


StrictLoader.add_constructor("tag:yaml.org,2002:timestamp", timestamp)


def typed_yaml(text: str) -> Any:
    """Return a YAML text as numbers, dates and texts, or raise a `KitError` of one line."""
    try:
        return yaml.load(text, StrictLoader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"line {mark.line + 1}: " if mark else ""
        raise KitError(f"{FILE}: {line}{error.problem or error.context}") from error
    except (yaml.YAMLError, ValueError) as error:  # a control character; a date such as 2026-13-45
        raise KitError(f"{FILE}: {' '.join(str(error).split())}") from error
