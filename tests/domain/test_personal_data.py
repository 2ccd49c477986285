"""The guard list: what is never asked for and never kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_centre.domain.personal_data import is_personal, masked, personal_field, refused_address, refused_path


@pytest.mark.parametrize(
    "field", ["nik", "NIK", "no_kk", "No. KK", "nomor-ktp", "namaIbuKandung", "tgl_lahir", "no_rm", "email_pelapor"]
)
def test_names_of_personal_fields_are_known_however_they_are_written(field: str) -> None:
    assert is_personal(field)


@pytest.mark.parametrize(
    "field", ["nib", "nip", "unik", "teknik", "nama_opd", "alamat", "tanggal", "kk_total", "status", "norm", "ttl", ""]
)
def test_other_fields_are_not_mistaken_for_them(field: str) -> None:
    assert not is_personal(field)


@pytest.mark.parametrize(
    "url",
    [
        "https://x.test/api/penduduk/123", "https://x.test/api/biodata", "https://x.test/cek?nik=1", "https://x.test/a?b=1&no_kk=2",
        "https://x.test/api/Rekam-Medis/7", "https://x.test/api/data%20diri",
    ],
)  # fmt: skip
def test_addresses_of_single_people_are_refused(url: str) -> None:
    assert refused_address(url) is not None


@pytest.mark.parametrize(
    "url",
    [
        "https://x.test/api/statistik/penduduk",
        "https://x.test/api/rekap",
        "https://x.test/?tahun=2026",
        "https://x.test/kependudukan",
        "nonsens",
    ],
)
def test_addresses_of_counts_are_not(url: str) -> None:
    assert refused_address(url) is None


def test_paths_into_personal_fields_are_refused_wherever_they_stand() -> None:
    assert refused_path("data[0].nik") is not None
    assert refused_path("$..['no_kk']") is not None
    assert refused_path("//Warga/NamaIbuKandung") is not None
    assert refused_path("data.total") is None


@pytest.mark.parametrize(
    "text", ['{"nik": "1"}', '{"NO_KK":5}', "<a><nik>1</nik></a>", '["6474015507900001"]', '{"x": {"tanggal_lahir" : "x"}}']
)
def test_answers_with_personal_data_are_recognised(text: str) -> None:
    assert personal_field(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        '{"nik": null}',
        '{"nik": ""}',
        '{"nik":[]}',
        '{"id": "1234567890123456"}',
        '{"n": 6474015507900001}',
        '["a6474015507900001"]',
        "",
        "<nik/>",
        "<nik></nik>",
    ],
)
def test_empty_fields_and_other_numbers_are_not(text: str) -> None:
    assert personal_field(text) is None


def test_numbers_of_people_are_masked_and_other_numbers_are_not() -> None:
    assert masked("NIK 6474015507900001, hp +6281234567890, a.b@c.go.id") == "NIK ***, hp ***, ***"
    assert masked("Galat 500 pada 1772434800, kode 12345") == "Galat 500 pada 1772434800, kode 12345"


@given(st.text(max_size=300))
def test_any_text_is_examined_without_error(text: str) -> None:
    refused_address(text)
    refused_path(text)
    personal_field(text)
    masked(text)
