"""The section ``access`` of ``config.yaml``: who gets in, and how the city's single sign-on is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from command_centre.config.model import Line, Section
from command_centre.config.secret import Secret, folder_of
from command_centre.domain.person import Role


class Walls(StrEnum):
    """``this_machine``: a browser on the server itself sees the walls as it is. ``token``: every wall needs its token."""

    THIS_MACHINE = "this_machine"
    TOKEN = "token"  # noqa: S105 - a word of the configuration


def _secret(value: object, info: ValidationInfo) -> Secret:
    if isinstance(value, Secret):
        return value
    if not isinstance(value, str):
        raise ValueError("must be a reference: env:NAME or file:path")
    return Secret(value, folder_of(info))


SecretReference = Annotated[Secret, BeforeValidator(_secret)]


def _issuer(text: str) -> str:
    if not re.fullmatch(r"https://[^\s?#]+|http://127\.0\.0\.1(:\d+)?[^\s?#]*", text):
        raise ValueError("must be the https address of the single sign-on, such as https://sso.bontangkota.go.id/realms/kota")
    return text.rstrip("/")


class SingleSignOn(Section):
    """OpenID Connect. ``roles`` says which values of the claim ``role_claim`` give which role; anybody else is refused."""

    issuer: Annotated[Line, AfterValidator(_issuer)]
    client_id: Line
    client_secret: SecretReference
    role_claim: Line = "groups"
    roles: Mapping[Line, Role] = Field(min_length=1)

    model_config = ConfigDict(arbitrary_types_allowed=True)

    @field_validator("roles")
    @classmethod
    def _no_walls(cls, roles: Mapping[str, Role]) -> Mapping[str, Role]:
        if Role.WALL in roles.values():
            raise ValueError("a person cannot have the role wall; use official, operator or admin")
        return MappingProxyType(dict(roles))


class AccessSection(Section):
    """Who gets in. ``key`` signs cookies; without it the program makes one in ``data/keys``."""

    walls: Walls = Walls.THIS_MACHINE
    behind_https: bool = False
    key: SecretReference | None = None
    oidc: SingleSignOn | None = None

    model_config = ConfigDict(arbitrary_types_allowed=True)


SESSION_KEY = Path("keys") / "session.key"
"""Where the program's own key is, below the data folder."""
