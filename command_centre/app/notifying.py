"""Putting the notifier and the auditor together, beside the recorder, in the writer process."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from command_centre.app.duty import links_of, section_of
from command_centre.app.snapshot_mailing import enclosing_of
from command_centre.config.mistakes import ConfigError, Mistake
from command_centre.config.receivers import NotifyingSection
from command_centre.config.secret import Secret, SecretUnavailableError
from command_centre.domain.notification import Message
from command_centre.domain.ports import Clock, Receiver
from command_centre.domain.reading import Reading
from command_centre.pipeline.auditor import Auditor, Signs
from command_centre.pipeline.notifier import Notifier
from command_centre.receivers import build
from command_centre.receivers.enclosures import Enclose, nothing_enclosed
from command_centre.receivers.heartbeat import beat
from command_centre.receivers.log import LogBook
from command_centre.receivers.texts import Texts

if TYPE_CHECKING:
    from command_centre.app.wiring import Chosen

DEMO_BOOK = Path("demo") / "notifications.jsonl"
"""Where a demo's notices are written, below the data folder. Nothing of a simulated city reaches a real phone."""


class Notifying:
    """The notifier and the auditor of one writer process. ``tell`` takes the auditor's readings."""

    def __init__(self, chosen: Chosen, engine: Engine, clock: Clock, tell: Callable[[Reading], object]) -> None:
        self._clock = clock
        self._engine = engine
        self._receivers = receivers_of(chosen, clock, enclosing_of(chosen.config, engine))
        self._links = links_of(chosen.config, chosen.data_dir)
        section = section_of(chosen.config)
        self._notifier = Notifier(engine, self._receivers, clock, link_of=self._link_of)
        self._auditor = Auditor(
            engine,
            clock,
            tell,
            signs_of(section),
            somebody_listens=lambda: bool(self._receivers),
            every=section.audit_every,
        )
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to send and to audit, each in a thread of its own."""
        for name, run in (("notifier", self._notifier.run), ("auditor", self._auditor.run)):
            thread = threading.Thread(target=functools.partial(run, self._stop), name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def adopt(self, chosen: Chosen) -> None:
        """Go over to another configuration. Raises ConfigError, and then keeps the one in force."""
        receivers = receivers_of(chosen, self._clock, enclosing_of(chosen.config, self._engine))
        links, signs = links_of(chosen.config, chosen.data_dir), signs_of(section_of(chosen.config))
        self._receivers, self._links = receivers, links
        self._notifier.adopt(receivers)
        self._auditor.adopt(signs)

    def stop(self) -> None:
        """End both; what is on its way may still arrive."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=10)

    def _link_of(self, message: Message) -> str | None:
        return self._links.link_of(message)


def receivers_of(chosen: Chosen, clock: Clock, enclose: Enclose = nothing_enclosed) -> Mapping[str, Receiver]:
    """The receivers of a configuration, by name. Raises ConfigError when a secret is not there."""
    config = chosen.config
    texts = Texts(config.zone, english=section_of(config).english, is_simulated=chosen.is_demo)
    if chosen.is_demo:
        book = LogBook(texts, chosen.data_dir / DEMO_BOOK)
        return {each.name: book for each in config.receivers}
    folder = config.source_path.resolve().parent
    try:
        return {each.name: build(each.settings, texts, clock, folder, enclose) for each in config.receivers}
    except SecretUnavailableError as trouble:
        raise ConfigError([Mistake(str(config.source_path), str(trouble), where="receivers")]) from None


def signs_of(section: NotifyingSection) -> Signs:
    """The signs of life to monitors outside. Raises ConfigError when an address is not there."""
    return Signs(alive=_beats(section.alive, "alive"), proven=_beats(section.audited, "audited"))


def _beats(address: Secret | None, key: str) -> tuple[Callable[[], None], ...]:
    if address is None:
        return ()
    try:
        return (functools.partial(beat, address.resolve()),)
    except SecretUnavailableError as trouble:
        raise ConfigError([Mistake("config.yaml", str(trouble), where=f"notifying.{key}")]) from None
