"""Which definition a service of the register has. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TypeAlias

from collectors.e_services.definition import Definition
from collectors.e_services.parsing import DefinitionError, parse_definition
from command_centre.domain.target import Target

FindDefinition: TypeAlias = Callable[[Target], Definition]
"""The definition of a service. Raises LookupError with a sentence when there is none."""


def definitions_by_name(definitions: Mapping[str, Definition], presets: Callable[[str], Definition]) -> FindDefinition:
    """How a target's definition is found: its column ``definition``, its own key, its column ``preset``; else a plain look."""

    def find(target: Target) -> Definition:
        name = target.attributes.get("definition", "")
        known = definitions.get(name) or definitions.get(name.rpartition(".")[0]) if name else definitions.get(target.key)
        if name and known is None:
            raise LookupError(f"there is no definition '{name[:60]}'")
        return known if known is not None else presets(target.attributes.get("preset", "") or "web")

    return find


@cache  # a handful of presets, parsed once each
def preset_definition(name: str) -> Definition:
    """The definition that a preset alone makes. Raises LookupError for a name that is none."""
    try:
        return parse_definition({"preset": name})
    except DefinitionError as trouble:
        raise LookupError(str(trouble)) from None
