"""The whole corpus over real HTTP: everything infected is found, nothing clean is accused."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from command_centre.domain.integrity import Verdict
from tests.collectors.integrity.corpus.clean import clean, spam
from tests.collectors.integrity.corpus.infected import infected
from tests.collectors.integrity.corpus.second import for_review
from tests.collectors.integrity.corpus.templates import HOST, Case
from tests.support.judol_sites import NIGHT, scanning, serving_case


def _verdicts(cases: Sequence[Case]) -> dict[str, Verdict]:
    async def scene() -> dict[str, Verdict]:
        found = {}
        async with scanning() as scanner:
            for case in cases:
                async with serving_case(case) as site:
                    found[case.name] = (await scanner.scan(site.url(host=HOST), NIGHT)).result.verdict
        return found

    return asyncio.run(scene())


def test_the_corpus_is_large_enough_and_no_case_is_there_twice() -> None:
    assert len({case.name for case in infected()}) == len(infected()) >= 60
    assert len({case.name for case in clean()}) == len(clean()) >= 120


def test_every_infected_site_of_the_corpus_is_indicated() -> None:
    missed = {name: verdict.value for name, verdict in _verdicts(infected()).items() if verdict is not Verdict.INDICATED}
    assert missed == {}


def test_no_clean_site_of_the_corpus_is_accused_or_sent_to_review() -> None:
    accused = {name: verdict.value for name, verdict in _verdicts(clean()).items() if verdict is not Verdict.CLEAN}
    assert accused == {}


def test_spam_by_visitors_is_sent_to_review() -> None:
    assert set(_verdicts(spam()).values()) == {Verdict.REVIEW}


def test_what_is_too_little_for_an_accusation_is_sent_to_review() -> None:
    assert set(_verdicts(tuple(for_review())).values()) == {Verdict.REVIEW}
