"""What can be set: by a flag, else by a FAQBOT_ environment variable, else the default."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from bot.errors import SettingError

PREFIX = "FAQBOT_"
DEFAULT = "default"  # the origin of a value that nobody set
OFF = "off"
MASK = "***"  # stands for a secret wherever one would be shown


def folder(text: str) -> Path:
    """The path of a folder that is there; raises ValueError."""
    path = Path(text)
    if not text.strip() or not path.is_dir():
        raise ValueError("is not a folder: give one that holds intents/ and answers/")
    return path


def cache(text: str) -> Path | None:
    """The path of a cache folder, which need not be there yet; None for "off"."""
    return None if text.strip().lower() == OFF else Path(text).expanduser()


def usual_cache(environment: Mapping[str, str]) -> Path:
    """Where a user's cached files belong (XDG Base Directory Specification)."""
    home = environment.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(home).expanduser() / "faqbot"


class Setting(NamedTuple):
    """How a field of Settings can be set, and what is said of it."""

    name: str
    about: str
    shown: str  # what the default comes to
    metavar: str
    read: Callable[[str], Any]  # raises ValueError, which says what would be right
    secret: bool = False


SETTINGS = (
    Setting("content", "folder with intents/ and answers/", "the content that ships", "DIR", folder),
    Setting("cache", "folder that keeps bots made ready, for a quick start; off for none", "the user's", "DIR", cache),
    Setting("region", "whose emergency numbers are given, for example UK", "not known", "REGION", str.strip),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What is in force, and the flag or the variable that each value came from."""

    content: Path | None = None  # None: the content that ships
    region: str = ""
    cache: Path | None = None  # None: none is kept
    origins: Mapping[str, str] = field(default_factory=dict)

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """The name, the value as it may be shown, and the origin of every setting."""
        for setting in SETTINGS:
            value = getattr(self, setting.name)
            shown = setting.shown if value in (None, "") else MASK if setting.secret else str(value)
            yield setting.name, shown, self.origins.get(setting.name, DEFAULT)


def add_flags(parser: ArgumentParser) -> None:
    """Give a parser a flag for every setting; one that is not given leaves no trace in the namespace."""
    group = parser.add_argument_group("settings")
    for setting in SETTINGS:
        group.add_argument(
            flag(setting.name),
            default=SUPPRESS,
            metavar=setting.metavar,
            help=f"{setting.about} (or {variable(setting.name)}; else {setting.shown})",
        )


def settle(
    flags: Mapping[str, Any], environment: Mapping[str, str], settings: Sequence[Setting] = SETTINGS
) -> Settings:
    """The settings in force; raises SettingError for a value that cannot be used. An empty variable counts as unset."""
    values: dict[str, Any] = {"cache": usual_cache(environment)}
    origins: dict[str, str] = {}
    for setting in settings:
        given, origin = flags.get(setting.name), flag(setting.name)
        if given is None:
            given, origin = environment.get(variable(setting.name)) or None, variable(setting.name)
        if given is None:
            continue
        try:
            values[setting.name] = setting.read(given)
        except ValueError as error:
            reason = f"{MASK} cannot be used" if setting.secret else f"{given!r} {error}"
            raise SettingError(f"{origin}: {reason}") from None
        origins[setting.name] = origin
    return Settings(**values, origins=origins)


def unheard(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The FAQBOT_ variables that set nothing: most likely a slip of the pen."""
    known = {variable(setting.name) for setting in SETTINGS}
    return tuple(sorted(name for name in environment if name.startswith(PREFIX) and name not in known))


def flag(name: str) -> str:
    """The flag of a setting."""
    return "--" + name.replace("_", "-")


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()
