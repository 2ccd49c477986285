"""Secrets: the configuration holds references only (``env:NAME``, ``file:path``); the value is fetched at wiring."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pydantic import GetCoreSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

SCHEMES = ("env:", "file:")
NOT_TO_BE_REPEATED = "not_to_be_repeated"
"""Type of the validation error whose value must not be repeated anywhere."""


class SecretUnavailableError(Exception):
    """The reference points at nothing. Names the reference, which is no secret."""


class Secret:
    """A reference to a secret. Its ``repr`` and ``str`` show the reference, never the value."""

    __slots__ = ("_folder", "_reference")

    def __init__(self, reference: str, folder: Path | None = None) -> None:
        """``folder`` is where a relative ``file:`` path begins (the folder of ``config.yaml``)."""
        if not is_reference(reference):
            raise ValueError("a secret is written as a reference: env:NAME or file:path")
        self._reference = reference
        self._folder = folder

    @property
    def reference(self) -> str:
        """``env:NAME`` or ``file:path``."""
        return self._reference

    def resolve(self) -> str:
        """The value, without the line break at its end. Raises SecretUnavailableError."""
        scheme, _, name = self._reference.partition(":")
        value = os.environ.get(name) if scheme == "env" else self._read(Path(name))
        if not value:
            raise SecretUnavailableError(f"{self._reference} is not set or empty")
        return value

    def is_available(self) -> bool:
        """Whether ``resolve`` would find something; the value is not kept."""
        try:
            return bool(self.resolve())
        except SecretUnavailableError:
            return False

    def _read(self, path: Path) -> str:
        whole = path if path.is_absolute() or self._folder is None else self._folder / path
        try:
            return whole.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as trouble:
            raise SecretUnavailableError(f"{self._reference} cannot be read ({type(trouble).__name__})") from None

    def __repr__(self) -> str:
        return f"Secret('{self._reference}')"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._reference == self._reference

    def __hash__(self) -> int:
        return hash(self._reference)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[Any], handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(
            _validate, serialization=core_schema.plain_serializer_function_ser_schema(lambda secret: secret.reference)
        )


def is_reference(text: str) -> bool:
    """Whether ``text`` is ``env:NAME`` or ``file:path`` with something behind the colon."""
    scheme, separator, name = text.partition(":")
    return separator == ":" and scheme + ":" in SCHEMES and bool(name.strip()) and "\x00" not in name


def _validate(value: object, info: ValidationInfo) -> Secret:
    if isinstance(value, Secret):
        return value
    if not isinstance(value, str) or not is_reference(value):
        raise PydanticCustomError(NOT_TO_BE_REPEATED, "a secret is written as a reference: env:NAME or file:path")
    return Secret(value, folder_of(info))


def folder_of(info: ValidationInfo) -> Path | None:
    """The folder of the configuration file, handed to pydantic as context."""
    folder = (info.context or {}).get("folder")
    return folder if isinstance(folder, Path) else None
