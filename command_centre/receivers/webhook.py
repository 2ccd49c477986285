"""Webhook: one POST with JSON per message, for a program. Signed when there is a secret."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from command_centre.config.receiver_kinds import WebhookSettings
from command_centre.domain.delivery import UNHEARD
from command_centre.domain.notification import Message
from command_centre.domain.ports import Clock
from command_centre.receivers.http import refuse_unless_accepted, request
from command_centre.receivers.texts import Texts

SIGNATURE = "X-Command-Centre-Signature"
IDEMPOTENCY = "Idempotency-Key"


class Webhook:
    """Tells a program."""

    def __init__(self, settings: WebhookSettings, texts: Texts, clock: Clock) -> None:
        self._settings = settings
        self._texts = texts
        self._clock = clock
        self._secret = None if settings.secret is None else settings.secret.resolve()
        self._token = None if settings.token is None else settings.token.resolve()

    def send(self, message: Message) -> None:
        """Raises DeliveryError unless the program answers with a status of success."""
        body = json.dumps(self._content(message), ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", IDEMPOTENCY: message.key} | self._proofs(body)
        answer = request(
            self._settings.url, body=body, headers=headers, timeout=self._settings.timeout, ca_file=self._settings.ca_file
        )
        refuse_unless_accepted(answer)

    def _proofs(self, body: bytes) -> dict[str, str]:
        proofs = {} if self._token is None else {"Authorization": f"Bearer {self._token}"}
        if self._secret is None:
            return proofs
        at = int(self._clock.now().timestamp())
        return proofs | {SIGNATURE: f"t={at},v1={signature(self._secret, at, body)}"}

    def _content(self, message: Message) -> dict[str, Any]:
        facts = dict(message.facts)
        return {
            "key": message.key,
            "incident": message.incident,
            "kind": message.kind.value,
            "why": message.why.value,
            "severity": message.severity.value,
            "title": message.title,
            "text": self._texts.whole(message),
            "lines": list(message.lines),
            "event_at": message.event_at.isoformat(),
            "due_at": message.due_at.isoformat(),
            "began_unheard": facts.pop(UNHEARD, None),
            "facts": facts,
            "link": message.link,
            "simulated": self._texts.is_simulated,
        }


def signature(secret: str, at: int, body: bytes) -> str:
    """HMAC-SHA-256 over the time, a full stop, and the body: whoever repeats an old request cannot change its time."""
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
