"""House rule for the whole suite: a skipped test is seen, and in CI it is a failure."""

from __future__ import annotations

import os

import pytest

FORBID_SKIPS = os.environ.get("CC_FORBID_SKIPS") == "1"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    """Turn a skip into a failure where skipping is forbidden (CC_FORBID_SKIPS=1, set by .ci/run)."""
    outcome = yield
    report = outcome.get_result()
    if FORBID_SKIPS and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and skipping is forbidden here: {report.longrepr}"
