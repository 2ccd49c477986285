"""The keys of a ``websites`` collector in ``config.yaml``. Pydantic lives here and nowhere else in this package."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field, field_validator

from collectors.websites.options import MAX_BODY_BYTES, MAX_REDIRECTS, Options, user_agent
from command_centre.config.durations import Duration


class WebsiteSettings(BaseModel):
    """How websites are looked at. ``servers``, ``connect_to`` and ``ca_file`` are what the demo city needs."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    slow_after: Duration | None = timedelta(seconds=5)
    certificate_warn_days: float = Field(default=14, ge=0, le=365)
    content_max_age_days: float | None = Field(default=None, gt=0)
    max_body_bytes: int = Field(default=MAX_BODY_BYTES, ge=1024, le=64 * 1024 * 1024)
    max_redirects: int = Field(default=MAX_REDIRECTS, ge=0, le=30)
    must_not_contain: tuple[str, ...] = ()
    ca_file: str | None = None
    servers: tuple[str, ...] = ()
    connect_to: dict[int, int] = Field(default_factory=dict)

    @field_validator("connect_to")
    @classmethod
    def _ports(cls, ports: dict[int, int]) -> dict[int, int]:
        if not all(0 < port < 65536 for pair in ports.items() for port in pair):
            raise ValueError("ports lie between 1 and 65535")
        return ports

    def options(self, contact: str, timeout: timedelta) -> Options:
        """The plain options of the poller."""
        return Options(
            timeout=timeout,
            slow_after=self.slow_after,
            certificate_warn_days=self.certificate_warn_days,
            content_max_age=timedelta(days=self.content_max_age_days) if self.content_max_age_days is not None else None,
            max_body_bytes=self.max_body_bytes,
            max_redirects=self.max_redirects,
            must_not_contain=self.must_not_contain,
            user_agent=user_agent(contact),
            ca_file=self.ca_file,
            servers=self.servers,
            connect_to=dict(self.connect_to),
        )
