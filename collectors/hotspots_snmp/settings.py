"""The keys of ``hotspots_snmp`` in ``config.yaml``. Secrets are references and are resolved at wiring."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field, model_validator

from collectors.hotspots_snmp.options import AuthProtocol, Credentials, Level, Options, PrivProtocol, Version
from command_centre.config.secret import Secret


class CredentialSettings(BaseModel):
    """Who we are to the agents."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    version: Version = Version.V2C
    community: Secret | None = None
    user: str = ""
    level: Level = Level.PRIV
    auth_protocol: AuthProtocol = AuthProtocol.SHA
    auth_password: Secret | None = None
    priv_protocol: PrivProtocol = PrivProtocol.AES
    priv_password: Secret | None = None
    context: str = ""

    @model_validator(mode="after")
    def _is_complete(self) -> CredentialSettings:
        if self.version is not Version.V3:
            if self.community is None:
                raise ValueError("SNMP version 1 and 2c need a 'community'")
            return self
        if not self.user:
            raise ValueError("SNMP version 3 needs a 'user'")
        if self.level is not Level.NO_AUTH and self.auth_password is None:
            raise ValueError(f"level {self.level.value} needs an 'auth_password'")
        if self.level is Level.PRIV and self.priv_password is None:
            raise ValueError(f"level {self.level.value} needs a 'priv_password'")
        return self

    def credentials(self) -> Credentials:
        """With the secrets' values. Raises SecretUnavailableError."""
        return Credentials(
            self.version,
            _value(self.community),
            self.user,
            self.level,
            self.auth_protocol,
            _value(self.auth_password),
            self.priv_protocol,
            _value(self.priv_password),
            self.context,
        )


class SnmpSettings(BaseModel):
    """How hotspots are asked by SNMP. ``named`` holds further credentials that hotspots pick with their column ``snmp``."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    credentials: CredentialSettings
    named: dict[str, CredentialSettings] = Field(default_factory=dict)
    request_timeout_seconds: float = Field(default=2.0, gt=0, le=60)
    retries: int = Field(default=2, ge=0, le=10)
    discover_seconds: float = Field(default=3600.0, ge=60)
    interval_seconds: float = Field(default=60.0, gt=0)
    slow_seconds: float = Field(default=0.5, gt=0)

    def options(self, timeout: timedelta) -> Options:
        """``timeout`` is the patience with one device. Raises SecretUnavailableError."""
        return Options(
            self.credentials.credentials(),
            {name: settings.credentials() for name, settings in self.named.items()},
            timeout_seconds=min(self.request_timeout_seconds, timeout.total_seconds()),
            retries=self.retries,
            look_seconds=timeout.total_seconds(),
            discover_seconds=self.discover_seconds,
            slow_seconds=self.slow_seconds,
            interval_seconds=self.interval_seconds,
        )


def _value(secret: Secret | None) -> str:
    return "" if secret is None else secret.resolve()
