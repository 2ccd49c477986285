"""Canonical bytes: one way to write a cut or a snapshot down, so that its hash means something.

JSON with sorted keys, no spaces, UTF-8, numbers as Python writes them. Anybody can check it with two lines of Python.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any, TypeVar

import msgspec

from command_centre.domain.cut import CutTarget, DataCut

Read = TypeVar("Read")


def plain(value: Any) -> Any:
    """Dataclasses as objects, tuples as lists."""
    return msgspec.to_builtins(value)


def canonical(value: Any) -> bytes:
    """The bytes that are hashed. Raises ValueError for a number that is not finite: it is no measurement."""
    text = json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def digest(value: Any) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def read_back(kind: type[Read], data: Any) -> Read:
    """The value that was written down. Raises ValueError with a path to what does not fit."""
    try:
        return msgspec.convert(data, kind, strict=False)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None


def evidence_digest(cut: DataCut) -> str:
    """The hash of what was measured, without names, promises and comparisons: late data change it, a renamed office does not."""
    seen = [_evidence(each) for each in cut.targets]
    return digest({"period": cut.period, "ends_at": cut.ends_at, "targets": seen, "incidents": plain(cut.incidents)})


def target_digests(cut: DataCut) -> dict[str, str]:
    """Per target the hash of what was measured of it: tells which one differs, without the whole cut at hand."""
    return {each.key: digest(_evidence(each))[:16] for each in cut.targets}


def _evidence(target: CutTarget) -> Any:
    return plain(replace(target, name="", short_name="", owner="", group=""))
