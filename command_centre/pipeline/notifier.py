"""Notifier: takes what is due out of the outbox and carries it to its receivers.

One courier, a thread of its own, per receiver: a receiver that hangs or is out of order delays nobody else. A courier claims the
most urgent stream, sends one message for it, and writes down what became of it, each in a short transaction. Nothing is marked as
sent before the receiver has accepted it, so after a crash a message may come twice (with the same key), and is never lost. The
moment between acceptance and mark is kept short: the mark does not wait for the disk (a power cut makes a duplicate, no loss).
"""

from __future__ import annotations

import logging
import os
import random
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from command_centre.domain.delivery import Delivery, Patience, Waiting, next_delivery, wished_pause
from command_centre.domain.notification import Message
from command_centre.domain.ports import Clock, DeliveryError, Receiver, Refusal
from command_centre.storage import outbox
from command_centre.storage.database import writing, writing_lightly
from command_centre.storage.lease import is_running

LOG = logging.getLogger(__name__)

LEASE_LASTS = timedelta(seconds=90)
"""Longer than any receiver may take: nobody else may believe that we died while we are still sending."""
LOOK_SECONDS = 0.25
TIDY_EVERY = timedelta(minutes=1)
STORAGE_PAUSE_SECONDS = 1.0
FAREWELL_SECONDS = 5.0
MOST_WAITING = 2_000
KEEP_SETTLED = timedelta(days=400)

_TROUBLE_OF_STORAGE = (DBAPIError, PoolTimeoutError)

LinkOf = Callable[[Message], str | None]
"""The address of the page that answers a message; None: there is none."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who sends: this process on this machine, and which life of it."""

    host: str
    pid: int
    token: str

    @classmethod
    def of_this_process(cls) -> Holder:
        return cls(socket.gethostname(), os.getpid(), secrets.token_hex(8))

    @property
    def name(self) -> str:
        return f"{self.host}/{self.pid}/{self.token}"

    def outlives(self, other: str) -> bool:
        """Whether ``other`` is known to be no more. A holder on another machine is not: its lease has to run out."""
        parts = other.rsplit("/", 2)
        if len(parts) != 3 or parts[0] != self.host or not parts[1].isdecimal():
            return False
        pid, token = int(parts[1]), parts[2]
        return token != self.token if pid == self.pid else not is_running(pid)


class Notifier:
    """Watches the outbox and keeps one courier per receiver. ``chance`` draws the jitter from [0, 1)."""

    def __init__(
        self,
        engine: Engine,
        receivers: Mapping[str, Receiver],
        clock: Clock,
        *,
        holder: Holder | None = None,
        link_of: LinkOf = lambda message: message.link,
        patience: Patience | None = None,
        chance: Callable[[], float] = random.random,
        lease_lasts: timedelta = LEASE_LASTS,
    ) -> None:
        self._engine = engine
        self._receivers = dict(receivers)
        self._clock = clock
        self._office = _Office(
            engine, clock, holder or Holder.of_this_process(), link_of, patience or Patience(), chance, lease_lasts
        )
        self._couriers: dict[str, Courier] = {}
        self._storage = _StorageFault()
        self._next_tidying = 0.0

    def adopt(self, receivers: Mapping[str, Receiver]) -> None:
        """Go on with other receivers. Messages on their way arrive; what waits for a receiver that is gone is given up."""
        self._receivers = dict(receivers)

    def run(self, stop: threading.Event) -> None:
        """Send what becomes due until ``stop`` is set."""
        try:
            while not stop.is_set():
                self._look_safely()
                stop.wait(LOOK_SECONDS)
        finally:
            for courier in self._couriers.values():
                courier.end()
            deadline = time.monotonic() + FAREWELL_SECONDS
            for courier in self._couriers.values():
                courier.join(max(deadline - time.monotonic(), 0.0))

    def _look_safely(self) -> None:
        try:
            self._look()
        except _TROUBLE_OF_STORAGE as trouble:
            self._storage.note(trouble)
        except Exception:  # the job boundary: a bug of ours must not end the sending
            LOG.exception("the outbox could not be looked at")
        else:
            self._storage.clear()

    def _look(self) -> None:
        receivers = self._receivers
        self._replace_couriers(receivers)
        self._tidy_when_due(receivers)
        with self._engine.connect() as connection:
            waiting = outbox.receivers_waiting(connection, self._clock.now())
        for name in waiting:
            if name in receivers:
                self._courier(name, receivers[name]).call()

    def _replace_couriers(self, receivers: Mapping[str, Receiver]) -> None:
        for name, courier in list(self._couriers.items()):
            if receivers.get(name) is not courier.receiver:
                courier.end()
                del self._couriers[name]

    def _courier(self, name: str, receiver: Receiver) -> Courier:
        if name not in self._couriers:
            self._couriers[name] = Courier(name, receiver, self._office)
        return self._couriers[name]

    def _tidy_when_due(self, receivers: Mapping[str, Receiver]) -> None:
        if time.monotonic() < self._next_tidying:
            return
        at = self._clock.now()
        with writing(self._engine) as connection:
            outbox.free_leases(connection, self._office.holder.outlives, at, self._office.pause)
            _say_dead(outbox.bury_strangers(connection, list(receivers), at), "for receivers that nobody knows any more")
            _say_dead(outbox.shorten_queues(connection, MOST_WAITING, at), "because their receiver's queue was full")
            outbox.forget_settled(connection, at - KEEP_SETTLED)
        self._next_tidying = time.monotonic() + TIDY_EVERY.total_seconds()


def _say_dead(messages: int, why: str) -> None:
    if messages:
        LOG.warning("%d messages were given up %s", messages, why)


@dataclass(frozen=True, slots=True)
class _Office:
    """What all couriers share. Nothing in it changes."""

    engine: Engine
    clock: Clock
    holder: Holder
    link_of: LinkOf
    patience: Patience
    chance: Callable[[], float]
    lease_lasts: timedelta

    def pause(self, attempts: int) -> timedelta:
        """How long a message waits after so many failures."""
        return self.patience.pause(attempts, self.chance)


class Courier:
    """Carries messages to one receiver, one after the other, in a thread of its own."""

    def __init__(self, name: str, receiver: Receiver, office: _Office) -> None:
        self.receiver = receiver
        self._name = name
        self._office = office
        self._called = threading.Event()
        self._ending = threading.Event()
        self._left_alone_until = 0.0
        self._is_failing = False
        self._storage = _StorageFault()
        self._thread = threading.Thread(target=self._run, name=f"courier-{name}", daemon=True)
        self._thread.start()

    def call(self) -> None:
        """There is something to carry."""
        self._called.set()

    def end(self) -> None:
        """Carry nothing more after what is on its way."""
        self._ending.set()
        self._called.set()

    def join(self, seconds: float) -> None:
        """Wait until what was on its way has arrived or failed; ``seconds`` at most."""
        self._thread.join(seconds)

    def _run(self) -> None:
        while not self._ending.is_set():
            self._called.wait()
            self._called.clear()
            while self._may_go() and self._carry_one():
                pass

    def _may_go(self) -> bool:
        return not self._ending.is_set() and time.monotonic() >= self._left_alone_until

    def _carry_one(self) -> bool:
        """Send for one stream; False when nothing can be sent now."""
        try:
            with writing_lightly(self._office.engine) as connection:
                at = self._office.clock.now()
                until = at + self._office.lease_lasts
                claimed = outbox.claim(connection, self._name, self._office.holder.name, at, until)
        except _TROUBLE_OF_STORAGE as trouble:
            self._storage.note(trouble)
            return False
        self._storage.clear()
        if claimed is None:
            return False
        self._deliver(next_delivery(claimed.rows, claimed.heard))
        return True

    def _deliver(self, delivery: Delivery) -> None:
        carrier = delivery.carrier
        trouble = None if carrier is None else self._send(carrier.message)
        at = self._office.clock.now()

        def write(connection: Connection) -> None:
            needless = [each.id for each in delivery.needless]
            if carrier is not None and trouble is not None:
                self._write_failure(connection, carrier, needless, trouble, at)
                return
            if carrier is not None:
                outbox.mark_sent(connection, [carrier.id], at)
            outbox.mark_dead(connection, needless, at, delivery.why_needless)

        self._note(trouble)
        self._write(write)

    def _send(self, message: Message) -> DeliveryError | None:
        try:
            self.receiver.send(replace(message, link=self._office.link_of(message)))
        except DeliveryError as trouble:
            return trouble
        except Exception as bug:  # the job boundary: a bug in one receiver must not end its courier
            LOG.exception("the receiver %s failed on a message of ours", self._name)
            return DeliveryError.temporary(f"fault of ours: {type(bug).__name__}")
        return None

    def _write_failure(
        self, connection: Connection, carrier: Waiting, needless: list[int], trouble: DeliveryError, at: datetime
    ) -> None:
        """A failed stream waits as it was; what can never pass, or was tried often enough, is given up with all it stood for."""
        ids = [*needless, carrier.id]
        if trouble.refusal is Refusal.PERMANENT or carrier.attempts >= self._office.patience.attempts:
            outbox.mark_dead(connection, ids, at, str(trouble))
            return
        again = at + max(self._office.pause(carrier.attempts), wished_pause(trouble.retry_after))
        outbox.postpone(connection, ids, self._office.holder.name, again, str(trouble))

    def _note(self, trouble: DeliveryError | None) -> None:
        """Log the change, not the weather."""
        if trouble is not None:
            self._left_alone_until = time.monotonic() + wished_pause(trouble.retry_after).total_seconds()
        if trouble is not None and (not self._is_failing or trouble.refusal is Refusal.PERMANENT):
            LOG.warning("the receiver %s did not take a message: %s", self._name, trouble)
        elif trouble is None and self._is_failing:
            LOG.info("the receiver %s takes messages again", self._name)
        self._is_failing = trouble is not None

    def _write(self, write: Callable[[Connection], None]) -> None:
        """Write down what became of a message, however long the database refuses: it must not be sent again."""
        while True:
            try:
                with writing_lightly(self._office.engine) as connection:
                    write(connection)
                return
            except _TROUBLE_OF_STORAGE as trouble:
                self._storage.note(trouble)
                if self._ending.wait(STORAGE_PAUSE_SECONDS):
                    return  # the lease runs out, and the message comes once more, with the same key


class _StorageFault:
    """Whether the database refuses; said once when it begins, and once when it is over."""

    def __init__(self) -> None:
        self._since: float | None = None

    def note(self, trouble: Exception) -> None:
        if self._since is None:
            self._since = time.monotonic()
            LOG.warning("the outbox cannot be used: %s", str(getattr(trouble, "orig", None) or trouble).strip())

    def clear(self) -> None:
        if self._since is not None:
            LOG.info("the outbox can be used again after %.0f s", time.monotonic() - self._since)
            self._since = None
