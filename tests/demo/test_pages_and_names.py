"""Pages, rhythm, hosts and the name server's wire format: the pure parts of the city."""

from __future__ import annotations

import re
import statistics
import struct
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from command_centre.demo import pages
from command_centre.demo.hosts import FOREIGN_HOST, HttpsUse, connect_to, hosts_of
from command_centre.demo.name_server import Answer, Rcode, reply_to
from command_centre.demo.rhythm import has_slow_afternoons, response_seconds
from tests.support.demo_city import ZONE, site

TODAY = date(2026, 11, 24)
HOSTS = [f"dinas{number}.{ZONE}" for number in range(200)]
MORNING = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)  # 09.00 in Bontang
AFTERNOON = datetime(2026, 11, 24, 6, 15, tzinfo=UTC)  # 14.15


def newest_date(page: pages.Page) -> date:
    return max(date.fromisoformat(found) for found in re.findall(r'<time datetime="([0-9-]+)">', page.plain.decode()))


@pytest.mark.parametrize("host", HOSTS[:40])
def test_a_page_looks_like_one(host: str) -> None:
    page = pages.front_page(host, "Dinas <A> & B", TODAY)
    text = page.plain.decode()
    assert 2_500 < len(page.plain) < 62_000
    assert "<title>Dinas &lt;A&gt; &amp; B</title>" in text
    assert "simulasi" in text.partition("<footer>")[2]
    assert TODAY - timedelta(days=4) <= newest_date(page) <= TODAY


def test_pages_differ_in_size_and_stay_the_same_all_day() -> None:
    sizes = {len(pages.front_page(host, "Dinas", TODAY).plain) for host in HOSTS[:40]}
    assert len(sizes) > 30
    assert max(sizes) > 4 * min(sizes)
    assert pages.front_page(HOSTS[0], "Dinas", TODAY) == pages.front_page(HOSTS[0], "Dinas", TODAY)


def test_a_neglected_page_has_been_silent_for_two_years() -> None:
    page = pages.neglected_page(HOSTS[0], "Dinas", TODAY)
    assert newest_date(page) < TODAY - timedelta(days=730)
    assert str(newest_date(page).year) in page.last_modified


def test_response_times_are_mostly_between_a_fifth_of_a_second_and_one() -> None:
    seen = sorted(response_seconds(host, MORNING) for host in HOSTS)
    assert 0.3 < statistics.median(seen) < 0.6
    assert seen[int(len(seen) * 0.05)] > 0.15
    assert seen[int(len(seen) * 0.95)] < 1.2


def test_response_times_follow_from_site_and_time_alone() -> None:
    assert response_seconds(HOSTS[0], MORNING) == response_seconds(HOSTS[0], MORNING)
    assert len({response_seconds(HOSTS[0], MORNING + timedelta(minutes=step)) for step in range(20)}) == 20


def test_a_few_sites_are_slow_in_the_afternoon() -> None:
    suffering = [host for host in HOSTS if has_slow_afternoons(host)]
    assert 0 < len(suffering) < len(HOSTS) / 8
    for host in suffering:
        assert response_seconds(host, AFTERNOON) > 2 * response_seconds(host, MORNING)
        assert response_seconds(host, AFTERNOON) < 4


def test_most_hosts_use_https_and_some_do_not() -> None:
    hosts = [host for host in hosts_of([site(f"dinas{number}") for number in range(200)]) if host.targets]
    uses = [host.https for host in hosts]
    assert 0.08 < uses.count(HttpsUse.NONE) / len(uses) < 0.22
    assert uses.count(HttpsUse.REDIRECTED) / len(uses) > 0.7


def test_a_new_site_in_the_register_does_not_change_how_the_others_are() -> None:
    before = {host.name: host.https for host in hosts_of([site("a"), site("b")])}
    after = {host.name: host.https for host in hosts_of([site("a"), site("aa"), site("b")])}
    assert before.items() <= after.items()


def test_two_sites_at_one_name_are_one_host() -> None:
    hosts = hosts_of([site("a", f"http://satu.{ZONE}/a"), site("b", f"http://SATU.{ZONE}/b"), site("c", None)])
    assert [(host.name, host.targets) for host in hosts] == [
        (f"satu.{ZONE}", ("situs:a", "situs:b")),
        (FOREIGN_HOST, ()),
    ]


def test_a_port_named_in_the_register_leads_into_the_city_too() -> None:
    targets = [site("a", f"http://a.{ZONE}:8080/"), site("b", f"https://b.{ZONE}:8443/")]
    assert connect_to(targets, 1000, 2000) == {80: 1000, 443: 2000, 8080: 1000, 8443: 2000}


# The name server -----------------------------------------------------------------------------------------------------


def question(name: str, kind: int = 1, flags: int = 0x0100) -> bytes:
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"
    return struct.pack("!6H", 7, flags, 1, 0, 0, 0) + labels + struct.pack("!2H", kind, 1)


def test_a_name_is_found_whatever_its_letters() -> None:
    asked: list[str] = []

    def lookup(name: str) -> Answer:
        asked.append(name)
        return Answer(Rcode.NOERROR, "127.77.1.9")

    reply = reply_to(question("RSUD.Bontangkota.go.ID"), lookup)
    assert asked == ["rsud.bontangkota.go.id"]
    assert reply is not None
    assert reply[-4:] == bytes([127, 77, 1, 9])
    assert reply[12:34].startswith(b"\x04RSUD")  # the question comes back as it was asked


def test_silence_is_possible() -> None:
    assert reply_to(question("rsud.example"), lambda _: None) is None


def test_a_reply_is_not_answered() -> None:
    assert reply_to(question("rsud.example", flags=0x8100), lambda _: Answer(Rcode.NOERROR, "127.0.0.1")) is None


@pytest.mark.parametrize("broken", [question("a.example")[:-3], question("a.example")[:14], b"\0" * 4 + b"\0\2" + b"\0" * 6])
def test_a_malformed_question_is_called_malformed(broken: bytes) -> None:
    reply = reply_to(broken, lambda _: Answer(Rcode.NOERROR, "127.0.0.1"))
    assert reply is not None
    assert reply[3] & 15 == Rcode.FORMERR


@settings(deadline=None)
@given(datagram=st.binary(max_size=600))
def test_no_datagram_upsets_the_name_server(datagram: bytes) -> None:
    reply = reply_to(datagram, lambda _: Answer(Rcode.NXDOMAIN))
    assert reply is None or reply[:2] == datagram[:2]
