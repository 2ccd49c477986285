"""A site with hidden gambling links, as the watch sees it: findings, scans, and a database that knows of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Engine

from command_centre.domain.integrity import Baseline, Body, Change, Finding, FindingKind, Scan, ScanResult, Signal, View
from command_centre.domain.target import TargetKey
from command_centre.pipeline.integrity import take_in
from command_centre.storage.database import writing
from tests.support.city import KOMINFO
from tests.support.clock import NOON

DAY = timedelta(days=1)
PAGE = b"<html><title>Dinas</title>\n<div style='display:none'><a href='https://slot88.example/'>slot gacor</a></div>\n</html>"
SHA = hashlib.sha256(PAGE).hexdigest()
HIDDEN = Finding(
    Signal.LINKS,
    FindingKind.HIDDEN_LINKS,
    View.BOT,
    "https://example.test/",
    "footer > div",
    "slot gacor → https://slot88.example/",
    "25 links to gambling, hidden from people (display:none)",
    0.9,
    is_decisive=True,
    body_sha256=SHA,
)
UNSURE = replace(HIDDEN, is_decisive=False)
WELL = Baseline("id", "Dinas", frozenset({"cdn.example"}), 12)


def scan(at: datetime, *findings: Finding, unjudged: Mapping[View, str] | None = None) -> Scan:
    """A scan at this moment, with the page as evidence where something was found."""
    bodies = (Body(View.BOT, "https://example.test/", SHA, PAGE),) if findings else ()
    return Scan(ScanResult(at, findings, unjudged or {}, pages=3, requests=20), bodies, WELL)


def scanned(engine: Engine, day: float, *findings: Finding, key: str = KOMINFO) -> Change | None:
    """Record the scan of this day (after NOON); what it changed."""
    with writing(engine) as connection:
        return take_in(connection, TargetKey(key), scan(NOON + day * DAY, *findings))
