"""The signing key: made once, its owner's only, never guessed when it is damaged or lost."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from command_centre.storage.signing import KEY_NAME, KeyTrouble, is_signed_by, open_signer


def test_the_key_is_made_on_first_use_and_is_the_same_afterwards(tmp_path: Path) -> None:
    first, second = open_signer(tmp_path / "new"), open_signer(tmp_path / "new")
    assert first.public_key == second.public_key
    assert stat.S_IMODE((tmp_path / "new" / KEY_NAME).stat().st_mode) == 0o600
    assert [each.name for each in (tmp_path / "new").iterdir()] == [KEY_NAME]


def test_a_signature_is_that_of_its_key_and_of_its_words_only(tmp_path: Path) -> None:
    signer, other = open_signer(tmp_path / "a"), open_signer(tmp_path / "b")
    signature = signer.sign(b"week 47")
    assert signature == signer.sign(b"week 47")
    assert is_signed_by(signer.public_key, b"week 47", signature)
    assert not is_signed_by(signer.public_key, b"week 48", signature)
    assert not is_signed_by(other.public_key, b"week 47", signature)
    assert not is_signed_by("zz", b"week 47", signature)


def test_a_lost_key_is_replaced_and_what_it_signed_stays_valid(tmp_path: Path) -> None:
    old = open_signer(tmp_path)
    signature = old.sign(b"week 47")
    (tmp_path / KEY_NAME).unlink()
    assert open_signer(tmp_path).public_key != old.public_key
    assert is_signed_by(old.public_key, b"week 47", signature)


def test_a_damaged_key_is_refused_with_what_to_do(tmp_path: Path) -> None:
    open_signer(tmp_path)
    (tmp_path / KEY_NAME).write_text("not a key")
    with pytest.raises(KeyTrouble, match="restore it from the backup"):
        open_signer(tmp_path)


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    open_signer(tmp_path)
    (tmp_path / KEY_NAME).chmod(0o644)
    with pytest.raises(KeyTrouble, match="chmod 600"):
        open_signer(tmp_path)


def test_the_private_half_is_in_no_repr(tmp_path: Path) -> None:
    assert "private" not in repr(open_signer(tmp_path))
