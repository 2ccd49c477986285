"""The keys of an ``e_services`` collector in ``config.yaml``. Pydantic lives here and nowhere else in this package."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationInfo, field_validator, model_validator

from collectors.e_services import metrics
from collectors.e_services.definition import ApiKeyAuth, BasicAuth, BearerAuth, Definition, OAuth2Auth
from collectors.e_services.options import MAX_BODY_BYTES, service_options
from collectors.e_services.parsing import DefinitionError, parse_definition
from collectors.e_services.templates import is_sensitive, is_written_out
from collectors.websites.options import Options
from command_centre.config.durations import Duration
from command_centre.config.secret import folder_of
from command_centre.domain.personal_data import refused_address

FOLDER = "data/services"
MOST_FILES = 500


class ServiceSettings(BaseModel):
    """How e-services are asked. ``definitions`` are by name or by the service's key; ``folder`` holds more of them, one per file.

    ``servers``, ``connect_to`` and ``ca_file`` are what the demo city needs.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    folder: Path = Field(default=Path(FOLDER), validate_default=True)
    definitions: dict[str, dict[str, Any]] = Field(default_factory=dict)
    slow_after: Duration | None = timedelta(seconds=5)
    max_body_bytes: int = Field(default=MAX_BODY_BYTES, ge=1024, le=64 * 1024 * 1024)
    ca_file: str | None = None
    servers: tuple[str, ...] = ()
    connect_to: dict[int, int] = Field(default_factory=dict)
    _parsed: dict[str, Definition] = PrivateAttr(default_factory=dict)
    _base: Path | None = PrivateAttr(default=None)

    @field_validator("folder")
    @classmethod
    def _beside_the_configuration(cls, folder: Path, info: ValidationInfo) -> Path:
        base = folder_of(info)
        return folder if folder.is_absolute() or base is None else base / folder

    @model_validator(mode="after")
    def _understand(self, info: ValidationInfo) -> ServiceSettings:
        self._base = folder_of(info)
        mistakes: list[str] = []
        for name, data in {**_in_files(self.folder, mistakes), **self.definitions}.items():
            self._parsed.update(_understood(name, data, mistakes))
        if mistakes:
            raise ValueError("; ".join(mistakes))
        return self

    @property
    def parsed(self) -> dict[str, Definition]:
        """Every definition, by its name."""
        return self._parsed

    @property
    def base(self) -> Path | None:
        """The folder in which relative files of secrets lie: that of the configuration."""
        return self._base

    def options(self, contact: str, timeout: timedelta) -> Options:
        """The plain options of the engine."""
        return service_options(
            contact,
            timeout,
            slow_after=self.slow_after,
            max_body_bytes=self.max_body_bytes,
            ca_file=self.ca_file,
            servers=self.servers,
            connect_to=dict(self.connect_to),
        )


def _in_files(folder: Path, mistakes: list[str]) -> dict[str, dict[str, Any]]:
    """The definitions in a folder, by file name without its ending."""
    files = sorted([*folder.glob("*.yaml"), *folder.glob("*.yml"), *folder.glob("*.json")])[:MOST_FILES]
    found: dict[str, dict[str, Any]] = {}
    for file in files:
        try:
            found[file.stem] = read_definition_file(file)
        except ValueError as trouble:
            mistakes.append(str(trouble))
    return found


def read_definition_file(file: Path) -> dict[str, Any]:
    """The plain data of one file (YAML; JSON is YAML too). Raises ValueError with a sentence that names the file."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        data = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError, RecursionError) as trouble:
        raise ValueError(f"{file.name}: cannot be read ({type(trouble).__name__})") from None
    if not isinstance(data, dict):
        raise ValueError(f"{file.name}: is not a definition (a mapping of keys to values)")
    return data


def _understood(name: str, data: dict[str, Any], mistakes: list[str]) -> dict[str, Definition]:
    try:
        definition = parse_definition(data)
    except DefinitionError as trouble:
        mistakes += [f"{name}: {each}" for each in trouble.mistakes]
        return {}
    mistakes += [f"{name}: {each}" for each in _complaints(definition)]
    return {name: definition}


def _complaints(definition: Definition) -> list[str]:
    """What is understood, and all the same not fit for use: unknown keys and metrics, secrets for all to read."""
    known = {each.name for each in metrics.WORK}
    strange = [f"unknown key '{key}'" for key in definition.strange_keys]
    unknown = [
        f"extract: '{each.metric}' is not a metric of e-services" for each in definition.extract if each.metric not in known
    ]
    open_secrets = [f"{what} is written out; write env:NAME or file:path" for what in _written_out(definition)]
    refused = [f"steps: {said}" for each in definition.steps if (said := refused_address(each.ask.url)) is not None]
    return [*strange, *unknown, *open_secrets, *refused]


def _written_out(definition: Definition) -> list[str]:
    asks = [("", definition.ask), *((f"steps[{index}].", each.ask) for index, each in enumerate(definition.steps))]
    headers = [
        f"{place}headers.{name}"
        for place, ask in asks
        for name, value in ask.headers
        if is_sensitive(name) and is_written_out(value)
    ]
    forms = [
        f"{place}form.{name}" for place, ask in asks for name, value in ask.form if is_sensitive(name) and is_written_out(value)
    ]
    match definition.auth:
        case BasicAuth(_, secret) | BearerAuth(secret) | ApiKeyAuth(secret) | OAuth2Auth(client_secret=secret):
            return [*headers, *forms, *(["auth"] if is_written_out(secret) else [])]
        case _:
            return [*headers, *forms]
