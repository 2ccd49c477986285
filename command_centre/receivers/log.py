"""Log: messages go into the program's own log, or into a file with one JSON object per line."""

from __future__ import annotations

import json
import logging
import threading
from pathlib import Path

from command_centre.domain.notification import Message
from command_centre.domain.ports import DeliveryError
from command_centre.receivers.texts import Texts

LOG = logging.getLogger(__name__)

MOST_FILE_BYTES = 5_000_000
"""A file that has grown to this is set aside under the same name with ``.1``, in place of the one before."""


class LogBook:
    """Writes each message down. Without ``file`` into the program's log."""

    def __init__(self, texts: Texts, file: Path | None = None) -> None:
        self._texts = texts
        self._file = file
        self._lock = threading.Lock()

    def send(self, message: Message) -> None:
        """Raises DeliveryError when the file cannot be written."""
        if self._file is None:
            LOG.info("to %s: %s", message.receiver, self._texts.whole(message).replace("\n", " | "))
            return
        line = {
            "key": message.key,
            "receiver": message.receiver,
            "kind": message.kind.value,
            "severity": message.severity.value,
            "incident": message.incident,
            "due_at": message.due_at.isoformat(),
            "text": self._texts.whole(message),
            "link": message.link,
        }
        try:
            with self._lock:
                self._write(self._file, json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as trouble:
            raise DeliveryError.temporary(f"the file cannot be written ({trouble.strerror})") from None

    def _write(self, file: Path, line: str) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.exists() and file.stat().st_size >= MOST_FILE_BYTES:
            file.replace(file.with_name(f"{file.name}.1"))
        with file.open("a", encoding="utf-8") as book:
            book.write(line)
