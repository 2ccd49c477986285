"""Keys that the program makes for itself: one file each, readable by nobody else, made at the first use."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

KEY_BYTES = 32


class KeyUnusableError(Exception):
    """The file of a key cannot be read or made. Names the file, never its content."""


def load_or_make_key(path: Path) -> bytes:
    """The key in ``path``; when there is no such file, a new one is drawn. Raises KeyUnusableError.

    Two processes that start together agree: whoever makes the file first wins, the other reads it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _make(path)
        key = path.read_bytes()
    except OSError as trouble:
        raise KeyUnusableError(f"{path}: the key cannot be read or made ({trouble.strerror})") from None
    if len(key) < KEY_BYTES:
        raise KeyUnusableError(f"{path}: is too short to be a key; remove the file and a new one is made")
    return key


def _make(path: Path) -> None:
    if path.exists():
        return
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, secrets.token_bytes(KEY_BYTES))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        os.link(fresh, path)  # unlike a rename it fails when somebody else was first
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
