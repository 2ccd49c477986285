"""Logs: one line per change, on stderr, in UTC. Log the change, not the weather."""

from __future__ import annotations

import logging
import sys
import time


def set_up(level: int = logging.INFO) -> None:
    """Send our own log lines to stderr; libraries only speak up from WARNING on."""
    stamp = logging.Formatter("%(asctime)sZ %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
    stamp.converter = time.gmtime
    door = logging.StreamHandler(sys.stderr)
    door.setFormatter(stamp)
    root = logging.getLogger()
    root.handlers[:] = [door]
    root.setLevel(logging.WARNING)
    for ours in ("command_centre", "collectors", "layouts"):
        logging.getLogger(ours).setLevel(level)
