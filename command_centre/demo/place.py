"""Where the simulated city is: written by the city's process, read by the collectors'."""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from command_centre.demo.files import write_whole

CONTROL_HOST = "127.77.0.80"
DNS_HOST = "127.77.0.53"
REFERENCE_HOSTS = ("127.77.0.1", "127.77.0.2")


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports the city shall use; 0 asks for those of the last run, or else for free ones."""

    dns: int = 0
    http: int = 0
    https: int = 0
    control: int = 0
    references: int = 0


@dataclass(frozen=True, slots=True)
class DemoPlace:
    """Where the city answers. All addresses lie in 127.0.0.0/8.

    ``dns``: ``host:port`` of the name server (UDP). ``connect_to``: port of an address -> port of the city. ``ca_file``: the root
    to trust. ``references``: ``host:port`` of what the uplink collector probes. ``control``: ``host:port`` of the switchboard.
    """

    dns: str
    http_port: int
    https_port: int
    connect_to: dict[int, int]
    ca_file: Path
    references: tuple[str, ...]
    control: str

    @property
    def ports(self) -> Ports:
        return Ports(_port(self.dns), self.http_port, self.https_port, _port(self.control), _port(self.references[0]))


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


def _port(host_and_port: str) -> int:
    return int(host_and_port.rpartition(":")[2])
