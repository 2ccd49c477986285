"""What a device's answers mean, vendor by vendor; tables of our own making."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from collectors.hotspots_snmp import standard
from collectors.hotspots_snmp.facts import Facts, Plan, facts, spelled, uplink_port
from collectors.hotspots_snmp.profiles import Book, load_book
from collectors.hotspots_snmp.rates import TICKS_WRAP_SECONDS, Uptimes
from collectors.hotspots_snmp.values import Value

Columns = Mapping[str, Mapping[str, Value]]


@pytest.fixture(scope="module")
def book() -> Book:
    return load_book()


def read(book: Book, key: str, scalars: Mapping[str, Value] | None = None, columns: Columns | None = None) -> Facts:
    """Facts of a device of this profile that answered these objects."""
    profile = book.generic if key == "generic" else next(one for one in book.profiles if one.key == key)
    tables = columns or {}
    answers = dict(scalars or {}) | {
        f"{column}.{index}": value for column, rows in tables.items() for index, value in rows.items()
    }
    rows = {column: tuple(found) for column, found in tables.items()}
    return facts(Plan(profile, None, None, rows), book, answers, {}, 0.0)


VAPS = "1.3.6.1.4.1.41112.1.6.1.2.1"
UNIFI: Columns = {f"{VAPS}.6": {"1": b"Kota", "2": b"Tamu", "3": b"Kota"}, f"{VAPS}.8": {"1": 4, "2": 0, "3": 14}}


def test_clients_are_counted_once_per_row_and_not_again_per_network_name(book: Book) -> None:
    assert read(book, "unifi", columns=UNIFI).clients_total == 18


def test_a_row_that_says_minus_one_is_left_out_of_the_sum(book: Book) -> None:
    assert read(book, "unifi", columns={f"{VAPS}.8": {"1": 2**32 - 1, "2": 7}}).clients_total == 7


def test_nothing_told_is_absent_and_not_0(book: Book) -> None:
    found = read(book, "unifi")
    assert (found.clients_total, found.cpu_percent, found.memory_used_percent, found.temperatures) == (None, None, None, ())
    assert not found.says_something()


def test_0_clients_told_are_0_clients(book: Book) -> None:
    assert read(book, "unifi", columns={f"{VAPS}.8": {"1": 0}}).clients_total == 0


EXTEND = "1.3.6.1.4.1.8072.1.3.2.3.1.1"


def named(name: str) -> str:
    return ".".join(str(part) for part in (len(name), *name.encode()))


def test_openwrt_tells_all_clients_in_one_script_and_the_parts_are_not_added_to_it(book: Book) -> None:
    rows = {
        named("clients-wlan"): b"3",
        named("clients-wlan0"): b"2",
        named("clients-wlan1"): b"1",
        named("distro"): b"OpenWrt 23.05.3",
    }
    assert read(book, "openwrt", columns={EXTEND: rows}).clients_total == 3


def test_openwrt_without_the_script_for_all_adds_the_parts(book: Book) -> None:
    rows = {named("clients-wlan0"): b"2", named("clients-wlan1"): b"1", named("snr-wlan0"): b"25"}
    assert read(book, "openwrt", columns={EXTEND: rows}).clients_total == 3


def test_an_index_that_spells_no_name_is_no_name() -> None:
    assert spelled(named("wlan0")) == "wlan0"
    assert spelled("3.97.98") == ""
    assert spelled("7") == ""


AI = "1.3.6.1.4.1.14823.2.3.3.1.2"


def test_a_cluster_without_clients_has_0_clients_when_its_access_points_are_listed(book: Book) -> None:
    found = read(book, "aruba_instant", columns={f"{AI}.1.1.4": {"1.1": b"S1", "1.2": b"S2"}, f"{AI}.4.1.1": {}})
    assert (found.clients_total, found.access_points) == (0, 2)


def test_a_device_without_such_a_table_has_no_number_of_clients(book: Book) -> None:
    assert read(book, "aruba_instant", columns={f"{AI}.1.1.4": {}, f"{AI}.4.1.1": {}}).clients_total is None


def test_a_controllers_total_is_taken_and_its_rows_are_not_added(book: Book) -> None:
    zd = "1.3.6.1.4.1.25053.1.2"
    scalars = {f"{zd}.1.1.1.15.2.0": 6, f"{zd}.1.1.1.15.1.0": 4}
    found = read(book, "ruckus_zd", scalars, {f"{zd}.2.1.1.1.1.1.12": {"1": 2, "2": 4}})
    assert (found.clients_total, found.access_points) == (6, 4)


def test_huawei_adds_both_bands_of_every_network_name(book: Book) -> None:
    wlan = "1.3.6.1.4.1.2011.6.139.17.1.2.1"
    assert read(book, "huawei", columns={f"{wlan}.2": {"1.65": 3}, f"{wlan}.3": {"1.65": 9}}).clients_total == 12


def test_huawei_boards_without_memory_are_no_processors(book: Book) -> None:
    board = "1.3.6.1.4.1.2011.5.25.31.1.1.1.1"
    columns: Columns = {
        f"{board}.5": {"3": 0, "9": 24},
        f"{board}.9": {"3": 0, "9": 434_110_464},
        f"{board}.7": {"3": 0, "9": 58},
    }
    found = read(book, "huawei", columns=columns)
    assert (found.cpu_percent, found.memory_used_percent) == (24.0, 58.0)


def test_mikrotik_gauges_are_temperatures_only_where_the_unit_says_so(book: Book) -> None:
    gauge = "1.3.6.1.4.1.14988.1.1.3.100.1"
    columns: Columns = {f"{gauge}.3": {"13": 237, "14": 41}, f"{gauge}.4": {"13": 3, "14": 1}}
    assert read(book, "routeros", {"1.3.6.1.4.1.14988.1.1.3.10.0": 385}, columns).temperatures == (38.5, 41.0)


def test_processor_load_is_the_mean_over_the_cores(book: Book) -> None:
    load: Columns = {"1.3.6.1.2.1.25.3.3.1.2": {"1": 10, "2": 2}}
    assert read(book, "generic", columns=load).cpu_percent == 6.0


def test_processor_idle_time_is_turned_around(book: Book) -> None:
    assert read(book, "generic", {"1.3.6.1.4.1.2021.11.11.0": 91}).cpu_percent == 9.0


def test_memory_of_linux_counts_buffers_and_cache_as_free() -> None:
    descriptions: dict[str, Value] = {
        "1": b"Physical memory",
        "3": b"Virtual memory",
        "6": b"Memory buffers",
        "7": b"Cached memory",
    }
    main, given_back = standard.memory_rows(descriptions, {})
    answers: dict[str, Value] = {
        f"{standard.STORAGE_SIZE}.1": 1_000,
        f"{standard.STORAGE_USED}.1": 800,
        f"{standard.STORAGE_USED}.6": 100,
        f"{standard.STORAGE_USED}.7": 300,
    }
    assert (main, given_back) == ("1", ("6", "7"))
    assert standard.memory_used_percent(answers, main, given_back) == 40.0


def test_memory_by_its_type_where_no_name_is_known() -> None:
    types: dict[str, Value] = {"65536": standard.STORAGE_RAM, "262145": "1.3.6.1.2.1.25.2.1.4"}
    assert standard.memory_rows({"65536": b"modul", "262145": b"disk"}, types) == ("65536", ())


def test_memory_of_size_0_is_absent() -> None:
    assert standard.memory_used_percent({f"{standard.STORAGE_SIZE}.1": 0, f"{standard.STORAGE_USED}.1": 0}, "1", ()) is None


def test_a_temperature_of_0_is_a_board_without_a_sensor() -> None:
    assert standard.lm_celsius(0) is None
    assert standard.lm_celsius(41_500) == 41.5
    assert standard.lm_celsius(-2_147_483_648) is None


def test_entity_sensors_are_scaled_by_their_own_scale_and_precision() -> None:
    answers: dict[str, Value] = {
        f"{standard.SENSOR_TYPE}.5": 8,
        f"{standard.SENSOR_SCALE}.5": 9,
        f"{standard.SENSOR_PRECISION}.5": 1,
        f"{standard.SENSOR_VALUE}.5": 415,
    }
    assert standard.sensor_celsius(answers, "5") == pytest.approx(41.5)


def test_uptime_is_the_agents_and_else_the_hosts() -> None:
    assert standard.uptime_seconds(Uptimes(0, agent=10.0, host=99.0)) == 10.0
    assert standard.uptime_seconds(Uptimes(0, host=99.0)) == 99.0
    assert standard.uptime_seconds(Uptimes(0)) is None


def test_uptime_is_carried_over_497_days_when_the_engines_clock_shows_it() -> None:
    assert standard.uptime_seconds(Uptimes(0, agent=20.0, engine=TICKS_WRAP_SECONDS + 21)) == TICKS_WRAP_SECONDS + 20
    assert standard.uptime_seconds(Uptimes(0, agent=20.0, engine=300.0)) == 20.0


def ports_of(answers: Mapping[str, Value], *indexes: str) -> tuple[standard.Port, ...]:
    return standard.ports(answers, dict.fromkeys(answers, 1.0), tuple(map(standard.port_objects, indexes)), None)


def test_64_bit_counters_are_preferred_and_32_bit_ones_are_the_fallback() -> None:
    answers: dict[str, Value] = {
        f"{standard.IF_HC_IN}.1": 2**40,
        f"{standard.IF_IN}.1": 5,
        f"{standard.IF_IN}.2": 7,
        f"{standard.IF_OUT}.2": 8,
    }
    wide, narrow = ports_of(answers, "1", "2")
    assert wide.counters is not None
    assert narrow.counters is not None
    assert (wide.in_octets, wide.counters.bits, wide.out_octets) == (2**40, 64, None)
    assert (narrow.in_octets, narrow.out_octets, narrow.counters.bits) == (7, 8, 32)


def test_an_interface_without_counters_is_kept_without_them() -> None:
    (port,) = ports_of({f"{standard.IF_DESCR}.4": b"lan4", f"{standard.IF_OPER}.4": 2}, "4")
    assert (port.name, port.oper, port.counters, port.speed_mbps) == ("lan4", "down", None, None)


def test_an_unknown_oper_status_is_absent() -> None:
    (port,) = ports_of({f"{standard.IF_OPER}.1": 99}, "1")
    assert port.oper is None


def test_interfaces_of_the_same_name_keep_separate_series(book: Book) -> None:
    answers: dict[str, Value] = {f"{standard.IF_DESCR}.{index}": b"port" for index in ("1", "2")}
    ports = (standard.port_objects("1"), standard.port_objects("2"))
    found = facts(Plan(book.generic, None, None, ports=ports), book, answers, {}, 0.0)
    assert set(found.ports_by_key()) == {"port#1", "port#2"}


def test_the_uplink_is_the_named_interface_and_else_the_first_wired_one_that_is_up() -> None:
    answers: dict[str, Value] = {}
    for index, name, kind, oper in (("1", "lo", 24, 1), ("2", "ether1", 6, 2), ("3", "ether2", 6, 1), ("4", "wlan1", 71, 1)):
        answers |= {f"{standard.IF_DESCR}.{index}": name.encode(), f"{standard.IF_TYPE}.{index}": kind}
        answers |= {f"{standard.IF_OPER}.{index}": oper, f"{standard.IF_HC_IN}.{index}": 1}
    ports = ports_of(answers, "1", "2", "3", "4")
    automatic, chosen = uplink_port(ports, None), uplink_port(ports, "wlan1")
    assert automatic is not None
    assert chosen is not None
    assert (automatic.name, chosen.name) == ("ether2", "wlan1")
    assert uplink_port(ports, "missing") is None
