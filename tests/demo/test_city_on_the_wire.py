"""The simulated city, seen by a plain client: each fault is the real thing on the wire, and each heals."""

from __future__ import annotations

import concurrent.futures
import contextlib
import gzip
import http.client
import json
import socket
import ssl
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from command_centre.demo.control import is_loopback
from command_centre.demo.faults import Fault, FaultKind
from command_centre.demo.hosts import FOREIGN_HOST, HttpsUse, hosts_of
from command_centre.demo.listeners import bind
from command_centre.demo.rhythm import has_slow_afternoons, pace
from command_centre.demo.script import Script, ScriptedFault, Stretch
from tests.support.demo_city import ZONE, RunningCity, certificate_of, fetch, resolve, running_city, site, switch

NAMES = [f"dinas{number}" for number in range(40)]
TARGETS = [*(site(name) for name in NAMES), site("tanpa-alamat", None), site("aman", f"https://aman.{ZONE}/web")]
HOSTS = hosts_of(TARGETS)
QUICKEST_FIRST = sorted(HOSTS, key=lambda host: (has_slow_afternoons(host.name), pace(host.name)))
REDIRECTING = [host.name for host in QUICKEST_FIRST if host.https is HttpsUse.REDIRECTED]
PLAIN = [host.name for host in QUICKEST_FIRST if host.https is HttpsUse.NONE]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCity]:
    with running_city(TARGETS, tmp_path_factory.mktemp("city")) as running:
        yield running


@pytest.fixture
def host(city: RunningCity) -> Iterator[str]:
    """A host with HTTPS; whatever the test does to it is undone."""
    name = REDIRECTING[3]
    yield name
    switch(city.place, {"host": name, "kind": "script"})


def break_host(city: RunningCity, name: str, kind: str, seconds: float | None = None) -> None:
    order: dict[str, object] = {"host": name, "kind": kind}
    if seconds is not None:
        order["seconds"] = seconds
    assert switch(city.place, order).status == 200


def test_every_site_of_the_register_answers(city: RunningCity) -> None:
    def look(name: str) -> int:
        seen = fetch(city.place, f"http://{name}/")
        if seen.status == 301:
            assert seen.headers["Location"] == f"https://{name}/"
            seen = fetch(city.place, seen.headers["Location"])
        return seen.status

    names = [host.name for host in HOSTS]
    assert len(names) == 42  # 41 with an address, and the foreign one
    with concurrent.futures.ThreadPoolExecutor(42) as pool:
        assert set(pool.map(look, names)) == {200}


def test_every_host_has_an_address_of_its_own(city: RunningCity) -> None:
    addresses = [resolve(city.place, host.name)[1] for host in HOSTS]
    assert len(set(addresses)) == len(addresses)
    assert all(address is not None and is_loopback(address) for address in addresses)


def test_a_host_without_https_refuses_there(city: RunningCity) -> None:
    assert fetch(city.place, f"http://{PLAIN[0]}/").status == 200
    with pytest.raises(ConnectionRefusedError):
        fetch(city.place, f"https://{PLAIN[0]}/")


def test_a_site_listed_with_https_is_served_with_https(city: RunningCity) -> None:
    assert fetch(city.place, f"https://aman.{ZONE}/web").status == 200


def test_a_name_outside_the_register_does_not_exist(city: RunningCity) -> None:
    assert resolve(city.place, "www.example.org") == (3, None)


def test_a_host_has_no_ipv6_address_and_the_name_server_says_so(city: RunningCity) -> None:
    assert resolve(city.place, REDIRECTING[0], kind=28) == (0, None)


def test_every_answer_says_that_it_is_simulated(city: RunningCity, host: str) -> None:
    redirect = fetch(city.place, f"http://{host}/")
    page = fetch(city.place, f"https://{host}/")
    break_host(city, host, "bad_gateway")
    error = fetch(city.place, f"https://{host}/")
    for seen in (redirect, page, error):
        assert seen.headers["X-Simulasi"] == "ya"
        assert b"simulasi" in seen.body.partition(b"<footer>")[2]


def test_a_page_is_compressed_only_for_those_who_ask(city: RunningCity) -> None:
    plain = fetch(city.place, f"http://{PLAIN[0]}/")
    packed = fetch(city.place, f"http://{PLAIN[0]}/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 2


def test_a_head_request_gets_no_body(city: RunningCity) -> None:
    seen = fetch(city.place, f"http://{PLAIN[0]}/", method="HEAD")
    assert (seen.status, seen.body) == (200, b"")
    assert int(seen.headers["Content-Length"]) > 1000


def test_only_get_and_head_are_answered(city: RunningCity) -> None:
    assert fetch(city.place, f"http://{PLAIN[0]}/", method="POST").status == 405


@pytest.mark.parametrize("garbage", [b"\x16\x03\x01\x00\x05hello\r\n\r\n", b"GET\r\n\r\n", b"A" * 40_000])
def test_what_is_not_http_is_hung_up_on(city: RunningCity, garbage: bytes) -> None:
    address = resolve(city.place, PLAIN[0])[1]
    assert address is not None
    with socket.create_connection((address, city.place.http_port), 5) as talking:
        talking.sendall(garbage)
        with contextlib.suppress(ConnectionResetError):  # hung up with bytes of ours unread
            assert talking.recv(100) == b""


# Faults --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "status"), [("bad_gateway", 502), ("maintenance", 503), ("empty_page", 200), ("database_error", 200)]
)
def test_a_broken_application_answers_with_its_status(city: RunningCity, host: str, kind: str, status: int) -> None:
    break_host(city, host, kind)
    assert fetch(city.place, f"https://{host}/").status == status
    break_host(city, host, "none")
    assert fetch(city.place, f"https://{host}/").status == 200


def test_maintenance_says_when_to_come_back(city: RunningCity, host: str) -> None:
    break_host(city, host, "maintenance")
    assert int(fetch(city.place, f"https://{host}/").headers["Retry-After"]) > 0


def test_an_empty_page_has_no_byte(city: RunningCity, host: str) -> None:
    break_host(city, host, "empty_page")
    assert fetch(city.place, f"https://{host}/").body == b""


def test_a_lost_database_shows_in_the_text_alone(city: RunningCity, host: str) -> None:
    break_host(city, host, "database_error")
    assert b"Error establishing a database connection" in fetch(city.place, f"https://{host}/").body


def test_a_site_that_times_out_accepts_and_never_answers(city: RunningCity, host: str) -> None:
    break_host(city, host, "timeout")
    with pytest.raises(TimeoutError):
        fetch(city.place, f"http://{host}/", timeout=0.7)


def test_a_refusing_site_listens_again_at_the_same_port_when_it_heals(city: RunningCity, host: str) -> None:
    break_host(city, host, "refused")
    for scheme in ("http", "https"):
        with pytest.raises(ConnectionRefusedError):
            fetch(city.place, f"{scheme}://{host}/")
    break_host(city, host, "none")
    assert fetch(city.place, f"http://{host}/").status == 301
    assert fetch(city.place, f"https://{host}/").status == 200


def test_a_slow_site_is_right_but_late(city: RunningCity, host: str) -> None:
    break_host(city, host, "slow", 1.5)
    with pytest.raises(TimeoutError):
        fetch(city.place, f"https://{host}/", timeout=1.0)
    assert fetch(city.place, f"https://{host}/").status == 200


def test_a_hijacked_site_leads_to_a_foreign_host_that_is_served_by_the_city(city: RunningCity, host: str) -> None:
    break_host(city, host, "redirect_foreign")
    location = fetch(city.place, f"http://{host}/").headers["Location"]
    assert location == f"https://{FOREIGN_HOST}/"
    assert fetch(city.place, location).status == 200


def test_a_redirect_loop_comes_back_to_where_it_was(city: RunningCity, host: str) -> None:
    break_host(city, host, "redirect_loop")
    seen, path = [], "/"
    for _ in range(4):
        path = fetch(city.place, f"http://{host}{path}").headers["Location"]
        seen.append(path)
    assert seen[0] == seen[2]
    assert seen[1] == seen[3]


def test_an_expired_certificate_is_refused_as_expired(city: RunningCity, host: str) -> None:
    break_host(city, host, "certificate_expired")
    with pytest.raises(ssl.SSLCertVerificationError) as refused:
        fetch(city.place, f"https://{host}/")
    assert refused.value.verify_code == 10
    break_host(city, host, "none")
    assert fetch(city.place, f"https://{host}/").status == 200


def test_a_certificate_of_another_host_is_refused_for_its_name(city: RunningCity, host: str) -> None:
    break_host(city, host, "certificate_wrong_host")
    with pytest.raises(ssl.SSLCertVerificationError) as refused:
        fetch(city.place, f"https://{host}/")
    assert refused.value.verify_code == 62


def test_an_expiring_certificate_has_the_days_left_that_were_asked_for(city: RunningCity, host: str) -> None:
    break_host(city, host, "certificate_expiring", 3.25 * 86_400)
    with certificate_of(city.place, host) as connection:
        presented = connection.getpeercert()
    assert presented is not None
    left = ssl.cert_time_to_seconds(str(presented["notAfter"])) - city.clock.now().timestamp()
    assert 3.2 < left / 86_400 < 3.3


def test_a_site_without_https_shows_a_certificate_fault_all_the_same(city: RunningCity) -> None:
    break_host(city, PLAIN[1], "certificate_expired")
    assert fetch(city.place, f"http://{PLAIN[1]}/").headers["Location"] == f"https://{PLAIN[1]}/"
    with pytest.raises(ssl.SSLCertVerificationError):
        fetch(city.place, f"https://{PLAIN[1]}/")
    break_host(city, PLAIN[1], "script")
    assert fetch(city.place, f"http://{PLAIN[1]}/").status == 200


@pytest.mark.parametrize(("kind", "code"), [("dns_nxdomain", 3), ("dns_servfail", 2)])
def test_a_name_can_get_lost(city: RunningCity, host: str, kind: str, code: int) -> None:
    break_host(city, host, kind)
    assert resolve(city.place, host) == (code, None)
    break_host(city, host, "none")
    assert resolve(city.place, host)[0] == 0


def test_one_broken_site_leaves_its_neighbours_alone(city: RunningCity, host: str) -> None:
    break_host(city, host, "refused")
    assert fetch(city.place, f"https://{REDIRECTING[5]}/").status == 200


def test_without_uplink_no_name_resolves_and_no_reference_answers(city: RunningCity) -> None:
    def references_answer() -> bool:
        for reference in city.place.references:
            address, _, port = reference.rpartition(":")
            try:
                socket.create_connection((address, int(port)), 1).close()
            except ConnectionRefusedError:
                return False
        return True

    assert references_answer()
    assert switch(city.place, {"host": "uplink", "kind": "lost"}).status == 200
    try:
        assert not references_answer()
        with pytest.raises(TimeoutError):
            resolve(city.place, REDIRECTING[0], within=0.3)
    finally:
        switch(city.place, {"host": "uplink", "kind": "script"})
    assert references_answer()
    assert resolve(city.place, REDIRECTING[0])[0] == 0


# The switchboard -----------------------------------------------------------------------------------------------------


def test_the_switchboard_lists_what_is_broken(city: RunningCity, host: str) -> None:
    break_host(city, host, "slow", 3.5)
    address, _, port = city.place.control.rpartition(":")
    connection = http.client.HTTPConnection(address, int(port), timeout=5)
    connection.request("GET", "/_demo")
    listed = json.loads(connection.getresponse().read())
    connection.close()
    assert listed["faults"] == {host: {"kind": "slow", "seconds": 3.5}}
    assert listed["simulated"] is True


@pytest.mark.parametrize(
    ("order", "status", "words"),
    [
        ({"host": f"dinas-x.{ZONE}", "kind": "timeout"}, 404, "not a host"),
        ({"host": f"dinas1.{ZONE}", "kind": "timeuot"}, 400, "unknown kind 'timeuot'"),
        ({"host": f"dinas1.{ZONE}", "kind": "slow"}, 400, "needs 'seconds'"),
        ({"host": f"dinas1.{ZONE}", "kind": "slow", "seconds": -1}, 400, "above 0"),
        ({"host": f"dinas1.{ZONE}", "kind": "slow", "seconds": 1e300}, 400, "at most"),
        ({"host": f"dinas1.{ZONE}", "kind": "refused", "seconds": 4}, 400, "takes no 'seconds'"),
        ({"host": 7, "kind": "slow"}, 400, "needed"),
        ({"host": "uplink", "kind": "timeout"}, 400, "uplink"),
        ([1], 400, "JSON"),
        (b"{", 400, "JSON"),
        (b"\xff", 400, "JSON"),
    ],
)
def test_a_wrong_order_changes_nothing_and_is_told_why(city: RunningCity, order: object, status: int, words: str) -> None:
    seen = switch(city.place, order)
    assert seen.status == status
    assert words in json.loads(seen.body)["error"]
    assert resolve(city.place, f"dinas1.{ZONE}")[0] == 0


@pytest.mark.parametrize(
    "headers", [{"Host": "bontang.example:80"}, {"Host": "203.0.113.9"}, {"Origin": "http://bontang.example"}]
)
def test_the_switchboard_refuses_whoever_does_not_speak_from_this_machine(city: RunningCity, headers: dict[str, str]) -> None:
    order = {"host": f"dinas1.{ZONE}", "kind": "dns_nxdomain"}
    assert switch(city.place, order, headers).status == 403
    assert resolve(city.place, f"dinas1.{ZONE}")[0] == 0


@pytest.mark.parametrize(
    ("address", "is_ours"),
    [
        ("127.0.0.1", True),
        ("127.77.3.9", True),
        ("::1", True),
        ("[::1]", True),
        ("10.0.0.1", False),
        ("localhost", False),
        ("", False),
    ],
)
def test_only_addresses_of_this_machine_count_as_loopback(address: str, is_ours: bool) -> None:
    assert is_loopback(address) is is_ours


@pytest.mark.parametrize("address", ["0.0.0.0", "192.0.2.1"])
def test_the_city_never_listens_beyond_loopback(address: str) -> None:
    with pytest.raises(ValueError, match="loopback only"):
        bind(address, 0)


# Opening and coming back ---------------------------------------------------------------------------------------------


def test_a_city_that_was_started_again_is_found_at_the_same_ports(tmp_path: Path) -> None:
    with running_city(TARGETS[:3], tmp_path) as first:
        place = first.place
    with running_city(TARGETS[:3], tmp_path) as second:
        assert second.place == place
        assert fetch(second.place, f"https://{FOREIGN_HOST}/").status == 200


def test_a_city_whose_old_port_is_taken_finds_another(tmp_path: Path) -> None:
    with running_city(TARGETS[:3], tmp_path) as first:
        place = first.place
    with bind("127.77.1.2", place.http_port), running_city(TARGETS[:3], tmp_path) as second:
        assert second.place.http_port != place.http_port
        assert second.place.https_port == place.https_port


def test_certificates_are_kept_between_runs(tmp_path: Path) -> None:
    def kept() -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in (tmp_path / "demo" / "tls").iterdir()}

    with running_city(TARGETS[:6], tmp_path):
        first = kept()
    with running_city(TARGETS[:6], tmp_path):
        assert kept() == first


def test_a_damaged_root_is_replaced_together_with_all_it_has_signed(tmp_path: Path) -> None:
    with running_city(TARGETS[:3], tmp_path) as first:
        root = first.place.ca_file.read_bytes()
        first.place.ca_file.write_bytes(b"damaged")
    with running_city(TARGETS[:3], tmp_path) as second:
        assert second.place.ca_file.read_bytes() != root
        assert fetch(second.place, f"https://{FOREIGN_HOST}/").status == 200


def test_private_keys_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    with running_city(TARGETS[:3], tmp_path) as running:
        keys = [file for file in running.place.ca_file.parent.iterdir() if file != running.place.ca_file]
        assert len(keys) > 1
        assert {file.stat().st_mode & 0o777 for file in keys} == {0o600}


def test_the_script_breaks_and_heals_a_site_again_and_again(tmp_path: Path) -> None:
    target = TARGETS[0]
    when = Stretch(timedelta(minutes=1), timedelta(minutes=3))
    script = Script(timedelta(minutes=10), (ScriptedFault(target.key, Fault(FaultKind.DNS_NXDOMAIN), when),))
    with running_city(TARGETS[:3], tmp_path, script) as running:
        codes = []
        for _ in range(8):
            codes.append(resolve(running.place, f"dinas0.{ZONE}")[0])
            running.advance(timedelta(minutes=2, seconds=30))
        assert codes == [0, 3, 0, 0, 0, 3, 0, 0]
