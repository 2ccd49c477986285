"""The words of the letter that brings a snapshot. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from command_centre.domain.seal import Frozen
from layouts.wording.snapshot import SnapshotWords
from layouts.wording.snapshot_card import short_lines, short_title


def notice_title(frozen: Frozen, words: SnapshotWords) -> str:
    """What stands on a lock screen: which period, and that it is a revision."""
    revision = frozen.seal.revision
    told = words.say(f", revisi {revision}", f", revision {revision}") if revision > 1 else ""
    return f"{short_title(frozen.snapshot, words)}{told}"


def notice_lines(frozen: Frozen, words: SnapshotWords) -> tuple[str, ...]:
    """The snapshot in a few lines; of a revision first how much it changes."""
    return (*_revision(frozen, words), *short_lines(frozen.snapshot, frozen.seal.seal, words))


def _revision(frozen: Frozen, words: SnapshotWords) -> tuple[str, ...]:
    revision = frozen.seal.revision
    if revision <= 1:
        return ()
    count = words.number(counted(frozen.changes))
    return (
        words.say(
            f"Revisi {revision} menggantikan revisi {revision - 1}: {count} angka berbeda karena data yang masuk kemudian. "
            "Revisi lama tetap tersimpan di arsip.",
            f"Revision {revision} takes the place of revision {revision - 1}: {count} figures differ because of data that came "
            "in later. The old revision stays in the archive.",
        ),
    )


def counted(changes: Sequence[str]) -> int:
    """How many figures differ: a long list ends with how many more there are ("+ 12")."""
    if changes and changes[-1].startswith("+ ") and changes[-1][2:].isdecimal():
        return len(changes) - 1 + int(changes[-1][2:])
    return len(changes)
