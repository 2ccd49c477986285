"""Never zero notices, at most one duplicate each: the writer and its notifier, killed with -9 at random points.

    python -m tests.benchmarks.kill_notifier [--kills 200] [--seed 1] [--url sqlite:///...]

Prints the count and ends with 1 when an incident went unheard, an end was heard before its beginning, or a message came more
than twice. Takes about a third of a second per kill.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from command_centre.storage.database import migrate, open_database
from tests.support.notifier_killing import kill_and_count


def main() -> int:
    """Run the plan of the command line."""
    parser = argparse.ArgumentParser(prog="kill_notifier")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--url")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        url = options.url or f"sqlite:///{Path(name) / 'city.db'}"
        engine = open_database(url)
        migrate(engine)
        engine.dispose()
        count = kill_and_count(url, options.kills, seed=options.seed)
    print(
        f"{count.kills} kills, {count.incidents} incidents, {count.messages} different messages accepted; "
        f"unheard {len(count.unheard)}, ends before beginnings {len(count.early)}, "
        f"duplicates {count.doubled} (most copies of one: {count.most_copies})"
    )
    return 1 if count.unheard or count.early or count.most_copies > 2 else 0


if __name__ == "__main__":
    sys.exit(main())
