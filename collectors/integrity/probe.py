"""``run.py probe website --integrity``: one scan, and what it adds to the probe's answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from collectors.integrity.lexicon import load
from collectors.integrity.options import ScanOptions
from collectors.integrity.reading import ReadingProcess
from collectors.integrity.scanning import Scanner
from collectors.websites.options import Options
from command_centre.domain.integrity import REVIEW_FROM, Finding, FindingKind, ScanResult, Verdict, defang

PROBE_BUDGET = ScanOptions(inner_pages=10, most_requests=80, most_time=timedelta(minutes=2))
"""Smaller than a night's scan: somebody is waiting."""

MOST_SHOWN = 12

WORDS: Mapping[Verdict, str] = {
    Verdict.CLEAN: "no injected gambling content found",
    Verdict.REVIEW: "something that a person should look at",
    Verdict.INDICATED: "injected gambling content",
    Verdict.UNJUDGED: "could not be judged in every view",
}


@dataclass(frozen=True, slots=True)
class Addition:
    """What the scan adds. ``is_injected``: the site's status is no longer what the look alone said."""

    is_injected: bool
    message: str
    fields: Mapping[str, object]


async def scan_once(url: str, websites: Options, at: datetime) -> Addition:
    """Scan with a scanner of its own, closed at the end. Raises LexiconError."""
    options = ScanOptions(
        websites=websites,
        inner_pages=PROBE_BUDGET.inner_pages,
        most_requests=PROBE_BUDGET.most_requests,
        most_time=PROBE_BUDGET.most_time,
        request_timeout=websites.timeout,
    )
    scanner = Scanner(options, load(), ReadingProcess())
    try:
        scan = await scanner.scan(url, at)
    finally:
        await scanner.close()
    return addition(scan.result)


def addition(result: ScanResult) -> Addition:
    """The answer's further fields. Visitors' spam is told although it is no break-in: it stands on the city's page."""
    verdict = result.verdict
    spam = [each for each in result.findings if each.kind is FindingKind.COMMENT_SPAM]
    is_injected = verdict is Verdict.INDICATED or bool(spam)
    told = [each for each in result.findings if each.weight >= REVIEW_FROM] if verdict is Verdict.INDICATED else spam
    fields = {
        "findings": [_shown(each) for each in told[:MOST_SHOWN]],
        "integrity": {
            "verdict": verdict.value,
            "review": [_shown(each) for each in result.findings[:MOST_SHOWN]] if verdict is Verdict.REVIEW else [],
            "unjudged": {view.value: defang(why, 120) for view, why in result.unjudged.items()},
            "pages": result.pages,
            "requests": result.requests,
        },
    }
    return Addition(is_injected, _message(verdict, told), fields)


def _message(verdict: Verdict, told: list[Finding]) -> str:
    if not told:
        return WORDS[verdict]
    return f"{WORDS[Verdict.INDICATED] if verdict is Verdict.INDICATED else 'spam by visitors'}: {defang(told[0].why, 160)}"


def _shown(finding: Finding) -> dict[str, object]:
    """One finding, fit to be printed: nothing in it can be clicked or searched for."""
    return {
        "type": "judi_online",
        "kind": finding.kind.value,
        "url": finding.url,
        "evidence": defang(finding.excerpt),
        "why": defang(finding.why),
        "view": finding.view.value,
        "signal": finding.signal.value,
        "position": defang(finding.position, 160),
        "weight": finding.weight,
        "decisive": finding.is_decisive,
    }
