"""Texts of a definition with places for what is only known at asking: secrets (``{env:NAME}``, ``{file:path}``) and the variables
of a flow (``{token}``). Whoever fills them in keeps a list of what must never be shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TypeAlias

Resolve: TypeAlias = Callable[[str], str]
"""From a reference (``env:NAME``, ``file:path``) to the secret. Raises UnresolvedError."""

_PLACE = re.compile(r"\{((?:env|file):[^{}\s]+|[A-Za-z_]\w*)\}")
_REFERENCE = re.compile(r"(?:env|file):\S+")
SHORTEST_SECRET = 4
"""Shorter texts are not blotted out: "1" is everywhere."""


class UnresolvedError(Exception):
    """A reference or a variable stands for nothing. Names it, and no secret."""


def resolver(folder: Path | None) -> Resolve:
    """References are looked up when they are first needed; relative files lie beside the configuration in ``folder``."""

    def resolve(reference: str) -> str:
        from command_centre.config.secret import Secret, SecretUnavailableError

        try:
            return Secret(reference, folder).resolve()
        except (SecretUnavailableError, ValueError) as trouble:
            raise UnresolvedError(str(trouble)) from None

    return resolve


class Filling:
    """Fills in the texts of one look. ``secrets`` are all values that came from references, variables and credentials."""

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve
        self._variables: dict[str, str] = {}
        self.secrets: set[str] = set()

    def learn(self, name: str, value: str) -> None:
        """A variable of the flow; what a service hands out at signing in is as secret as a password."""
        self._variables[name] = value
        self.hide(value)

    def hide(self, value: str) -> None:
        """Never show this text."""
        if len(value) >= SHORTEST_SECRET:
            self.secrets.add(value)

    def text(self, template: str) -> str:
        """The template with everything filled in. Raises UnresolvedError."""
        if _REFERENCE.fullmatch(template):
            return self._secret(template)
        return _PLACE.sub(lambda place: self._value(place.group(1)), template)

    def json(self, template: str) -> str:
        """The same within JSON text: values are escaped as JSON wants it."""
        return _PLACE.sub(lambda place: json.dumps(self._value(place.group(1)))[1:-1], template)

    def _value(self, name: str) -> str:
        if ":" in name:
            return self._secret(name)
        value = self._variables.get(name)
        if value is None:
            raise UnresolvedError(f"nothing in the flow gives '{name}' a value")
        return value

    def _secret(self, reference: str) -> str:
        value = self._resolve(reference)
        self.hide(value)
        return value


def is_written_out(template: str) -> bool:
    """Whether a text that must be secret stands there for all to read: it holds no reference and no variable."""
    return not _REFERENCE.fullmatch(template) and not _PLACE.search(template)


def without_secrets(text: str, secrets: Collection[str]) -> str:
    """The text with every secret blotted out, the longest first."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


SENSITIVE = frozenset({"authorization", "cookie", "proxy-authorization"})
_SENSITIVE_PARTS = ("key", "token", "secret", "auth", "password", "session")


def is_sensitive(name: str) -> bool:
    """Whether a header or a parameter of this name carries a secret."""
    return name.lower() in SENSITIVE or any(part in name.lower() for part in _SENSITIVE_PARTS)
