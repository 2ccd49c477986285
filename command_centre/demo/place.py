"""Where the simulated city is: written by the city's process, read by the collectors'."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from command_centre.demo.files import write_whole
from command_centre.demo.hotspots import TELEMETRY_MAPPING
from command_centre.demo.services import definitions
from command_centre.domain.target import Target, TargetKind

CONTROL_HOST = "127.77.0.80"
DNS_HOST = "127.77.0.53"
REFERENCE_HOSTS = ("127.77.0.1", "127.77.0.2")
BROKER_HOST = "127.77.0.83"

SNMP_TIMEOUT_SECONDS = 1.0
"""On loopback whoever lives answers within milliseconds; a dead hotspot must not hold up the others."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports the city shall use; 0 asks for those of the last run, or else for free ones."""

    dns: int = 0
    http: int = 0
    https: int = 0
    control: int = 0
    references: int = 0
    mqtt: int = 0
    snmp: int = 0


@dataclass(frozen=True, slots=True)
class DemoPlace:
    """Where the city answers. All addresses lie in 127.0.0.0/8.

    ``dns``: ``host:port`` of the name server (UDP). ``connect_to``: port of an address -> port of the city. ``ca_file``: the root
    to trust. ``references``: ``host:port`` of what the uplink collector probes. ``control``: ``host:port`` of the switchboard.
    ``mqtt``: ``host:port`` of the broker; empty where there is none. ``mqtt_protocol``: what to speak to it (an embedded one
    never answers version 5). ``snmp_port``: that of every hotspot's agent; 0 where there is none. ``community_file`` holds
    the community that the agents answer to.
    """

    dns: str
    http_port: int
    https_port: int
    connect_to: dict[int, int]
    ca_file: Path
    references: tuple[str, ...]
    control: str
    mqtt: str = ""
    mqtt_protocol: str = "auto"
    snmp_port: int = 0
    community_file: Path | None = None

    @property
    def ports(self) -> Ports:
        return Ports(
            dns=_port(self.dns),
            http=self.http_port,
            https=self.https_port,
            control=_port(self.control),
            references=_port(self.references[0]),
            mqtt=_port(self.mqtt) if self.mqtt else 0,
            snmp=self.snmp_port,
        )


class CityNotReadyError(Exception):
    """The simulated city did not answer in time."""


def place_file(data_dir: Path) -> Path:
    """Where the city writes its place."""
    return data_dir / "demo" / "place.json"


def write_place(data_dir: Path, place: DemoPlace) -> None:
    """Publish the place in one step."""
    content = {
        "dns": place.dns,
        "http_port": place.http_port,
        "https_port": place.https_port,
        "connect_to": {str(key): value for key, value in place.connect_to.items()},
        "ca_file": str(place.ca_file),
        "references": list(place.references),
        "control": place.control,
        "mqtt": place.mqtt,
        "mqtt_protocol": place.mqtt_protocol,
        "snmp_port": place.snmp_port,
        "community_file": None if place.community_file is None else str(place.community_file),
    }
    write_whole(place_file(data_dir), json.dumps(content, indent=1).encode())


def read_place(data_dir: Path) -> DemoPlace | None:
    """The place of the last city that opened here, running or not; None when there was none or its file is damaged."""
    try:
        content = json.loads(place_file(data_dir).read_bytes())
        return DemoPlace(
            dns=str(content["dns"]),
            http_port=int(content["http_port"]),
            https_port=int(content["https_port"]),
            connect_to={int(key): int(value) for key, value in content["connect_to"].items()},
            ca_file=Path(content["ca_file"]),
            references=tuple(str(each) for each in content["references"]),
            control=str(content["control"]),
            mqtt=str(content.get("mqtt", "")),
            mqtt_protocol=str(content.get("mqtt_protocol", "auto")),
            snmp_port=int(content.get("snmp_port", 0)),
            community_file=Path(content["community_file"]) if content.get("community_file") else None,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def wait_for_place(data_dir: Path, within: timedelta = timedelta(seconds=10)) -> DemoPlace:
    """The place of a city that answers now. Blocks for at most ``within``; raises CityNotReadyError after that."""
    deadline = time.monotonic() + within.total_seconds()
    while True:
        place = read_place(data_dir)
        if place is not None and is_open(place):
            return place
        if time.monotonic() >= deadline:
            raise CityNotReadyError(
                f"the simulated city has not opened within {within.total_seconds():.0f} s ({place_file(data_dir)})"
            )
        time.sleep(0.05)


def is_open(place: DemoPlace) -> bool:
    """Whether the city at ``place`` answers on its switchboard."""
    host, _, port = place.control.rpartition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=1)
    try:
        connection.request("GET", "/_demo")
        return connection.getresponse().getheader("X-Simulasi") == "ya"
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def demo_settings(kind: str, place: DemoPlace) -> dict[str, object]:
    """What a collector of this kind is told about the simulated city, as it would stand in ``config.yaml``.

    The kind's settings class must read it, not only copy it: ``settings.model_validate({**dict(own), **demo_settings(...)})``.
    """
    match kind:
        case "websites":
            return {"servers": (place.dns,), "connect_to": place.connect_to, "ca_file": str(place.ca_file)}
        case "e_services":
            return _service_settings(place)
        case "uplink":
            return {"references": place.references}
        case "hotspots_snmp":
            return _snmp_settings(place)
        case "hotspots_mqtt":
            return _mqtt_settings(place)
        case _:
            return {}


def with_ports(targets: Iterable[Target], place: DemoPlace) -> tuple[Target, ...]:
    """The same targets; the hotspots' agents with the port they listen on, which is known only once the city is open."""
    return tuple(_with_port(each, place) for each in targets)


def hotspot_address(target: Target, place: DemoPlace) -> str | None:
    """``host:port`` of a hotspot's SNMP agent; None where it has none."""
    if target.kind is not TargetKind.HOTSPOT or target.address is None:
        return None
    return f"{target.address.partition(':')[0]}:{place.snmp_port}"


def _with_port(target: Target, place: DemoPlace) -> Target:
    address = hotspot_address(target, place)
    return target if address is None else replace(target, address=address)


def _service_settings(place: DemoPlace) -> dict[str, object]:
    token = token_file(place.ca_file.parent.parent)
    where: dict[str, object] = {"servers": (place.dns,), "connect_to": place.connect_to, "ca_file": str(place.ca_file)}
    return {**where, "definitions": definitions(str(token))}


def token_file(folder: Path) -> Path:
    """Where the city writes the token that its protected services ask for."""
    return folder / "service-token"


def _snmp_settings(place: DemoPlace) -> dict[str, object]:
    community = f"file:{place.community_file}"
    return {
        "credentials": {"version": "2c", "community": community},
        "named": {},
        "request_timeout_seconds": SNMP_TIMEOUT_SECONDS,
        "retries": 1,
    }


def _mqtt_settings(place: DemoPlace) -> dict[str, object]:
    host, _, port = place.mqtt.rpartition(":")
    mappings: tuple[Mapping[str, object], ...] = (TELEMETRY_MAPPING,)
    where: dict[str, object] = {"host": host, "port": int(port)} if host else {}
    where["protocol"] = place.mqtt_protocol
    return {**where, "user": None, "password": None, "tls": None, "mappings": mappings, "shards": ()}


def _port(host_and_port: str) -> int:
    return int(host_and_port.rpartition(":")[2])
