"""The judol watch on its corpus: what it finds, what it accuses, what a page costs; beside a keyword list and a similarity.

Prints a table and asserts no clock. The corpus was written by the same hands as the watch: it holds the rules to what they
promise, and proves nothing about intruders nobody has thought of.
"""

from __future__ import annotations

import asyncio
import difflib
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import unescape

from collectors.integrity.evidence import PageSite, Reader
from collectors.integrity.lexicon import load
from command_centre.domain.integrity import PAGE_VIEWS, Verdict, View
from tests.collectors.integrity.corpus.clean import clean, spam
from tests.collectors.integrity.corpus.infected import infected
from tests.collectors.integrity.corpus.templates import HOST, Case, Truth
from tests.support.judol_sites import NIGHT, scanning, serving_case

KEYWORDS = ("slot", "judi", "gacor", "togel")
"""The four words with which a published study found its suspects among 450,000 government addresses."""

SIMILAR_FROM = 0.7
"""Below this similarity of two views, a known open-source scanner says that a site cloaks."""


def texts(case: Case, view: View) -> Iterator[str]:
    """All pages and files of the case, as this view is shown them."""
    for path in case.pages:
        page = case.page(path, view)
        if page is not None:
            yield unescape(page).lower()


def keyword_list(case: Case) -> bool:
    """Any of the four words anywhere, in any view."""
    return any(word in text for view in PAGE_VIEWS for text in texts(case, view) for word in KEYWORDS)


def similarity(case: Case) -> bool:
    """The home page as a search engine sees it differs from what a person sees."""
    if case.sent_to.get(View.BOT):
        return True
    person, robot = (case.page("/", view) or "" for view in (View.BROWSER, View.BOT))
    return difflib.SequenceMatcher(None, person, robot, autojunk=True).ratio() < SIMILAR_FROM


def watched(cases: Sequence[Case]) -> tuple[dict[str, Verdict], float, float]:
    """The verdicts of the watch over real HTTP, seconds and requests per site."""

    async def scene() -> tuple[dict[str, Verdict], float, float]:
        found, requests = {}, 0
        begun = time.perf_counter()
        async with scanning() as scanner:
            for case in cases:
                async with serving_case(case) as site:
                    result = (await scanner.scan(site.url(host=HOST), NIGHT)).result
                found[case.name] = result.verdict
                requests += result.requests
        return found, (time.perf_counter() - begun) / len(cases), requests / len(cases)

    return asyncio.run(scene())


def line(name: str, cases: Sequence[Case], accuses: Callable[[Case], bool]) -> str:
    """One row of the table."""
    bad = [case for case in cases if case.truth is Truth.INFECTED]
    good = [case for case in cases if case.truth is Truth.CLEAN]
    found, accused = sum(map(accuses, bad)), sum(map(accuses, good))
    shares = f"{found:>4} of {len(bad)} ({found / len(bad):>6.1%})   {accused:>4} of {len(good)} ({accused / len(good):>6.1%})"
    return f"{name:<40} {shares}"


def cost(cases: Sequence[Case]) -> str:
    """Processor time per page and view, on every home page of these cases, made ten times as long."""
    reader, spent, sizes = Reader(load()), [], []
    for case in cases:
        page = case.pages["/"]
        longer = page.replace("</body>", page[page.find("<body") : page.find("</body>")] * 9 + "</body>")
        sizes.append(len(longer) / 1000)
        begun = time.process_time()
        reader.read_page(longer, PageSite(f"http://{HOST}/", View.BROWSER, HOST))
        spent.append((time.process_time() - begun) * 1000)
    high = statistics.quantiles(spent, n=20)[-1]
    return (
        f"{statistics.mean(sizes):.0f} kB: median {statistics.median(spent):.1f} ms, 95 % {high:.1f} ms, most {max(spent):.1f} ms"
    )


def report() -> None:
    """Print what was measured."""
    cases = (*infected(), *clean(), *spam())
    verdicts, seconds, requests = watched(cases)
    indicated: Mapping[str, bool] = {name: verdict is Verdict.INDICATED for name, verdict in verdicts.items()}
    reviewed: Mapping[str, bool] = {name: verdict is not Verdict.CLEAN for name, verdict in verdicts.items()}
    print(f"{'':<40} {'infected, found':>20}   {'clean, accused':>20}")
    print(line("this watch, Terindikasi", cases, lambda case: indicated[case.name]))
    print(line("this watch, or Perlu ditinjau", cases, lambda case: reviewed[case.name]))
    print(line(f"keyword list ({', '.join(KEYWORDS)})", cases, keyword_list))
    print(line(f"similarity of views < {SIMILAR_FROM:.0%}", cases, similarity))
    print(line("either of the two", cases, lambda case: keyword_list(case) or similarity(case)))
    print(f"\nprocessor time per page and view, clean pages of {cost(clean())}")
    print(f"processor time per page and view, infected pages of {cost(infected())}")
    print(f"a scan of these little sites: {requests:.0f} requests, {seconds * 1000:.0f} ms on loopback")
    full = len(PAGE_VIEWS) + 10 * 4 + 15  # home, ten pages in four views, lists and scripts and tried paths
    print(f"120 sites of {full} requests, 4 at once, 1 request a second and host: {120 * full / 4 / 3600:.1f} hours of a night")


if __name__ == "__main__":
    report()
