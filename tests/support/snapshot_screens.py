"""``python -m tests.support.snapshot_screens FILE``: a sealed file's pages and card as pictures, into docs/screens/."""

from __future__ import annotations

import sys
from pathlib import Path

from command_centre.domain.seal import Seal
from command_centre.domain.snapshot import Snapshot
from command_centre.storage.canonical import read_back
from command_centre.storage.snapshot_file import read_file
from layouts.snapshot import forms, paper

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screens"


def main() -> None:
    content = read_file(Path(sys.argv[1]))
    seal = read_back(Seal, content["seal"])
    document = forms.paper_document_of(read_back(Snapshot, content["snapshot"]), seal)
    for number, page in enumerate(paper.pictures(document), start=1):
        (FOLDER / f"cuplikan-{number}.png").write_bytes(page)
    (FOLDER / "kartu.png").write_bytes(paper.card(document))


if __name__ == "__main__":
    main()
