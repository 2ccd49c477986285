"""The key that signs snapshots: Ed25519, made on first use, readable by its owner only. A lost key is replaced, never guessed.

What was signed with the old key stays valid: every seal carries the public key it was signed with.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

KEY_NAME = "snapshot.pem"
OWNER_ONLY = 0o600
MOST_BYTES = 4096


class KeyTrouble(Exception):  # noqa: N818 - it is trouble, told in a sentence
    """The signing key cannot be used; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs with one private key, which no ``repr`` shows."""

    private: Ed25519PrivateKey = field(repr=False)

    @property
    def public_key(self) -> str:
        """The public half, 64 hexadecimal digits."""
        raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
        return self.private.public_key().public_bytes(*raw).hex()

    def sign(self, data: bytes) -> str:
        """The signature, 128 hexadecimal digits; the same for the same data."""
        return self.private.sign(data).hex()


def open_signer(folder: Path) -> Signer:
    """The key of this installation; made when there is none. Raises KeyTrouble."""
    path = folder / KEY_NAME
    try:
        return _read(path)
    except FileNotFoundError:
        return _make(path)
    except (OSError, ValueError, TypeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not an Ed25519 private key"
        raise KeyTrouble(f"{path}: {reason}; restore it from the backup, or move it away and a new key is made") from None


def is_signed_by(public_key: str, data: bytes, signature: str) -> bool:
    """Whether ``signature`` over ``data`` was made with that key."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), data)
    except (InvalidSignature, ValueError):
        return False
    return True


def _read(path: Path) -> Signer:
    with path.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        if mode & 0o077:
            raise KeyTrouble(f"{path}: others may read the signing key; run chmod 600 {path}")
        private = serialization.load_pem_private_key(file.read(MOST_BYTES), None)
    if not isinstance(private, Ed25519PrivateKey):
        raise TypeError
    return Signer(private)


def _make(path: Path) -> Signer:
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(path, pem)
    except FileExistsError:  # another process was quicker: its key counts
        return _read(path)
    except OSError as error:
        raise KeyTrouble(f"{path}: the signing key cannot be written ({error.strerror})") from None
    return Signer(private)


def _write_whole(path: Path, pem: bytes) -> None:
    """Under another name first: a key that is half written is a lost key. Raises FileExistsError when one is there already."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        os.link(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
