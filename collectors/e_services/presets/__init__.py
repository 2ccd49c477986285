"""Presets: the shapes of answers that the city's services share, as data. Each file says what it is a model of.

A definition names one (``preset = "ckan"``) and may add to it or override it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

FOLDER = Path(__file__).parent

PRESETS: Mapping[str, str] = MappingProxyType(
    {
        "laravel": "success and message in the body, as Laravel services answer",
        "wbs": "statistics of the city's whistle-blowing service and of services of its kind",
        "ckan": "data sets of a CKAN portal, newest first",
        "ckan_status": "a CKAN portal's own status",
        "oss": "the reply of an OSS-RBA licence service: kode and keterangan",
        "lapor": "totals of a complaints board, in Indonesian notation",
        "antrean": "the generic envelope: layanan, status, antrean, diproses_hari_ini",
        "tiket": "a list of tickets with status and date of submission",
        "perencanaan": "who has handed in a plan and who is expected to",
        "spring": "Spring Boot actuator health",
        "ietf": "health+json of the IETF draft",
        "web": "an address that answers, whatever it says",
    }
)
"""Name and meaning of every preset; the files beside this one hold them."""


@lru_cache(maxsize=64)
def _text(name: str) -> str:
    return (FOLDER / f"{name}.toml").read_text(encoding="utf-8")


def load_preset(name: str) -> dict[str, Any]:
    """The preset's plain data, fresh at each call. ``name`` is one of ``PRESETS``."""
    return tomllib.loads(_text(name))
