"""A tiny configuration with its register, and a kind of collector, for tests of the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from command_centre.config.durations import Duration
from command_centre.config.secret import Secret

PROJECT = Path(__file__).resolve().parents[2]


class TinySettings(BaseModel):
    """Settings such as a kind of collector may have."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slow_after: Duration = timedelta(seconds=5)
    certificate_warn_days: float = Field(default=14, ge=0, le=365)
    token: Secret | None = None


KINDS: Mapping[str, type[BaseModel]] = {"websites": TinySettings}

TINY_CONFIG = """\
mode: demo
collectors:
  - kind: websites
inventory:
  sites: sites.csv
"""

GOOD_SITES = """\
key;name;short_name;owner;group;kelurahan;address
situs:diskominfo;Dinas Komunikasi dan Informatika;Diskominfo;Diskominfo;OPD;;http://diskominfo.example.test/
situs:kel-loktuan;Kelurahan Loktuan;Loktuan;Kelurahan Loktuan;Kelurahan;64.74.01.1003;http://kel-loktuan.example.test/
situs:setda;Sekretariat Daerah;Setda;Setda;OPD;;
"""

NO_HOTSPOTS = "key;name;short_name;owner;isp;class_mbps;place_type\n"

GOOD_PARENTS = """\
key;name;short_name;owner;parents
induk:penyedia-a;Jaringan Penyedia A;Penyedia A;Penyedia A;
listrik:loktuan;Listrik Loktuan;Listrik Loktuan;PLN;
"""


def write_config(folder: Path, config: str = TINY_CONFIG, sites: str = GOOD_SITES) -> Path:
    """Both files in ``folder``; the path of the configuration."""
    path = folder / "config.yaml"
    path.write_text(config, encoding="utf-8")
    (folder / "sites.csv").write_text(sites, encoding="utf-8")
    return path
