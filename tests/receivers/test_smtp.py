"""E-mail against real mail servers: plain, STARTTLS, TLS, with sign-in; refusals by code; servers that never come to an end."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from command_centre.config.receiver_kinds import EmailSettings
from command_centre.config.secret import Secret
from command_centre.domain.incident import IncidentId
from command_centre.domain.ports import DeliveryError, Refusal
from command_centre.receivers.smtp import Mailbox
from command_centre.receivers.texts import Texts
from tests.support.city import WITA
from tests.support.clock import FrozenClock
from tests.support.http_servers import Authority
from tests.support.post_offices import HOST, PostOffice, post_office, rude_server
from tests.support.telling import message

TOLD = message(IncidentId(7), title="Kelurahan “Béras Basah”: situs terputus")
SHORT = timedelta(milliseconds=500)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as running:
        yield running


def mailbox(port: int, **settings: object) -> Mailbox:
    plain = {"host": HOST, "port": port, "security": "none", "sender": "cc@bontangkota.go.id", "to": ["piket@bontangkota.go.id"]}
    return Mailbox(EmailSettings.model_validate(plain | settings), Texts(WITA), FrozenClock())


def refusal_of(receiver: Mailbox) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        receiver.send(TOLD)
    return caught.value


def test_a_letter_has_subject_text_and_a_key_and_no_markup(office: PostOffice) -> None:
    mailbox(office.port).send(TOLD)
    [letter] = office.letters
    assert letter["Subject"] == "KRITIS: Kelurahan “Béras Basah”: situs terputus"
    assert letter["X-Idempotency-Key"] == TOLD.key
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content_type() == "text/plain"
    assert letter.get_content().splitlines()[:2] == ["Sejak 12.00 WITA, 23/11/2026", "Sambungan ditolak."]


def test_the_same_message_has_the_same_identity_and_one_incident_is_one_thread(office: PostOffice) -> None:
    """D3: when it comes twice, a mail program shows it once."""
    receiver = mailbox(office.port)
    receiver.send(TOLD)
    receiver.send(TOLD)
    receiver.send(message(IncidentId(7), number=2))
    first, second, third = office.letters
    assert first["Message-ID"] == second["Message-ID"] != third["Message-ID"]
    assert first["References"] == third["References"]


def test_a_line_break_in_a_title_makes_no_header(office: PostOffice) -> None:
    mailbox(office.port).send(message(IncidentId(7), title="satu\r\nBcc: semua@example.go.id"))
    [letter] = office.letters
    assert letter["Bcc"] is None
    assert office.recipients == [("piket@bontangkota.go.id",)]


def test_a_password_travels_over_starttls_only(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC_TEST_PASSWORD", "sandi")
    issued = authority.good(HOST)
    signed_in = {
        "username": "cc",
        "password": Secret("env:CC_TEST_PASSWORD"),
        "security": "starttls",
        "ca_file": str(authority.ca_file),
    }
    with post_office(certificate=issued.file, starttls=True, login=("cc", "sandi")) as office:
        mailbox(office.port, **signed_in).send(TOLD)
        assert len(office.letters) == 1
        monkeypatch.setenv("CC_TEST_PASSWORD", "salah")
        trouble = refusal_of(mailbox(office.port, **signed_in))
    assert trouble.refusal is Refusal.TEMPORARY
    assert "does not accept our name and password" in str(trouble)
    assert "salah" not in str(trouble)


def test_tls_from_the_first_byte(authority: Authority) -> None:
    with post_office(certificate=authority.good(HOST).file) as office:
        mailbox(office.port, security="tls", ca_file=str(authority.ca_file)).send(TOLD)
        assert len(office.letters) == 1


def test_a_certificate_of_somebody_else_is_not_trusted(authority: Authority) -> None:
    for issued in (authority.good("mail.example"), authority.untrusted(HOST)):
        with post_office(certificate=issued.file) as office:
            trouble = refusal_of(mailbox(office.port, security="tls", ca_file=str(authority.ca_file)))
            assert str(trouble) == "its certificate is not to be trusted"
            assert office.letters == []


def test_a_server_without_starttls_gets_nothing(office: PostOffice) -> None:
    assert refusal_of(mailbox(office.port, security="starttls")).refusal is Refusal.TEMPORARY
    assert office.letters == []


@pytest.mark.parametrize(("answer", "refusal"), [("451 try later", Refusal.TEMPORARY), ("554 no spam", Refusal.PERMANENT)])
def test_the_servers_code_decides(office: PostOffice, answer: str, refusal: Refusal) -> None:
    office.answer = answer
    trouble = refusal_of(mailbox(office.port))
    assert trouble.refusal is refusal
    assert str(trouble).startswith(f"SMTP {answer[:3]}")


def test_who_was_refused_for_now_is_tried_again_and_the_others_get_it_once(office: PostOffice) -> None:
    office.refuse = lambda address: "450 mailbox busy" if address.startswith("sibuk") else None
    receiver = mailbox(office.port, to=["sibuk@bontangkota.go.id", "piket@bontangkota.go.id"])
    assert refusal_of(receiver).refusal is Refusal.TEMPORARY
    office.refuse = lambda _: None
    receiver.send(TOLD)
    assert office.recipients == [("piket@bontangkota.go.id",), ("sibuk@bontangkota.go.id",)]


def test_when_nobody_is_taken_the_code_says_whether_to_try_again(office: PostOffice) -> None:
    office.refuse = lambda _: "550 no such user"
    assert refusal_of(mailbox(office.port)).refusal is Refusal.PERMANENT


def test_nobody_there_and_no_such_name_are_temporary() -> None:
    assert refusal_of(mailbox(1)).refusal is Refusal.TEMPORARY
    assert str(refusal_of(mailbox(25, host="mail.invalid"))) == "its name cannot be resolved"


def _silent(link: socket.socket) -> None:
    link.settimeout(2)
    link.recv(1)


def _drips(link: socket.socket) -> None:
    for _ in range(200):
        link.sendall(b"220-x\r\n")
        time.sleep(0.02)


def _talks_without_end(link: socket.socket) -> None:
    for _ in range(200_000):
        link.sendall(b"220-" + b"x" * 500 + b"\r\n")


def _one_line_without_end(link: socket.socket) -> None:
    for _ in range(5_000):
        link.sendall(b"2" * 65_536)


def _nonsense(link: socket.socket) -> None:
    link.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


@pytest.mark.parametrize("speak", [_silent, _drips, _talks_without_end, _one_line_without_end, _nonsense])
def test_a_rude_server_costs_a_bounded_time_and_is_temporary(speak: object) -> None:
    with rude_server(speak) as port:  # type: ignore[arg-type]
        begun = time.monotonic()
        trouble = refusal_of(mailbox(port, timeout=SHORT))
        assert time.monotonic() - begun < 2
    assert trouble.refusal is Refusal.TEMPORARY
