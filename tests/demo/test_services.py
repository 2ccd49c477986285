"""The simulated services: the same every time, busy in office hours, and never a word about a person."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from collectors import KINDS as SHIPPED_KINDS
from collectors.e_services.settings import ServiceSettings
from command_centre.config.loading import load
from command_centre.demo.faults import FaultKind
from command_centre.demo.register import with_simulated_addresses
from command_centre.demo.script import load_script
from command_centre.demo.service_history import simulated_service_history
from command_centre.demo.services import PROTECTED, SIMULATED, TOKEN, answer, definitions, host_of, work_of
from command_centre.domain.reading import Reading, Reason, Status
from command_centre.domain.service import EXPECTED, PROCESSED_TODAY, QUEUE_OPEN, SUBMITTED, TOTAL
from command_centre.domain.target import TargetKey, TargetKind
from tests.support.configuration import PROJECT

TUESDAY = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # 12.00 WITA
SUNDAY = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
SHIPPED = load(PROJECT / "config.yaml", {name: kind.settings for name, kind in SHIPPED_KINDS.items()})
SERVICES = tuple(
    each for each in with_simulated_addresses(SHIPPED.targets) if each.kind is TargetKind.SERVICE and each.address is not None
)


def said(key: str, at: datetime, token: str = TOKEN) -> tuple[int, dict[str, object]]:
    found = answer((TargetKey(key),), SIMULATED[key].path, f"Bearer {token}", at)
    assert found is not None
    return found.status, json.loads(found.body)


def test_every_simulated_interface_belongs_to_a_service_of_the_shipped_register() -> None:
    assert {each.key for each in SERVICES} == set(SIMULATED)
    assert all((each.address or "").startswith(f"https://{host_of(each.key)}/") for each in SERVICES)
    assert {each.source for each in SERVICES} == {"simulasi"}


@pytest.mark.parametrize("key", SIMULATED)
def test_an_answer_is_the_same_for_the_same_moment_and_says_that_it_is_simulated(key: str) -> None:
    status, body = said(key, TUESDAY)
    assert (status, body["simulasi"]) == (200, True)
    assert said(key, TUESDAY) == (status, body)
    words = json.dumps(body).lower()
    assert not [each for each in ("nama_pelapor", "nik", "alamat", "telepon", "email") if f'"{each}"' in words]


def test_offices_work_on_weekdays_and_the_emergency_line_always() -> None:
    assert work_of("layanan:siperietnik", SUNDAY)[PROCESSED_TODAY] < work_of("layanan:siperietnik", TUESDAY)[PROCESSED_TODAY]
    assert work_of("layanan:112-panggilan", SUNDAY)[PROCESSED_TODAY] > 10


def test_plans_come_in_towards_the_day_they_are_due() -> None:
    early, late = (work_of("layanan:e-planning", datetime(2026, 11, day, 4, tzinfo=UTC)) for day in (3, 29))
    assert early[SUBMITTED] < late[SUBMITTED] <= late[EXPECTED] == 32


def test_a_protected_service_knows_its_token_only() -> None:
    assert said(PROTECTED, TUESDAY, "salah")[0] == 401
    assert said(PROTECTED, TUESDAY)[0] == 200
    assert answer((TargetKey("situs:dlh"),), "/", "", TUESDAY) is None


def test_the_collector_understands_every_definition_of_the_simulation() -> None:
    assert set(ServiceSettings(definitions=definitions("token")).parsed) == set(definitions("token"))


# -- the past


def past(hours: float = 24.0) -> list[Reading]:
    return list(simulated_service_history(SERVICES, TUESDAY, hours))


def test_the_past_is_in_order_and_the_same_every_time() -> None:
    readings = past(6)
    assert readings == past(6)
    assert {each.target for each in readings} == set(SIMULATED)
    assert all(TUESDAY - timedelta(hours=6) <= each.taken_at < TUESDAY for each in readings)


def test_a_service_that_does_not_answer_gives_no_figures_of_its_work() -> None:
    down = [each for each in past() if each.status is Status.DOWN]
    assert down, "a day on which nothing breaks proves nothing"
    assert all(not each.values for each in down)
    assert all(each.values[TOTAL] > 0 for each in past(2) if each.status is Status.UP)
    assert any(QUEUE_OPEN in each.values for each in past(2))


def test_what_the_script_calls_broken_has_been_so_for_as_long_as_it_says() -> None:
    script = load_script(PROJECT / "data" / "reference" / "demo_biasa.yaml", with_simulated_addresses(SHIPPED.targets))
    readings = simulated_service_history(SERVICES, TUESDAY, 2, script=script)
    slow = [each for each in readings if each.target == "layanan:siperietnik" and each.reason is Reason.SLOW]
    assert TUESDAY - timedelta(minutes=42) <= slow[0].taken_at <= TUESDAY - timedelta(minutes=36)
    assert {FaultKind.TOKEN_EXPIRED, FaultKind.LOGIN_PAGE} <= {each.fault.kind for each in script.faults}
