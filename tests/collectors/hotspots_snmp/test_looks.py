"""Looks at agents that behave, and at agents that misbehave in one way each; all of them real, on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable

import pytest

from collectors.hotspots_snmp import metrics, standard
from collectors.hotspots_snmp.asking import Agent, Budget, Door, Patience, Tuning
from collectors.hotspots_snmp.options import Credentials, Options, Version
from collectors.hotspots_snmp.poller import Address, Look, SnmpPoller, Trouble
from command_centre.domain.reading import Reason, Status
from tests.collectors.hotspots_snmp.targets import hotspot
from tests.support.clock import FrozenClock
from tests.support.snmp_agents import (
    GEN_ERR,
    GET_BULK,
    GET_NEXT,
    NULL,
    TOO_BIG,
    LiveAgent,
    Mib,
    Oid,
    Request,
    ScriptedAgent,
    counter64,
    gauge,
    integer,
    interface,
    listening,
    octets,
    oid,
    system,
    table,
    tlv,
)

QUICK = Options(Credentials(community="umum"), timeout_seconds=0.3, retries=1, look_seconds=10.0)
BRAVE = QUICK.credentials
IFX = "1.3.6.1.2.1.31.1.1.1"
IF = "1.3.6.1.2.1.2.2.1"
VAPS = "1.3.6.1.4.1.41112.1.6.1.2.1"
Bindings = tuple[list[tuple[Oid, bytes]], int, int]


class Stopwatch:
    """Time between looks, moved by hand."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def poller(options: Options = QUICK, stopwatch: Callable[[], float] = time.monotonic) -> SnmpPoller:
    return SnmpPoller(options, FrozenClock(), stopwatch=stopwatch)


def run(work: Callable[[], Awaitable[Look]]) -> Look:
    async def within_limits() -> Look:
        async with asyncio.timeout(20):
            return await work()

    return asyncio.run(within_limits())


def look_at(agent: ScriptedAgent, options: Options = QUICK, credentials: Credentials = BRAVE) -> Look:
    async def work() -> Look:
        async with listening(agent) as port:
            return await poller(options).look(Address("127.0.0.1", port), credentials, "uji")

    return run(work)


def test_a_good_agent_is_up_and_told_in_full() -> None:
    look = look_at(ScriptedAgent(system(called="hs-1") | interface(1, "eth0", 1_000, 2_000)))
    assert (look.status, look.reason) == (Status.UP, Reason.OK)
    assert look.facts is not None
    assert look.facts.system.name == "hs-1"
    (port,) = look.facts.ports
    assert (port.name, port.alias, port.in_octets, port.out_octets, port.oper) == ("eth0", "ke arah eth0", 1_000, 2_000, "up")


def test_the_second_look_asks_exactly_and_in_one_request() -> None:
    agent = ScriptedAgent(system() | interface(1, "eth0", 1, 2))

    async def work() -> Look:
        async with listening(agent) as port:
            asker = poller()
            await asker.look(Address("127.0.0.1", port), BRAVE, "uji")
            agent.requests.clear()
            return await asker.look(Address("127.0.0.1", port), BRAVE, "uji")

    assert run(work).reason is Reason.OK
    assert agent.asked == 1


def test_an_agent_that_never_answers_is_down_after_its_attempts_and_not_later() -> None:
    class Silent(ScriptedAgent):
        def handle(self, datagram: bytes) -> list[tuple[float, bytes]]:
            return []

    look = look_at(Silent())
    assert (look.status, look.reason) == (Status.DOWN, Reason.TIMEOUT)
    assert look.elapsed_seconds < 2
    assert "community" in look.detail


def test_a_wrong_community_looks_like_silence() -> None:
    assert look_at(ScriptedAgent(community="lain")).reason is Reason.TIMEOUT


def test_a_port_where_nothing_listens_is_refused() -> None:
    async def work() -> Look:
        async with listening(ScriptedAgent()) as port:
            pass
        return await poller().look(Address("127.0.0.1", port), BRAVE, "uji")

    look = run(work)
    assert (look.status, look.reason) == (Status.DOWN, Reason.REFUSED)


def test_a_lost_datagram_is_asked_for_again() -> None:
    class Lossy(ScriptedAgent):
        heard = 0

        def handle(self, datagram: bytes) -> list[tuple[float, bytes]]:
            self.heard += 1
            return super().handle(datagram) if self.heard % 3 == 0 else []

    look = look_at(Lossy(), Options(BRAVE, timeout_seconds=0.1, retries=3, look_seconds=15.0))
    assert (look.status, look.reason) == (Status.UP, Reason.OK)


def test_an_answer_to_another_question_is_no_answer() -> None:
    class Confused(ScriptedAgent):
        def send(self, request: Request, bindings: list[tuple[Oid, bytes]], error: int, index: int) -> list[tuple[float, bytes]]:
            other = Request(request.version, request.community, request.kind, request.request_id ^ 7, 0, 0, request.names)
            return super().send(other, bindings, error, index)

    assert look_at(Confused()).reason is Reason.TIMEOUT


def test_a_late_answer_and_a_doubled_one_are_passed_over() -> None:
    class Stale(ScriptedAgent):
        last: list[tuple[float, bytes]] = []  # noqa: RUF012 - replaced, never changed

        def send(self, request: Request, bindings: list[tuple[Oid, bytes]], error: int, index: int) -> list[tuple[float, bytes]]:
            now = super().send(request, bindings, error, index)
            stale, self.last = self.last, now
            return [*stale, *now, *now]

    assert look_at(Stale()).reason is Reason.OK


class Errors(ScriptedAgent):
    """Answers every request that names one of the 64-bit counters with an error."""

    def answer(self, request: Request) -> Bindings:
        if any(where[:9] == oid(IFX)[:9] for where in request.names):
            return [(where, NULL) for where in request.names], GEN_ERR, 1
        return super().answer(request)


def test_n2_a_table_answered_with_errors_does_not_spoil_the_others() -> None:
    look = look_at(Errors())
    assert (look.status, look.reason) == (Status.UP, Reason.PARTIAL)
    assert look.facts is not None
    (port,) = look.facts.ports
    assert port.counters is not None
    assert (port.in_octets, port.counters.bits) == (1_000, 32)


class Small(ScriptedAgent):
    """Cannot put more than two objects into an answer."""

    def answer(self, request: Request) -> Bindings:
        if request.kind != GET_BULK and len(request.names) > 2:
            return [], TOO_BIG, 0
        found, error, index = super().answer(request)
        return (found[:1] if request.kind == GET_BULK else found), error, index


def test_n2_an_agent_that_finds_requests_too_big_is_asked_in_small_ones() -> None:
    agent = Small(system() | interface(1, "eth0", 5, 6) | interface(2, "wlan0", 7, 8))
    look = look_at(agent)
    assert (look.status, look.reason) == (Status.UP, Reason.OK)
    assert look.facts is not None
    assert [port.in_octets for port in look.facts.ports] == [5, 7]


def test_n2_an_agent_that_stops_in_the_middle_keeps_what_came() -> None:
    class Dying(ScriptedAgent):
        def handle(self, datagram: bytes) -> list[tuple[float, bytes]]:
            return super().handle(datagram) if self.asked < 4 else []

    look = look_at(Dying())
    assert (look.status, look.reason) == (Status.DEGRADED, Reason.PARTIAL)
    assert look.facts is not None
    assert look.facts.system.name == "uji-1"


def test_objects_left_out_of_an_answer_are_asked_for_again() -> None:
    class Forgetful(ScriptedAgent):
        def answer(self, request: Request) -> Bindings:
            found, error, index = super().answer(request)
            return found[: max(1, len(found) // 2)], error, index

    look = look_at(Forgetful())
    assert look.facts is not None
    (port,) = look.facts.ports
    assert (port.in_octets, port.out_octets) == (1_000, 2_000)
    assert look.facts.system.descr == "Agen uji"


def test_an_agent_that_answers_something_else_breaks_the_protocol() -> None:
    class Other(ScriptedAgent):
        def answer(self, request: Request) -> Bindings:
            return [(oid("1.3.6.1.4.1.99999.1.0"), octets("bukan"))] * len(request.names), 0, 0

    look = look_at(Other())
    assert (look.status, look.reason) == (Status.DOWN, Reason.PROTOCOL_ERROR)


def test_a_table_that_goes_in_circles_is_left() -> None:
    class Circling(ScriptedAgent):
        def answer(self, request: Request) -> Bindings:
            found, error, index = super().answer(request)
            first = oid(f"{IF}.2.1")
            if request.kind in (GET_NEXT, GET_BULK) and request.names[0][:9] == first[:9]:
                found = [(first, value) for _, value in found]
            return found, error, index

    look = look_at(Circling())
    assert (look.status, look.reason) == (Status.UP, Reason.NOT_INCREASING)


def test_a_table_without_an_end_is_cut_off() -> None:
    class Endless(ScriptedAgent):
        def answer(self, request: Request) -> Bindings:
            where = request.names[0]
            if request.kind != GET_BULK or where[:10] != oid(f"{IF}.2"):
                return super().answer(request)
            begin = where[10] if len(where) > 10 else 0
            rows = [((*oid(f"{IF}.2"), begin + step), octets("x")) for step in range(1, request.second + 1)]
            return rows, 0, 0

    look = look_at(Endless(), Options(BRAVE, timeout_seconds=0.5, retries=0, max_rows=200))
    assert (look.status, look.reason) == (Status.UP, Reason.LIMIT)
    assert look.facts is not None
    assert len(look.facts.ports) <= 64


@pytest.mark.parametrize("damage", [lambda reply: reply[: len(reply) // 2], lambda reply: b"\x00" * 90], ids=["half", "zeros"])
def test_bytes_that_are_no_snmp_are_a_broken_protocol(damage: Callable[[bytes], bytes]) -> None:
    class Damaged(ScriptedAgent):
        def handle(self, datagram: bytes) -> list[tuple[float, bytes]]:
            return [(delay, damage(reply)) for delay, reply in super().handle(datagram)]

    look = look_at(Damaged())
    assert (look.status, look.reason) == (Status.DOWN, Reason.PROTOCOL_ERROR)


class Noisy(ScriptedAgent):
    """Three octets of every answer are random."""

    dice = random.Random(20261124)

    def handle(self, datagram: bytes) -> list[tuple[float, bytes]]:
        return [(delay, self._flip(reply)) for delay, reply in super().handle(datagram)]

    def _flip(self, reply: bytes) -> bytes:
        damaged = bytearray(reply)
        for _ in range(3):
            damaged[self.dice.randrange(len(damaged))] = self.dice.randrange(256)
        return bytes(damaged)


def test_randomly_damaged_answers_never_end_the_program() -> None:
    async def work() -> Look:
        noisy = Noisy()
        async with listening(noisy) as port:
            for _ in range(400):
                door = Door("127.0.0.1", port, BRAVE)
                agent = Agent(door, Patience(0.02, 0), Tuning(40, 25), Budget(time.monotonic() + 1, 10))
                with contextlib.suppress(*Trouble):
                    await agent.first_contact(standard.SYSTEM, standard.SENTINELS)
                with contextlib.suppress(*Trouble):
                    await agent.walk(standard.IF_DESCR, 10)
        assert noisy.asked > 400
        return await poller().look(Address("127.0.0.1", 1), BRAVE, "lain")

    run(work)


def test_an_answer_too_long_to_be_read_costs_only_itself() -> None:
    look = look_at(ScriptedAgent(system(descr="A" * 40_000) | interface(1, "eth0", 5, 6)))
    assert (look.status, look.reason) == (Status.UP, Reason.PARTIAL)
    assert look.facts is not None
    assert look.facts.system.descr is None
    assert look.facts.ports[0].in_octets == 5


def test_a_row_that_cannot_be_read_spoils_no_other_column() -> None:
    address = tlv(64, b"10.20.30.40")  # an IpAddress has four octets
    mib = system() | interface(1, "eth0", 5, 6) | {oid(f"{IF}.9.1"): address}
    look = look_at(ScriptedAgent(mib))
    assert (look.status, look.reason) == (Status.UP, Reason.PARTIAL)
    assert look.facts is not None
    assert look.facts.ports[0].oper == "up"


def test_counters_of_the_wrong_type_are_left_out_and_the_reading_says_so() -> None:
    mib = system() | interface(1, "eth0", 5, 6) | {oid(f"{IFX}.6.1"): octets("12345"), oid(f"{IFX}.10.1"): integer(-5)}
    look = look_at(ScriptedAgent(mib))
    assert (look.status, look.reason) == (Status.UP, Reason.PARTIAL)
    assert look.facts is not None
    port = look.facts.ports[0]
    assert port.counters is not None
    assert (port.counters.bits, port.in_octets, port.out_octets) == (32, 5, 6)


def test_a_version_1_agent_is_read_though_it_fails_whole_requests() -> None:
    mib = system() | interface(1, "wlan0", 77, 88, wide=False)
    look = look_at(ScriptedAgent(mib), credentials=Credentials(Version.V1, "umum"))
    assert (look.status, look.reason) == (Status.UP, Reason.OK)
    assert look.facts is not None
    assert look.facts.ports[0].in_octets == 77


def test_an_agent_behind_a_restricted_view_is_partial() -> None:
    assert look_at(ScriptedAgent(system())).reason is Reason.PARTIAL


def test_a_slow_agent_is_up_and_slow() -> None:
    class Slow(ScriptedAgent):
        def handle(self, datagram: bytes) -> list[tuple[float, bytes]]:
            return [(0.05, reply) for _, reply in super().handle(datagram)]

    look = look_at(Slow(), Options(BRAVE, timeout_seconds=1.0, retries=0, slow_seconds=0.03))
    assert (look.status, look.reason) == (Status.UP, Reason.SLOW)


# Over several looks


def looks_over(make: Callable[[float], Mib], seconds: list[float]) -> list[Look]:
    """Looks at one device at these times; its table is a function of the time."""
    stopwatch = Stopwatch()
    found: list[Look] = []

    async def work() -> Look:
        async with listening(LiveAgent(lambda: make(stopwatch.seconds))) as port:
            asker = poller(stopwatch=stopwatch)
            for moment in seconds:
                stopwatch.seconds = moment
                found.append(await asker.look(Address("127.0.0.1", port), BRAVE, "uji"))
        return found[-1]

    run(work)
    return found


def in_rate(look: Look, name: str = "eth0") -> float | None:
    return look.rates[name].in_bits_per_second if name in look.rates else None


def test_n1_a_counter_that_wraps_once_gives_the_right_rate() -> None:
    def make(now: float) -> Mib:
        return system(hundredths=round(now * 100)) | interface(1, "eth0", 2**32 - 3_000_000 + round(now * 50_000), 1, wide=False)

    looks = looks_over(make, [0, 60, 120])
    assert [in_rate(look) for look in looks] == [None, 400_000.0, 400_000.0]


def test_n1_a_restart_is_a_gap_and_an_event_and_the_next_rate_is_right() -> None:
    def make(now: float) -> Mib:
        since = now - 90 if now >= 90 else now + 5_000
        return system(hundredths=round(since * 100)) | interface(1, "eth0", round(since * 25_000), 1)

    looks = looks_over(make, [0, 60, 120, 180])
    assert [in_rate(look) for look in looks] == [None, 200_000.0, None, 200_000.0]
    assert [look.restarted for look in looks] == [False, False, True, False]


def test_n1_a_counter_that_goes_back_without_a_restart_is_a_gap() -> None:
    def make(now: float) -> Mib:
        return system(hundredths=round(now * 100)) | interface(
            1, "eth0", 10**9 + round(now * 1_000) - (now >= 100) * 5_000_000, 1
        )

    assert [in_rate(look) for look in looks_over(make, [0, 60, 120, 180])] == [None, 8_000.0, None, 8_000.0]


def test_n3_series_follow_the_name_when_a_restart_numbers_interfaces_anew() -> None:
    def make(now: float) -> Mib:
        first, second = (1, 2) if now < 90 else (2, 1)
        since = now if now < 90 else now - 90
        rows = interface(first, "eth0", 10**9 + round(now * 125_000), 1) | interface(second, "wlan0", round(now * 1_250), 1)
        return system(hundredths=round(since * 100)) | rows

    looks = looks_over(make, [0, 60, 120, 180])
    assert [(in_rate(look), in_rate(look, "wlan0")) for look in looks] == [
        (None, None),
        (1_000_000.0, 10_000.0),
        (None, None),
        (1_000_000.0, 10_000.0),
    ]


def test_n3_series_follow_the_name_when_interfaces_are_numbered_anew_without_a_restart() -> None:
    def make(now: float) -> Mib:
        first, second = (1, 2) if now < 90 else (2, 1)
        rows = interface(first, "eth0", 10**9 + round(now * 125_000), 1) | interface(second, "wlan0", round(now * 1_250), 1)
        return system(hundredths=round(now * 100)) | rows

    looks = looks_over(make, [0, 60, 120])
    assert [(in_rate(look), in_rate(look, "wlan0")) for look in looks[1:]] == [(1_000_000.0, 10_000.0)] * 2


def test_an_interface_that_comes_later_is_found_at_the_next_discovery() -> None:
    def make(now: float) -> Mib:
        later = interface(2, "wlan0", 5, 5) if now > 10 else {}
        return system(hundredths=round(now * 100)) | interface(1, "eth0", 1, 1) | later

    looks = looks_over(make, [0, 60, 3_700])
    assert [len(look.facts.ports) for look in looks if look.facts] == [1, 1, 2]


def test_a_device_that_loses_an_interface_is_learned_anew_at_once() -> None:
    def make(now: float) -> Mib:
        gone = {} if now > 10 else interface(2, "wlan0", 5, 5)
        return system(hundredths=round(now * 100)) | interface(1, "eth0", 1, 1) | gone

    looks = looks_over(make, [0, 60, 120])
    assert [len(look.facts.ports) for look in looks if look.facts] == [2, 1, 1]
    assert looks[1].reason is Reason.OK


# As readings


def unifi(now: float) -> Mib:
    """An access point of our own making: two names on two radios."""
    names = table(f"{VAPS}.6", {"1": octets("Bontang Bebas Kuota"), "2": octets("Pemkot"), "3": octets("Bontang Bebas Kuota")})
    clients = table(f"{VAPS}.8", {"1": gauge(4), "2": gauge(0), "3": gauge(14)})
    memory = {oid("1.3.6.1.4.1.10002.1.1.1.1.1.0"): gauge(1_000), oid("1.3.6.1.4.1.10002.1.1.1.1.2.0"): gauge(250)}
    processors = table("1.3.6.1.2.1.25.3.3.1.2", {"1": integer(20), "2": integer(40)})
    head = system("UAP-AC-Mesh 6.6.77", "1.3.6.1.4.1.41112", round(now * 100), "hs-taman-adipura")
    rows = interface(1, "eth0", round(now * 1_000), round(now * 500)) | {oid(f"{IFX}.6.1"): counter64(2**40 + round(now * 1_000))}
    return head | rows | names | clients | memory | processors


def test_a_reading_carries_what_the_access_point_told() -> None:
    stopwatch = Stopwatch()

    async def work() -> Look:
        async with listening(LiveAgent(lambda: unifi(stopwatch.seconds))) as port:
            asker = poller(stopwatch=stopwatch)
            target = hotspot(f"127.0.0.1:{port}")
            first = await asker.poll(target)
            stopwatch.seconds += 60
            second = await asker.poll(target)
        assert (first.status, first.reason) == (Status.UP, Reason.OK)
        assert metrics.IN not in first.values
        assert {
            name: second.values[name] for name in (metrics.CLIENTS, metrics.CPU, metrics.MEMORY, metrics.IN, metrics.OUT)
        } == {
            metrics.CLIENTS: 18.0,
            metrics.CPU: 0.3,
            metrics.MEMORY: 0.75,
            metrics.IN: 8_000.0,
            metrics.OUT: 4_000.0,
        }
        assert second.values[metrics.UPTIME] == 1_060.0
        assert second.evidence["vendor"] == "Ubiquiti"
        assert second.evidence["model"] == "UAP-AC-Mesh"
        assert metrics.TEMPERATURE not in second.values
        return await asker.look(Address("127.0.0.1", 1), BRAVE, "lain")

    run(work)


def test_a_hotspot_without_an_address_is_expected_and_not_measured() -> None:
    reading = asyncio.run(poller().poll(hotspot(None)))
    assert (reading.status, reading.reason) == (Status.UNKNOWN, Reason.NO_ADDRESS)


def test_an_address_that_is_none_is_the_registers_mistake() -> None:
    reading = asyncio.run(poller().poll(hotspot("127.0.0.1:nol")))
    assert (reading.status, reading.reason) == (Status.UNKNOWN, Reason.CONFIG)


def test_credentials_that_nobody_defined_are_the_registers_mistake() -> None:
    reading = asyncio.run(poller().poll(hotspot("127.0.0.1", snmp="isp-lama")))
    assert (reading.status, reading.reason) == (Status.UNKNOWN, Reason.CONFIG)


def test_secrets_are_in_no_repr() -> None:
    secret = Credentials(Version.V3, "rahasia-1", "pengguna", auth_password="rahasia-2", priv_password="rahasia-3")
    assert "rahasia" not in repr(Options(secret, {"lain": secret}))


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [("10.1.2.3", "10.1.2.3", 161), ("10.1.2.3:1161", "10.1.2.3", 1161), ("[::1]:99", "::1", 99), ("::1", "::1", 161)],
)
def test_addresses_are_read_with_and_without_a_port(text: str, host: str, port: int) -> None:
    assert Address.parse(text) == Address(host, port)


# A city of them


def test_n5_a_round_with_one_dead_device_in_ten_ends_inside_its_interval() -> None:
    """Ninety answer, ten stay silent for all their attempts; the round takes no longer than one silent device."""

    class Silent(ScriptedAgent):
        def handle(self, datagram: bytes) -> list[tuple[float, bytes]]:
            return []

    async def work() -> Look:
        async with listening(ScriptedAgent()) as alive, listening(Silent()) as dead:
            asker = poller(Options(BRAVE, timeout_seconds=0.5, retries=1, look_seconds=5.0))
            places = asyncio.Semaphore(50)

            async def one(number: int) -> Look:
                async with places:
                    port = dead if number % 10 == 0 else alive
                    return await asker.look(Address("127.0.0.1", port), BRAVE, f"hs-{number}")

            looks = await asyncio.gather(*(one(number) for number in range(100)))
        assert sum(look.status is Status.UP for look in looks) == 90
        assert sum(look.reason is Reason.TIMEOUT for look in looks) == 10
        return looks[0]

    begun = time.monotonic()
    run(work)
    assert time.monotonic() - begun < 10
