"""Paper and card: the document typeset by Typst. The same document gives the same bytes, on any machine.

Fonts come from installed, pinned packages (Roboto) and from Typst itself (Libertinus Serif, DejaVu Sans Mono); fonts of the
machine are never looked at. A missing font is an error here and not another look there.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import segno
import typst

FONT_PACKAGE = "fontpkg_roboto"
FAMILIES = ("Libertinus Serif", "Roboto", "DejaVu Sans Mono")
PDF_STANDARD = "a-2a"
"""PDF/A-2a: everything embedded, tagged for screen readers, fit for an archive."""

CARD_PIXELS = (1080, 1350)
POINTS_PER_INCH = 72


class TypesettingError(Exception):
    """The document cannot be typeset; the text says why."""


def pdf(document: Mapping[str, Any], made_at: int) -> bytes:
    """Two A4 pages as PDF/A. ``made_at`` (epoch milliseconds) is the date written into the file. Raises TypesettingError."""
    return _typeset("paper.typ", document, "pdf", pdf_standards=PDF_STANDARD, timestamp=made_at // 1000)


def card(document: Mapping[str, Any]) -> bytes:
    """One picture of 1080 × 1350 pixels for a phone, as PNG. Raises TypesettingError."""
    return _typeset("card.typ", document, "png", ppi=float(POINTS_PER_INCH))


def code_svg(text: str) -> str:
    """The QR code as SVG, black on white."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", border=2, xmldecl=False, svgns=True, omitsize=True, light="#fff")
    return out.getvalue().decode()


@cache
def fonts() -> typst.Fonts:
    """The fonts of the document. Raises TypesettingError when one is missing."""
    folder = resources.files(FONT_PACKAGE) / "files"
    found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(folder)])
    missing = sorted(set(FAMILIES) - set(found.families()))
    if missing:
        raise TypesettingError(f"fonts are missing: {', '.join(missing)}; install the packages of requirements.txt again")
    return found


def pictures(document: Mapping[str, Any], pixels_per_inch: float = 108.0) -> list[bytes]:
    """The pages as PNG, for whoever wants to look before printing. Raises TypesettingError."""
    return _compiled("paper.typ", document, "png", ppi=pixels_per_inch)


def _typeset(template: str, document: Mapping[str, Any], form: Any, **options: Any) -> bytes:
    pages = _compiled(template, document, form, **options)
    if len(pages) != 1:
        raise TypesettingError(f"{template}: {len(pages)} pictures instead of one")
    return pages[0]


def _compiled(template: str, document: Mapping[str, Any], form: Any, **options: Any) -> list[bytes]:
    inputs = {
        "data": json.dumps(document, ensure_ascii=False, sort_keys=True),
        "code": code_svg(document["seal"]["code"]),
    }
    source = Path(__file__).with_name(template)
    try:
        made, warnings = typst.compile_with_warnings(
            source.read_bytes(), root=str(source.parent), font_paths=fonts(), sys_inputs=inputs, format=form, **options
        )
    except typst.TypstError as error:
        raise TypesettingError(f"{template}: {error.diagnostic}") from None
    if warnings:
        raise TypesettingError(f"{template}: {warnings[0]}")
    pages: list[bytes] = made if isinstance(made, list) else [made]  # type: ignore[list-item]  # without an output it is bytes
    return pages
