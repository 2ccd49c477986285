"""What the uplink is measured by: the ``uplink`` section of ``config.yaml`` names the addresses."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class UplinkSettings(BaseModel):
    """``references`` are addresses outside our own house, as ``host:port``; none of them needs to be a website."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    references: tuple[str, ...] = ()
