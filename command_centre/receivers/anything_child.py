"""The child process of ``anything``: one message through Apprise, with little memory. Says what became of it by its exit code."""

from __future__ import annotations

import json
import resource
import sys

from command_centre.receivers.anything import EXIT_REFUSED, EXIT_TAKEN, EXIT_UNKNOWN_ADDRESS

MOST_MEMORY_BYTES = 1024 * 1024 * 1024


def main() -> int:
    """Read one message from standard input and send it."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    told = json.load(sys.stdin)
    import apprise

    service = apprise.Apprise()
    if not service.add(told["url"]):
        return EXIT_UNKNOWN_ADDRESS
    is_taken = service.notify(title=told["title"], body=told["body"], body_format=apprise.NotifyFormat.TEXT)
    return EXIT_TAKEN if is_taken else EXIT_REFUSED


if __name__ == "__main__":
    sys.exit(main())
