"""The sealed file: snapshot, data cut and seal in one, to be checked by anybody, offline, without the database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from command_centre.domain.cut import DataCut
from command_centre.domain.differences import differences
from command_centre.domain.seal import Frozen, Seal
from command_centre.domain.snapshot import RULE_VERSION, Snapshot, snapshot
from command_centre.storage.canonical import canonical, digest, plain, read_back, target_digests
from command_centre.storage.snapshots import Kept, is_genuine

FORMAT = "command-centre-snapshot/1"
MOST_BYTES = 256 * 1024 * 1024
MOST_TOLD = 50


class NotASnapshotError(Exception):
    """The file cannot be read as a snapshot; the text says why."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as the seal says: where, and what."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def to_bytes(frozen: Frozen) -> bytes:
    """The sealed file: canonical JSON."""
    return canonical(
        {
            "format": FORMAT,
            "seal": plain(frozen.seal),
            "changes": list(frozen.changes),
            "digests": target_digests(frozen.cut),
            "snapshot": plain(frozen.snapshot),
            "cut": plain(frozen.cut),
        }
    )


def kept_to_bytes(kept: Kept) -> bytes:
    """The same of one that the database keeps: what was sealed, byte for byte."""
    return canonical(
        {
            "format": FORMAT,
            "seal": plain(kept.seal),
            "changes": list(kept.changes),
            "digests": target_digests(read_back(DataCut, kept.cut)),
            "snapshot": kept.body,
            "cut": kept.cut,
        }
    )


def read_file(path: Path) -> dict[str, Any]:
    """The plain content of a sealed file. Raises NotASnapshotError."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise NotASnapshotError(f"{path}: larger than any snapshot")
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise NotASnapshotError(f"{path}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise NotASnapshotError(f"{path}: is not JSON; verify takes the .json file of a snapshot") from None
    parts = {"format", "seal", "snapshot", "cut", "digests", "changes"}
    if not isinstance(content, dict) or content.get("format") != FORMAT or not parts <= content.keys():
        raise NotASnapshotError(f"{path}: is not a snapshot of Command Centre")
    return content


def check(content: dict[str, Any]) -> tuple[Finding, ...]:
    """Everything that does not fit together, by name; empty: the file is what was sealed.

    Checks the hashes, the signature, and that the figures follow from the data cut when they are computed again.
    """
    try:
        seal = read_back(Seal, content["seal"])
    except ValueError as error:
        return (Finding("seal", str(error)),)
    return tuple([*_seal_findings(seal, content), *_cut_findings(content), *_figure_findings(content)][:MOST_TOLD])


def compare(content: dict[str, Any], other: dict[str, Any]) -> tuple[str, ...]:
    """What differs between two files: targets whose evidence differs, then figures, before and after."""
    told = [str(each) for each in differences(content["digests"], other["digests"], "evidence")]
    told += [str(each) for each in differences(content["snapshot"], other["snapshot"])]
    return tuple(told)


def _seal_findings(seal: Seal, content: dict[str, Any]) -> Iterator[Finding]:
    if not is_genuine(seal):
        yield Finding("seal", "hash or signature is not that of the public key it names")
    if digest(content["snapshot"]) != seal.sha256:
        yield Finding("snapshot", f"its SHA-256 is {digest(content['snapshot'])}, sealed was {seal.sha256}")
    if digest(content["cut"]) != seal.cut_sha256:
        yield Finding("cut", f"its SHA-256 is {digest(content['cut'])}, sealed was {seal.cut_sha256}")


def _cut_findings(content: dict[str, Any]) -> Iterator[Finding]:
    """Which target's evidence is not what its digest says."""
    try:
        now = target_digests(read_back(DataCut, content["cut"]))
    except ValueError as error:
        yield Finding("cut", str(error))
        return
    for each in differences(content["digests"], now):
        yield Finding(f"evidence of {each.path}", "differs from what was sealed")


def _figure_findings(content: dict[str, Any]) -> Iterator[Finding]:
    """Figures that do not follow from the cut."""
    try:
        stands = read_back(Snapshot, content["snapshot"])
        cut = read_back(DataCut, content["cut"])
        again = snapshot(cut, stands.config_hash, stands.code_version)
    except (ValueError, KeyError, AssertionError, TypeError) as error:
        yield Finding("snapshot", f"cannot be computed again: {error}")
        return
    if stands.rule_version != RULE_VERSION:
        yield Finding("snapshot", f"was made by accounting rule {stands.rule_version}; this program knows rule {RULE_VERSION}")
        return
    for each in differences(plain(again), plain(stands)):
        yield Finding(each.path, f"says {each.after}, the data say {each.before}")
