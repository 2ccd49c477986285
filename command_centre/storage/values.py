"""How a row holds its numbers: one small MessagePack map, lossless.

A whole number is packed as an integer (1 to 9 bytes instead of 9): most counts, codes and sizes are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import msgspec

_ENCODER = msgspec.msgpack.Encoder()
_VALUES = msgspec.msgpack.Decoder(dict[int, float])
_SKETCH = msgspec.msgpack.Decoder(dict[int, int])

_EXACT_INTEGERS = 2.0**53


def pack_values(values: Mapping[int, float]) -> bytes | None:
    """{metric id: number} as bytes; None when there is none. Numbers that are not finite are no measurement and are left out."""
    packed = {metric: _shortest(value) for metric, value in values.items() if math.isfinite(value)}
    return _ENCODER.encode(packed) if packed else None


def unpack_values(packed: bytes | None) -> dict[int, float]:
    """{metric id: number}; empty when the row has none."""
    return {} if packed is None else _VALUES.decode(packed)


def pack_sketch(sketch: Mapping[int, int]) -> bytes | None:
    """{bin: count} as bytes; None when there is none."""
    return _ENCODER.encode(dict(sorted(sketch.items()))) if sketch else None


def unpack_sketch(packed: bytes | None) -> dict[int, int]:
    """{bin: count}; empty when the row has none."""
    return {} if packed is None else _SKETCH.decode(packed)


def _shortest(value: float) -> float | int:
    is_minus_zero = value == 0 and math.copysign(1.0, value) < 0
    whole = float(value).is_integer() and abs(value) <= _EXACT_INTEGERS and not is_minus_zero
    return int(value) if whole else float(value)
