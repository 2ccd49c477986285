"""Putting the alert machine into the writer: its chores, its orders, and the words that only screens know."""

from __future__ import annotations

from types import MappingProxyType

from command_centre.app.duty import section_of
from command_centre.config.model import Config
from command_centre.pipeline.duty_watch import duty_chore
from command_centre.pipeline.recorder import Chore
from command_centre.pipeline.sentences import Words
from command_centre.pipeline.silence_watch import SilenceWatch
from command_centre.pipeline.teller import telling_chore
from layouts import wording


def alert_chores(config: Config) -> tuple[Chore, ...]:
    """The chores that notice silence, watch the rota and write what is due to be told."""
    words = words_of(config)
    return (SilenceWatch().chore(), telling_chore(words), duty_chore(english=words.english))


def words_of(config: Config) -> Words:
    """The words of notices in the language of the configuration."""
    english = section_of(config).english
    language = wording.Language.ENGLISH if english else wording.Language.INDONESIAN
    spoken = wording.words_for(language, config.zone)
    places = MappingProxyType({each.code: each.short_name for each in config.kelurahan})
    return Words(english, spoken.reason, places)
