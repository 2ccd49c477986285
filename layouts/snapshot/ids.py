"""Ids of the archive of snapshots."""

from __future__ import annotations

PREFIX = "/cuplikan/"
"""The archive; with the name of a period behind it, that period."""

FILES = "/cuplikan/berkas/"
"""Files of a period: ``<period>/<revision>/<form>``."""

ADDRESS = "cuplikan-alamat"
LIST = "cuplikan-daftar"
PERIOD = "cuplikan-periode"
FIRST = "cuplikan-pertama"
SECOND = "cuplikan-kedua"
COMPARISON = "cuplikan-banding"

CONSOLE = "/konsol"
FOLLOW_UPS = "/konsol/tindak-lanjut"
APPROVALS = "/konsol/pengesahan"
