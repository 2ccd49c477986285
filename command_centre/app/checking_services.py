"""What must hold between the register of services and their definitions: names that exist, and addresses that may be asked.

The register is read without any collector, and a collector knows no register: so both meet here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from command_centre.config.mistakes import Mistake
from command_centre.domain.personal_data import refused_address
from command_centre.domain.target import Target, TargetKind

if TYPE_CHECKING:
    from collectors.e_services.choosing import FindDefinition
    from command_centre.config.model import Config

KIND = "e_services"


def mistakes_of_services(config: Config) -> Sequence[Mistake]:
    """Services that name a definition or a preset that is not there, and addresses on the guard list of personal data."""
    services = [each for each in config.targets if each.kind is TargetKind.SERVICE]
    if not services:
        return ()
    file = str(config.inventory.services or "services")
    return [mistake for target in services for mistake in _mistakes(target, _finder(config), file)]


def _finder(config: Config) -> FindDefinition | None:
    from collectors.e_services.choosing import definitions_by_name, preset_definition
    from collectors.e_services.settings import ServiceSettings

    settings = next((each.settings for each in config.collectors if each.kind == KIND), None)
    return definitions_by_name(settings.parsed, preset_definition) if isinstance(settings, ServiceSettings) else None


def _mistakes(target: Target, find: FindDefinition | None, file: str) -> Iterator[Mistake]:
    refusal = refused_address(target.address) if target.address is not None else None
    if refusal is not None:
        yield Mistake(file, refusal, where=target.key)
    try:
        if find is not None:
            find(target)
    except LookupError as trouble:
        yield Mistake(file, str(trouble.args[0]), where=target.key)
