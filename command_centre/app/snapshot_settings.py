"""What a configuration says about the snapshot, in the shapes that its makers take."""

from __future__ import annotations

from dataclasses import dataclass

from command_centre.config.model import Config
from command_centre.config.snapshot import SnapshotSection
from command_centre.domain.cut import Limits
from layouts.wording import Language
from layouts.wording.snapshot_document import BONTANG, Letterhead


@dataclass(frozen=True, slots=True)
class PaperSettings:
    """What stands on every paper beside the figures: whose it is, and where the archive is reached."""

    letterhead: Letterhead = BONTANG
    public_url: str | None = None


def paper_settings_of(config: Config) -> PaperSettings:
    """The same of one configuration."""
    return PaperSettings(letterhead_of(config), public_url_of(config))


def letterhead_of(config: Config) -> Letterhead:
    """Whose paper it is."""
    written = _section(config).letterhead
    return Letterhead(written.government, written.office, "\n".join(written.address), written.city, written.signatory)


def limits_of(config: Config) -> Limits:
    """What the city promises itself."""
    return _section(config).as_limits()


def public_url_of(config: Config) -> str | None:
    """Where people reach the archive; None where the configuration does not say."""
    told = _section(config).public_url
    return told if told is not None or config.notifying is None else config.notifying.public_url


def language_of(config: Config) -> Language:
    """The language of what is sent: that of all notices."""
    return Language.ENGLISH if config.notifying is not None and config.notifying.english else Language.INDONESIAN


def _section(config: Config) -> SnapshotSection:
    return config.snapshot or SnapshotSection()
