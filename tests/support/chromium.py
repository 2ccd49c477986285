"""Debian's Chromium under Playwright: the fixture ``chromium``, and what the tests of looks ask a page.

Use it with ``from tests.support.chromium import chromium`` in a test file (pytest finds fixtures by name).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

EXECUTABLE = Path("/usr/bin/chromium")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser per file: a fixture imported by two files is two fixtures, and Playwright lives once per thread."""
    if not EXECUTABLE.exists():
        pytest.skip(f"{EXECUTABLE} is not there: install Debian's package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(EXECUTABLE), headless=True, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass(frozen=True, slots=True)
class Looks:
    """What is wrong with how a page looks. ``cut`` may name texts that are allowed to end in an ellipsis."""

    rem_px: float
    too_small: list[str]
    outside: list[str]
    cut: list[str]
    overlapping: list[str]


def looks(page: Page) -> Looks:
    """Measure every visible text of ``page``: its size in rem, whether it leaves the window or is cut off by its box."""
    found: dict[str, Any] = page.evaluate(_LOOKS)
    return Looks(found["rem"], found["small"], found["outside"], found["cut"], found["overlapping"])


_LOOKS = """() => {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const small = new Set(), outside = new Set(), cut = new Set(), overlapping = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const clips = (style) => style.overflowX !== 'visible' || style.overflowY !== 'visible';
  const seen = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent.trim();
    const box = node.parentElement;
    const style = getComputedStyle(box);
    if (!text || box.closest('script,style') || style.visibility === 'hidden') continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const r = range.getBoundingClientRect();
    if (!r.width) continue;
    const name = text.slice(0, 40);
    if (parseFloat(style.fontSize) < rem * 0.985) small.add(name + ' ' + (parseFloat(style.fontSize) / rem).toFixed(2));
    // text that its own box cuts off is reported once, as cut, and then occupies only what is seen of it
    let left = r.left, right = r.right, top = r.top, bottom = r.bottom;
    let gone = false;
    if (style.textOverflow === 'ellipsis' && clips(style) && box.scrollWidth > box.clientWidth) cut.add(name);
    for (let outer = box; outer && outer !== document.body; outer = outer.parentElement) {
      const s = getComputedStyle(outer);
      if (!clips(s)) continue;
      const b = outer.getBoundingClientRect();
      const isPast = r.left >= b.right - 1 || r.top >= b.bottom - rem * 0.1;
      if (isPast && outer.classList.contains('cc-luruh')) { gone = true; break; }
      if (right > b.right + 1.5 || left < b.left - 1.5) cut.add(name);
      if (s.overflowY !== 'visible' && (bottom > b.bottom + rem * 0.25 || top < b.top - rem * 0.25)) cut.add(name + ' (height)');
      left = Math.max(left, b.left); right = Math.min(right, b.right);
      if (s.overflowY !== 'visible') { top = Math.max(top, b.top); bottom = Math.min(bottom, b.bottom); }
    }
    if (gone) continue;
    if (right > innerWidth + 1 || bottom > innerHeight + 1 || left < -1 || top < -1) outside.add(name);
    seen.push({name, box, left, right, top: top + rem * 0.15, bottom: bottom - rem * 0.15});
  }
  for (let i = 0; i < seen.length; i++) for (let j = i + 1; j < seen.length; j++) {
    const a = seen[i], b = seen[j];
    if (a.box === b.box) continue;
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const tall = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > rem * 0.1 && tall > rem * 0.1) overlapping.add(a.name + ' | ' + b.name);
  }
  return {rem, small: [...small], outside: [...outside], cut: [...cut], overlapping: [...overlapping]};
}"""
