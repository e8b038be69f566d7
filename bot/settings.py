"""What can be set: by a flag, else by a FAQBOT_ environment variable, else the default."""

from __future__ import annotations

import re
from argparse import SUPPRESS, ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from bot.errors import SettingError

PREFIX = "FAQBOT_"
DEFAULT = "default"  # the origin of a value that nobody set
MASK = "***"  # stands for a secret wherever one would be shown
REGION = re.compile(r"[a-z]{2,3}|unknown")


def folder(text: str) -> Path:
    """The path of a folder that is there; raises ValueError."""
    path = Path(text)
    if not text.strip() or not path.is_dir():
        raise ValueError("is not a folder: give one that holds intents/ and answers/")
    return path


def region(text: str) -> str:
    """The id of a region as regions.yaml writes it; raises ValueError."""
    name = text.strip().lower()
    if not REGION.fullmatch(name):
        raise ValueError("is not a region: give an id of answers/regions.yaml, for example UK or US")
    return name if name == "unknown" else name.upper()


def _setting(
    about: str, read: Callable[[str], Any], *, default: Any, shown: str, metavar: str, secret: bool = False
) -> Any:
    """A field of Settings. `shown` says what the default comes to."""
    metadata = {"about": about, "read": read, "shown": shown, "metavar": metavar, "secret": secret}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Settings:
    """What is in force, and for every value the flag, the variable or the default it came from."""

    content: Path | None = _setting(
        "folder with intents/ and answers/", folder, default=None, shown="the content that ships", metavar="DIR"
    )
    region: str = _setting(
        "whose emergency numbers are given, for example UK", region, default="", shown="not known", metavar="REGION"
    )
    origins: Mapping[str, str] = field(default_factory=dict)

    def lines(self) -> Iterator[tuple[str, str, str]]:
        """The name, the value as it may be shown, and the origin of every setting."""
        for setting in fields(self):
            if setting.metadata:
                value = getattr(self, setting.name)
                shown = setting.metadata["shown"] if value in (None, "") else str(value)
                if setting.metadata["secret"] and value:
                    shown = MASK
                yield setting.name, shown, self.origins.get(setting.name, DEFAULT)


def add_flags(parser: ArgumentParser) -> None:
    """Give a parser a flag for every setting; one that is not given leaves no trace in the namespace."""
    group = parser.add_argument_group("settings")
    for setting in fields(Settings):
        if setting.metadata:
            group.add_argument(
                flag(setting.name),
                default=SUPPRESS,
                metavar=setting.metadata["metavar"],
                help=f"{setting.metadata['about']} (or {variable(setting.name)}; else {setting.metadata['shown']})",
            )


def settle(flags: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    """The settings in force; raises SettingError for a value that cannot be used. An empty variable counts as unset."""
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for setting in fields(Settings):
        if not setting.metadata:
            continue
        given = flags.get(setting.name)
        origin = flag(setting.name)
        if given is None:
            given, origin = environment.get(variable(setting.name)) or None, variable(setting.name)
        if given is None:
            continue
        try:
            values[setting.name] = setting.metadata["read"](given)
        except ValueError as error:
            shown = MASK if setting.metadata["secret"] else repr(given)
            raise SettingError(f"{origin}: {shown} {error}") from None
        origins[setting.name] = origin
    return Settings(**values, origins=origins)


def unheard(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The FAQBOT_ variables that set nothing: most likely a slip of the pen."""
    known = {variable(setting.name) for setting in fields(Settings) if setting.metadata}
    return tuple(sorted(name for name in environment if name.startswith(PREFIX) and name not in known))


def flag(name: str) -> str:
    """The flag of a setting."""
    return "--" + name.replace("_", "-")


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()
