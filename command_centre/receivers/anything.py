"""Everything else: the hundred services that the library Apprise knows, each by its address.

The library is run in a child process: its plugins are many and read answers of any length, so time and memory are bounded from
outside. What it is given (the address with its secrets, the message) goes through a pipe, never through the command line.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from command_centre.config.receiver_kinds import AppriseSettings
from command_centre.domain.notification import Message
from command_centre.domain.ports import DeliveryError
from command_centre.receivers.texts import Texts

ROOT = Path(__file__).resolve().parents[2]
CHILD = "command_centre.receivers.anything_child"
EXIT_TAKEN, EXIT_REFUSED, EXIT_UNKNOWN_ADDRESS = 0, 10, 11
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "VIRTUAL_ENV", "SSL_CERT_FILE", "SSL_CERT_DIR")
"""Of the environment: no proxy and no secret of anybody else reaches the child."""


class Anything:
    """Tells a service through Apprise."""

    def __init__(self, settings: AppriseSettings, texts: Texts) -> None:
        self._settings = settings
        self._texts = texts
        self._url = settings.url.resolve()

    def send(self, message: Message) -> None:
        """Raises DeliveryError unless the service has taken it. The library does not say why one has not."""
        told = {"url": self._url, "title": self._texts.title(message), "body": self._texts.body(message)}
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter and module; nothing of the message is in the command
                [sys.executable, "-m", CHILD],
                input=json.dumps(told).encode(),
                cwd=ROOT,
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=self._settings.timeout.total_seconds(),
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise DeliveryError.temporary("no answer in time") from None
        except OSError as trouble:
            raise DeliveryError.temporary(f"no process for it ({trouble.strerror})") from None
        if done.returncode == EXIT_UNKNOWN_ADDRESS:
            raise DeliveryError.temporary("Apprise does not understand the address of this service")
        if done.returncode != EXIT_TAKEN:
            raise DeliveryError.temporary("the service did not take it")
