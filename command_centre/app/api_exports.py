"""Tables to take away, under ``/api/v1/export``: CSV, Parquet, and the evidence for the assessors of SPBE and Pemdi."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, TypeAlias

from fastapi import Depends, FastAPI, Query
from starlette.responses import Response

from command_centre.app.api_common import From, Until, needs, period
from command_centre.domain.calendar import Interval
from command_centre.domain.person import Person, Right
from command_centre.domain.ports import Clock
from command_centre.domain.target import TargetKind
from command_centre.read.exports import Exports, Table, as_csv, as_parquet

Form: TypeAlias = Annotated[Literal["csv", "parquet"], Query(description="Form of the file")]
Kind: TypeAlias = Annotated[TargetKind | None, Query(description="Only targets of one kind")]
Exporter: TypeAlias = Annotated[Person, Depends(needs(Right.EXPORT))]
TYPES = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet", "zip": "application/zip"}

README = """Data dukung pemantauan layanan digital Kota Bontang
====================================================
Rentang  : {start} sampai {end} (UTC, akhir tidak termasuk)
Dibuat   : {made} (UTC)
Sifat    : {nature}

Isi
---
ketersediaan.csv  satu baris per sasaran: detik hidup, menurun, putus, tidak terukur, terencana; ketersediaan dan cakupan
insiden.csv       setiap gangguan yang menyentuh rentang ini, dengan waktu diterima dan pulih
integrasi.csv     daftar layanan elektronik yang dipantau, alamat ada atau belum, seberapa sering
daftar.csv        seluruh daftar sasaran pada rentang ini

Aturan hitung
-------------
1. Satu pengukuran menjamin keadaan sesudahnya paling lama dua kali selang ukur. Waktu yang tidak dijamin = tidak terukur.
2. Ketersediaan = (hidup + menurun) / (hidup + menurun + putus); waktu terencana tidak dihitung.
   Kolom availability_with_planned_ratio menghitung juga waktu terencana.
3. Cakupan (coverage_ratio) = (rentang - tidak terukur - terencana) / (rentang - terencana).
4. Bila cakupan di bawah 100 %, kebenaran terletak di antara pessimistic_ratio dan optimistic_ratio.
5. Sel kosong = tidak terukur. Bukan nol.
"""


@dataclass(frozen=True, slots=True)
class Exporting:
    """The addresses that give files."""

    exports: Exports
    clock: Clock
    is_simulated: bool

    def register(self, api: FastAPI) -> None:
        """Hang the addresses into the interface."""
        get: Any = api.get
        file: Any = {200: {"content": {kind: {} for kind in TYPES.values()}, "description": "The file"}}
        for path, answer, summary in (
            ("/export/availability", self.availability, "Availability of every target, with coverage"),
            ("/export/incidents", self.incidents, "The incident log"),
            ("/export/register", self.register_of, "What was to be watched"),
            ("/export/data-dukung", self.evidence, "Evidence for assessors, as a zip"),
        ):
            get(path, response_class=Response, responses=file, summary=summary)(answer)

    def availability(
        self, _: Exporter, start: From = None, until: Until = None, kind: Kind = None, form: Form = "csv"
    ) -> Response:
        """The accounting rule for every target of the register."""
        within = self._period(start, until)
        return self._file(self.exports.availability(within, kind), within, form)

    def incidents(self, _: Exporter, start: From = None, until: Until = None, form: Form = "csv") -> Response:
        """Every incident that touches the period."""
        within = self._period(start, until)
        return self._file(self.exports.incidents(within), within, form)

    def register_of(
        self, _: Exporter, start: From = None, until: Until = None, kind: Kind = None, form: Form = "csv"
    ) -> Response:
        """The register as it was in the period."""
        within = self._period(start, until)
        return self._file(self.exports.register(within, kind), within, form)

    def evidence(self, _: Exporter, start: From = None, until: Until = None) -> Response:
        """Availability, integration and incidents of one period, with the rule by which they were counted."""
        within = self._period(start, until)
        tables: tuple[tuple[str, Callable[[], Table]], ...] = (
            ("ketersediaan.csv", lambda: self.exports.availability(within)),
            ("insiden.csv", lambda: self.exports.incidents(within)),
            ("integrasi.csv", lambda: self.exports.register(within, TargetKind.SERVICE)),
            ("daftar.csv", lambda: self.exports.register(within)),
        )
        nature = "SIMULASI, bukan data kota" if self.is_simulated else "pengukuran"
        about = README.format(start=within.start, end=within.end, made=self.clock.now(), nature=nature)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("BACA-DAHULU.txt", about)
            for name, table in tables:
                archive.writestr(name, as_csv(table()))
        return _attachment(out.getvalue(), self._name("data-dukung", within, "zip"), "zip")

    def _file(self, table: Table, within: Interval, form: str) -> Response:
        facts = {
            "period_start": within.start.isoformat(),
            "period_end": within.end.isoformat(),
            "is_simulated": str(self.is_simulated).lower(),
        }
        body = as_csv(table) if form == "csv" else as_parquet(table, facts)
        return _attachment(body, self._name(table.name, within, form), form)

    def _name(self, what: str, within: Interval, ending: str) -> str:
        mark = "simulasi-" if self.is_simulated else ""
        return f"{mark}{what}-{within.start:%Y%m%d}-{within.end:%Y%m%d}.{ending}"

    def _period(self, start: datetime | None, until: datetime | None) -> Interval:
        """A week by default: what is exported is read by people."""
        return period(start, until, self.clock.now(), timedelta(days=7))


def _attachment(body: bytes, name: str, form: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(body, media_type=TYPES[form], headers=headers)
