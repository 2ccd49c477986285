"""What is broken at this moment: the script's opinion, unless somebody has set a site by hand. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from command_centre.demo.faults import Fault
from command_centre.demo.hosts import Host
from command_centre.demo.script import Script
from command_centre.domain.target import TargetKey


class UnknownHostError(LookupError):
    """There is no such name in the simulated city."""


class CityState:
    """The fault of every host at a given time. Hand-set faults hold until somebody lets the host follow the script again."""

    def __init__(self, hosts: Sequence[Host], script: Script, began: datetime) -> None:
        self._script = script
        self._began = began
        self._names = {host.name for host in hosts}
        self._host_of: dict[TargetKey, str] = {key: host.name for host in hosts for key in host.targets}
        self._by_hand: dict[str, Fault | None] = {}
        self._uplink_by_hand: bool | None = None

    def faults(self, at: datetime) -> dict[str, Fault]:
        """Host name -> fault, for the broken ones."""
        scripted = self._script.in_force(at - self._began)
        faults = {self._host_of[key]: fault for key, fault in scripted.items() if key in self._host_of}
        for name, fault in self._by_hand.items():
            faults.pop(name, None)
            if fault is not None:
                faults[name] = fault
        return faults

    def is_uplink_lost(self, at: datetime) -> bool:
        if self._uplink_by_hand is not None:
            return self._uplink_by_hand
        return self._script.is_uplink_lost(at - self._began)

    def break_host(self, name: str, fault: Fault) -> None:
        """From now on ``name`` has this fault, whatever the script says."""
        self._by_hand[self._known(name)] = fault

    def heal_host(self, name: str) -> None:
        """From now on ``name`` is well, whatever the script says."""
        self._by_hand[self._known(name)] = None

    def follow_script(self, name: str) -> None:
        """Let the script decide about ``name`` again."""
        self._by_hand.pop(self._known(name), None)

    def set_uplink(self, *, lost: bool | None) -> None:
        """Take away or give back our own connection by hand; None lets the script decide again."""
        self._uplink_by_hand = lost

    def _known(self, name: str) -> str:
        if name not in self._names:
            raise UnknownHostError(name)
        return name
