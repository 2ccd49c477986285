"""The switchboard: break and heal at once, over HTTP on loopback. For acceptance tests and for showing the product.

``GET /_demo`` lists what is broken. ``POST /_demo/fault`` takes JSON:
``{"host": "…", "kind": "timeout"}`` breaks, ``"kind": "none"`` heals, ``"kind": "script"`` lets the script decide again;
kinds that need a length take ``"seconds"``. ``"host": "uplink"`` with ``lost``, ``none`` or ``script`` is our own connection.
``{"hotspots": {"parent": "induk:…"}, "kind": "down"}`` does the same with hotspots, meant as in the script (also ``"some"``).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from ipaddress import ip_address

from command_centre.demo.faults import Fault, FaultKind
from command_centre.demo.hotspot_faults import HotspotFault
from command_centre.demo.script import UPLINK
from command_centre.demo.selection import SelectionError
from command_centre.demo.state import CityState, UnknownHostError
from command_centre.demo.web_server import Request, Response

MOST_BODY_BYTES = 4096
LONGEST_SECONDS = 400 * 86_400.0


class _RefusedError(Exception):
    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def answer(request: Request, peer: str, state: CityState, at: datetime) -> Response:
    """What the switchboard says to one request from ``peer`` (an address in digits)."""
    try:
        _admit(request, peer)
        match (request.method, request.path):
            case ("GET", "/_demo"):
                return _json(HTTPStatus.OK, describe(state, at))
            case ("POST", "/_demo/fault"):
                _obey(_order(request), state)
                return _json(HTTPStatus.OK, describe(state, at))
            case _:
                raise _RefusedError(HTTPStatus.NOT_FOUND, "there are GET /_demo and POST /_demo/fault")
    except _RefusedError as refused:
        return _json(refused.status, {"error": str(refused)})


def describe(state: CityState, at: datetime) -> Mapping[str, object]:
    """What is broken at ``at``."""
    faults = {name: _described(fault) for name, fault in sorted(state.faults(at).items())}
    hotspots = state.hotspot_faults(at)
    return {
        "simulated": True,
        "uplink_lost": state.is_uplink_lost(at),
        "faults": faults,
        "hotspots_total": dict(sorted(Counter(hotspots.values()).items())),
        "hotspots": dict(sorted(hotspots.items())),
    }


def is_loopback(address: str) -> bool:
    """Whether ``address`` is an IP address of this machine alone. Names are not: a name can be made to point anywhere."""
    try:
        return ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def _admit(request: Request, peer: str) -> None:
    """Only programs of this machine. A web page must not reach us through somebody's browser (Origin, rebound Host)."""
    host = request.headers.get("host", "")
    asked = host if host.endswith("]") else host.rpartition(":")[0] or host
    if not is_loopback(peer) or not is_loopback(asked):
        raise _RefusedError(HTTPStatus.FORBIDDEN, "the switchboard serves this machine only")
    if "origin" in request.headers:
        raise _RefusedError(HTTPStatus.FORBIDDEN, "the switchboard does not serve web pages")


def _order(request: Request) -> Mapping[str, object]:
    try:
        order = json.loads(request.body)
    except ValueError:
        order = None
    if not isinstance(order, dict):
        raise _RefusedError(HTTPStatus.BAD_REQUEST, 'the body must be JSON such as {"host": "…", "kind": "timeout"}')
    return order


def _obey(order: Mapping[str, object], state: CityState) -> None:
    if "hotspots" in order:
        _obey_about_hotspots(order, state)
        return
    name, kind = order.get("host"), order.get("kind")
    if not isinstance(name, str) or not isinstance(kind, str):
        raise _RefusedError(HTTPStatus.BAD_REQUEST, "'host' (or 'hotspots') and 'kind' are needed, both as text")
    if name == UPLINK:
        _obey_uplink(kind, state)
        return
    try:
        match kind:
            case "none":
                state.heal_host(name)
            case "script":
                state.follow_script(name)
            case _:
                state.break_host(name, _fault(kind, order.get("seconds")))
    except UnknownHostError:
        raise _RefusedError(HTTPStatus.NOT_FOUND, f"'{name}' is not a host of the simulated city") from None


def _obey_about_hotspots(order: Mapping[str, object], state: CityState) -> None:
    kind = order.get("kind")
    try:
        keys = state.selector.find(order["hotspots"], order.get("some"))
    except SelectionError as error:
        raise _RefusedError(HTTPStatus.BAD_REQUEST, str(error)) from None
    match kind:
        case "none":
            state.heal_hotspots(keys)
        case "script":
            state.let_hotspots_follow_script(keys)
        case str() if kind in frozenset(HotspotFault):
            state.break_hotspots(keys, HotspotFault(kind))
        case _:
            kinds = ", ".join(("none", "script", *HotspotFault))
            raise _RefusedError(HTTPStatus.BAD_REQUEST, f"unknown kind '{kind}'; for hotspots there are: {kinds}")


def _obey_uplink(kind: str, state: CityState) -> None:
    match kind:
        case "lost":
            state.set_uplink(lost=True)
        case "none":
            state.set_uplink(lost=False)
        case "script":
            state.set_uplink(lost=None)
        case _:
            raise _RefusedError(HTTPStatus.BAD_REQUEST, "the uplink knows the kinds lost, none and script")


def _fault(kind: str, seconds: object) -> Fault:
    try:
        known = FaultKind(kind)
    except ValueError:
        kinds = ", ".join(("none", "script", *FaultKind))
        raise _RefusedError(HTTPStatus.BAD_REQUEST, f"unknown kind '{kind}'; there are: {kinds}") from None
    if seconds is not None and not (isinstance(seconds, (int, float)) and 0 < seconds <= LONGEST_SECONDS):
        raise _RefusedError(HTTPStatus.BAD_REQUEST, f"'seconds' must be a number above 0 and at most {LONGEST_SECONDS:.0f}")
    try:
        return Fault(known, None if seconds is None else timedelta(seconds=float(seconds)))
    except ValueError as error:
        raise _RefusedError(HTTPStatus.BAD_REQUEST, str(error).replace("'lasts'", "'seconds'")) from None


def _described(fault: Fault) -> Mapping[str, object]:
    described: dict[str, object] = {"kind": fault.kind}
    if fault.lasts is not None:
        described["seconds"] = fault.lasts.total_seconds()
    return described


def _json(status: HTTPStatus, content: Mapping[str, object]) -> Response:
    body = json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"
    return Response(status, (("Content-Type", "application/json; charset=utf-8"),), body)
