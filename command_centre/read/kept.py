"""Something that changes only slowly, kept together with what it was made from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """One slow answer. Not for several threads at once."""

    def __init__(self) -> None:
        self._made_from: object = None
        self._value: Value | None = None

    def get(self, made_from: object, make: Callable[[], Value]) -> Value:
        """The value as it was made from something equal; made again otherwise."""
        if self._value is None or made_from != self._made_from:
            self._value = make()
            self._made_from = made_from
        return self._value
