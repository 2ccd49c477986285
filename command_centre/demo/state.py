"""What is broken at this moment: the script's opinion, unless somebody has set a site or a hotspot by hand. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from command_centre.demo.faults import Fault
from command_centre.demo.hosts import Host
from command_centre.demo.hotspot_faults import HotspotFault
from command_centre.demo.script import Script, ScriptedHotspots, worst_of_each
from command_centre.demo.selection import Selector
from command_centre.domain.target import Target, TargetKey


class UnknownHostError(LookupError):
    """There is no such name in the simulated city."""


class CityState:
    """The fault of every host and hotspot at a given time.

    Hand-set faults hold until somebody lets it follow the script again. ``selector`` says which hotspots are meant by a word.
    """

    def __init__(self, hosts: Sequence[Host], script: Script, began: datetime, targets: Iterable[Target] = ()) -> None:
        self.selector = Selector(targets)
        self._script = script
        self._began = began
        self._names = {host.name for host in hosts}
        self._host_of: dict[TargetKey, str] = {key: host.name for host in hosts for key in host.targets}
        self._by_hand: dict[str, Fault | None] = {}
        self._uplink_by_hand: bool | None = None
        self._hotspots_by_hand: dict[TargetKey, HotspotFault | None] = {}
        self._scripted: tuple[tuple[ScriptedHotspots, ...], dict[TargetKey, HotspotFault]] = ((), {})

    def faults(self, at: datetime) -> dict[str, Fault]:
        """Host name -> fault, for the broken ones."""
        scripted = self._script.in_force(at - self._began)
        faults = {self._host_of[key]: fault for key, fault in scripted.items() if key in self._host_of}
        for name, fault in self._by_hand.items():
            faults.pop(name, None)
            if fault is not None:
                faults[name] = fault
        return faults

    def hotspot_faults(self, at: datetime) -> Mapping[TargetKey, HotspotFault]:
        """Key -> fault, for the broken hotspots."""
        entries = self._script.hotspots_in_force(at - self._began, at)
        if entries != self._scripted[0]:  # a few times a minute, while this is asked several times a second
            self._scripted = (entries, worst_of_each(entries))
        if not self._hotspots_by_hand:
            return self._scripted[1]
        faults = {key: fault for key, fault in self._scripted[1].items() if key not in self._hotspots_by_hand}
        return faults | {key: fault for key, fault in self._hotspots_by_hand.items() if fault is not None}

    def break_hotspots(self, keys: Iterable[TargetKey], fault: HotspotFault) -> None:
        """From now on these hotspots have this fault, whatever the script says."""
        self._hotspots_by_hand |= dict.fromkeys(keys, fault)

    def heal_hotspots(self, keys: Iterable[TargetKey]) -> None:
        """From now on these hotspots are well, whatever the script says."""
        self._hotspots_by_hand |= dict.fromkeys(keys)

    def let_hotspots_follow_script(self, keys: Iterable[TargetKey]) -> None:
        """Let the script decide about these hotspots again."""
        for key in keys:
            self._hotspots_by_hand.pop(key, None)

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
