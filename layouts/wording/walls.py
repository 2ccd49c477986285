"""What a screen says in place of a page that it cannot show. Indonesian first, English second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from layouts.wording import Language


@dataclass(frozen=True, slots=True)
class RefusalWords:
    """Sentences for the person in front of the screen."""

    no_such_page: str
    no_such_wall: str
    no_walls: str
    bad_turn: str
    bad_theme: str


REFUSALS: Mapping[Language, RefusalWords] = MappingProxyType(
    {
        Language.INDONESIAN: RefusalWords(
            no_such_page="Halaman '{asked}' tidak dikenal. Yang ada: {known}",
            no_such_wall="Tidak ada layar dinding bernama '{asked}' di config.yaml. Yang ada: {known}",
            no_walls="belum ada satu pun",
            bad_turn="every: tulis misalnya every=30s",
            bad_theme="theme: gelap atau terang",
        ),
        Language.ENGLISH: RefusalWords(
            no_such_page="There is no page '{asked}'. There are: {known}",
            no_such_wall="There is no wall named '{asked}' in config.yaml. There are: {known}",
            no_walls="none yet",
            bad_turn="every: write for instance every=30s",
            bad_theme="theme: gelap or terang",
        ),
    }
)
