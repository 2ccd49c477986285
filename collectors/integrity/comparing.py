"""What only shows by comparison: one view against another, and this scan against what the site was like before. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from collectors.integrity.document import host_of
from collectors.integrity.evidence import PageFacts, PageSite
from collectors.integrity.lexicon import HostGrade, Lexicon
from collectors.websites.addresses import is_own_host
from command_centre.domain.integrity import REVIEW_FROM, Baseline, Finding, FindingKind, Signal, View, combined_weight

CLOAKED: Mapping[View, FindingKind] = {
    View.BOT: FindingKind.CLOAKED_BOT,
    View.BOT_AGAIN: FindingKind.CLOAKED_BOT,
    View.REFERRER: FindingKind.CLOAKED_REFERRER,
    View.MOBILE: FindingKind.CLOAKED_MOBILE,
    View.BROWSER: FindingKind.CLOAKED_BROWSER,
}
SHOWN_TO: Mapping[View, str] = {
    View.BOT: "search engines",
    View.BOT_AGAIN: "search engines",
    View.REFERRER: "people who come from a search result",
    View.MOBILE: "people with a phone",
    View.BROWSER: "people at a desk",
}
SURE_FROM = 0.5
"""A view whose own evidence weighs at least this, while another view shows none, is being served something else on purpose."""

FOREIGN_LANGUAGES = frozenset({"th", "zh", "vi", "ko", "ja", "km", "lo", "my"})


def cloaking(url: str, views: Mapping[View, PageFacts]) -> Iterator[Finding]:
    """What some visitors of one page are shown and a person at a desk is not."""
    plain = views.get(View.BROWSER)
    if plain is None or plain.flaw or _weight(plain) >= REVIEW_FROM:
        return
    for view, facts in views.items():
        weight = _weight(facts)
        if view is View.BROWSER or weight < REVIEW_FROM:
            continue
        strongest = max(facts.findings, key=lambda each: each.weight)
        is_sure = weight >= SURE_FROM
        why = f"shown to {SHOWN_TO[view]} only; a person at a desk sees nothing of it"
        yield Finding(
            Signal.CLOAKING,
            CLOAKED[view],
            view,
            url,
            strongest.position,
            strongest.excerpt,
            why,
            0.95 if is_sure else 0.5,
            is_decisive=is_sure,
        )


def _weight(facts: PageFacts) -> float:
    return combined_weight(each for each in facts.findings if each.kind is not FindingKind.COMMENT_SPAM)


def sent_elsewhere(lexicon: Lexicon, site: PageSite, target: str, others: Mapping[View, str]) -> Iterator[Finding]:
    """This view was sent (by HTTP) to a foreign address; ``others`` says where the other views ended."""
    host = host_of(target)
    grade = lexicon.grade_host(host) if host else HostGrade.SAFE
    if grade is not HostGrade.FOREIGN or _is_own(site, target):
        return
    stayed = [view for view, end in others.items() if view is not site.view and _is_own(site, end)]
    if View.BROWSER in stayed or (site.view is View.BROWSER and stayed):
        why = f"only {SHOWN_TO[site.view]} are sent to a foreign host, {host}"
        yield Finding(Signal.CLOAKING, CLOAKED[site.view], site.view, site.url, "http", target[:300], why, 0.85, is_decisive=True)


def _is_own(site: PageSite, address: str) -> bool:
    return is_own_host(site.host, host_of(address), site.allowed_hosts)


def foreign_language(url: str, views: Mapping[View, PageFacts]) -> Iterator[Finding]:
    """A page that is Indonesian for people and Thai or Chinese for somebody else."""
    plain = views.get(View.BROWSER)
    for view, facts in views.items():
        language = facts.language.partition("-")[0]
        if plain is None or language not in FOREIGN_LANGUAGES or plain.language.partition("-")[0] == language:
            continue
        why = f"the page says it is in '{language}' to {SHOWN_TO[view]}, and in '{plain.language or 'no language'}' to others"
        yield Finding(Signal.TEMPLATE, FindingKind.LANGUAGE, view, url, "html", facts.title[:200], why, 0.4)


# --- against the past ---------------------------------------------------------------------------------------------------------


GROWN_BY = 3.0
GROWN_LEAST = 200


def against_baseline(url: str, now: Baseline, before: Baseline | None) -> Iterator[Finding]:
    """What has changed since: never enough for an alarm alone."""
    if before is None:
        return
    yield from _growth(url, now.sitemap_addresses, before.sitemap_addresses)
    language = now.language.partition("-")[0]
    if before.language and language in FOREIGN_LANGUAGES and language != before.language.partition("-")[0]:
        why = f"the page's language was '{before.language}' and is '{now.language}'"
        yield Finding(Signal.TEMPLATE, FindingKind.LANGUAGE, View.BROWSER, url, "html", now.title[:200], why, 0.5)
    new = sorted(now.foreign_code_hosts - before.foreign_code_hosts)
    if new and before.foreign_code_hosts:
        why = f"scripts or frames from hosts never seen on this site: {', '.join(new[:5])}"
        yield Finding(Signal.FOREIGN_CODE, FindingKind.FOREIGN_HOST, View.BROWSER, url, "script", ", ".join(new[:5]), why, 0.2)


def _growth(url: str, now: int | None, before: int | None) -> Iterator[Finding]:
    if now is None or before is None or now - before < GROWN_LEAST or now < before * GROWN_BY:
        return
    why = f"the sitemaps list {now} pages; before it was {before}"
    yield Finding(Signal.PATHS, FindingKind.SITEMAP_GROWTH, View.FILES, url, "sitemap", f"{before} → {now}", why, 0.5)
