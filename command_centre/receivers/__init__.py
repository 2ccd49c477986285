"""Receivers: where notifications go. ``build`` makes one from its settings; adding a kind is one line here and one in
``config.receiver_kinds``."""

from __future__ import annotations

from pathlib import Path

from command_centre.config.model import Section
from command_centre.config.receiver_kinds import (
    AppriseSettings,
    EmailSettings,
    LogSettings,
    TelegramSettings,
    WebhookSettings,
    WhatsAppSettings,
)
from command_centre.domain.ports import Clock, Receiver
from command_centre.receivers.anything import Anything
from command_centre.receivers.enclosures import Enclose, nothing_enclosed
from command_centre.receivers.log import LogBook
from command_centre.receivers.smtp import Mailbox
from command_centre.receivers.telegram import Telegram
from command_centre.receivers.texts import Texts
from command_centre.receivers.webhook import Webhook
from command_centre.receivers.whatsapp import WhatsApp


def build(settings: Section, texts: Texts, clock: Clock, folder: Path, enclose: Enclose = nothing_enclosed) -> Receiver:
    """The receiver that ``settings`` describe. Touches no network. A relative ``file`` begins at ``folder``.

    ``enclose`` makes what letters carry beside their text.

    Raises SecretUnavailableError when a reference points at nothing.
    """
    match settings:
        case EmailSettings():
            return Mailbox(settings, texts, clock, enclose)
        case TelegramSettings():
            return Telegram(settings, texts)
        case WhatsAppSettings():
            return WhatsApp(settings, texts)
        case WebhookSettings():
            return Webhook(settings, texts, clock)
        case AppriseSettings():
            return Anything(settings, texts)
        case LogSettings():
            return LogBook(texts, None if settings.file is None else folder / settings.file)
        case _:
            raise TypeError(f"{type(settings).__name__} describes no receiver")
