"""The keys of a ``hotspots_mqtt`` collector in ``config.yaml``. Pydantic lives here and nowhere else in this package."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from collectors.hotspots_mqtt.intake import Limits
from collectors.hotspots_mqtt.mapping import Mapping, MappingError, parse_mapping, unknown_keys
from collectors.hotspots_mqtt.options import MQTT_PORT, SELF_KEY, Broker, Options, Protocol, Tls
from collectors.hotspots_mqtt.reader import MAX_PAYLOAD_BYTES
from command_centre.config.durations import Duration
from command_centre.config.secret import Secret


class _Keys(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class TlsSettings(_Keys):
    """TLS to the broker; with ``cert_file`` and ``key_file`` also our own certificate (mutual TLS)."""

    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None
    verify: bool = True


class MqttSettings(_Keys):
    """Which broker is listened to, and what its messages mean.

    ``mappings`` are documents of the mapping language (README.md). ``shards`` are the topic partitions that this collector takes,
    each put in the place of ``{shard}``; when several collectors run, each takes its own, and each has its own client id.
    """

    host: str = Field(default="127.0.0.1", min_length=1, max_length=253)
    port: int = Field(default=MQTT_PORT, ge=1, le=65535)
    client_id: str = Field(default="command-centre", min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.-]+$")
    user: str | None = None
    password: Secret | None = None
    tls: TlsSettings | None = None
    protocol: Protocol = Protocol.AUTO
    keepalive: Duration = timedelta(seconds=30)
    session_expiry: Duration = timedelta(days=1)
    mappings: tuple[dict[str, Any], ...] = ({"preset": "command-centre"},)
    shards: tuple[str, ...] = ()
    messages_per_second: float = Field(default=Limits().per_second, gt=0, le=10_000)
    burst: float = Field(default=Limits().burst, ge=1, le=100_000)
    max_payload_bytes: int = Field(default=MAX_PAYLOAD_BYTES, ge=64, le=16 * 1024 * 1024)
    will_grace: Duration = timedelta(milliseconds=500)
    lost_after: Duration = timedelta(seconds=10)

    @field_validator("mappings")
    @classmethod
    def _readable(cls, documents: tuple[dict[str, Any], ...]) -> tuple[dict[str, Any], ...]:
        for number, document in enumerate(documents):
            strange = unknown_keys(document)
            if strange:
                raise ValueError(f"mappings[{number}]: unknown key '{strange[0]}'")
            try:
                parse_mapping(document)
            except MappingError as mistakes:
                raise ValueError(f"mappings[{number}]: {'; '.join(mistakes.mistakes)}") from None
        return documents

    def options(self) -> Options:
        """The plain options of the listener. Resolves the password. Raises SecretUnavailableError."""
        return Options(
            broker=self._broker(),
            mappings=self._parsed(),
            limits=Limits(per_second=self.messages_per_second, burst=self.burst),
            max_payload_bytes=self.max_payload_bytes,
            will_grace=self.will_grace.total_seconds(),
            lost_after=self.lost_after.total_seconds(),
            self_key=SELF_KEY,
        )

    def _broker(self) -> Broker:
        return Broker(
            host=self.host,
            port=self.port,
            client_id=self.client_id,
            user=self.user,
            password=self.password.resolve() if self.password is not None else None,
            tls=None if self.tls is None else Tls(self.tls.ca_file, self.tls.cert_file, self.tls.key_file, self.tls.verify),
            protocol=self.protocol,
            keepalive_seconds=int(self.keepalive.total_seconds()),
            session_expiry_seconds=int(self.session_expiry.total_seconds()),
        )

    def _parsed(self) -> tuple[Mapping, ...]:
        shards: tuple[dict[str, str], ...] = tuple({"shard": each} for each in self.shards) or ({},)
        return tuple(parse_mapping(document, shard) for document in self.mappings for shard in shards)
