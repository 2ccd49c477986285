"""What the console asks about devices that speak and are in no register. Stateless, so several threads may ask at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select

from command_centre.domain.quarantine import StrangerState
from command_centre.storage.quarantine_tables import quarantine
from command_centre.storage.times import from_ms

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class StrangerRow:
    """One stranger as the console lists it. ``sample`` came from outside: shown as text, never as anything else."""

    collector: str
    device: str
    first_at: datetime
    last_at: datetime
    messages: int
    topic: str
    sample: str
    state: StrangerState
    decided_at: datetime | None
    decided_by: str | None


class QuarantineQueries:
    """Questions about the quarantine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def counts(self) -> Mapping[StrangerState, int]:
        """How many there are in each state."""
        rows = select(quarantine.c.state, func.count().label("number")).group_by(quarantine.c.state)
        with self._engine.connect() as connection:
            found = {StrangerState(row.state): int(row.number) for row in connection.execute(rows)}
        return {state: found.get(state, 0) for state in StrangerState}

    def strangers(self, state: StrangerState = StrangerState.WAITING, most: int = MOST_SHOWN) -> tuple[StrangerRow, ...]:
        """Those in one state, the one that was heard last first."""
        wanted = select(quarantine).where(quarantine.c.state == state.value)
        newest = wanted.order_by(quarantine.c.last_at.desc(), quarantine.c.device).limit(most)
        with self._engine.connect() as connection:
            return tuple(
                StrangerRow(
                    row.collector,
                    row.device,
                    from_ms(row.first_at),
                    from_ms(row.last_at),
                    row.messages,
                    row.topic,
                    row.sample,
                    StrangerState(row.state),
                    None if row.decided_at is None else from_ms(row.decided_at),
                    row.decided_by,
                )
                for row in connection.execute(newest)
            )
