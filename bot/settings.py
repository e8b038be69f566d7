"""What can be set: by a flag, else by a FAQBOT_ environment variable, else the default."""

from __future__ import annotations

import re
from argparse import SUPPRESS, ArgumentParser
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from bot.errors import SettingError

PREFIX = "FAQBOT_"
DEFAULT = "default"  # the origin of a value that nobody set
OFF = "off"
MASK = "***"  # stands for a secret wherever one would be shown
PASSWORD = re.compile(r"(://[^/@:\s]*):[^/@\s]+@")  # of a URL
YES, NO = ("1", "true", "yes", "on"), ("0", "false", "no", OFF)
LEAST_SECRET = 16  # characters
RATE = re.compile(r"\d{1,9}\s*(?:/|\s+per\s+)\s*\d{0,6}\s*(?:second|minute|hour|day)s?", re.IGNORECASE)
COMMAND = re.compile(r"/[a-z0-9_-]{1,31}")
ORIGIN = re.compile(r"https?://[^/\s*]+|\*")


def folder(text: str) -> Path:
    """The path of a folder that is there; raises ValueError."""
    path = Path(text)
    if not text.strip() or not path.is_dir():
        raise ValueError("is not a folder: give one that holds intents/ and answers/")
    return path


def cache(text: str) -> Path | None:
    """The path of a cache folder, which need not be there yet; None for "off"."""
    return None if text.strip().lower() == OFF else Path(text).expanduser()


def whole(text: str, least: int, most: int) -> int:
    """A whole number between two others; raises ValueError."""
    if not text.strip().isdecimal() or not least <= int(text) <= most:
        raise ValueError(f"is not a whole number from {least} to {most}")
    return int(text)


def yes(text: str) -> bool:
    """Whether something is wanted, said with 1 or 0; raises ValueError."""
    if text.strip().lower() not in YES + NO:
        raise ValueError("is neither 1 nor 0")
    return text.strip().lower() in YES


def secret(text: str) -> str:
    """A secret that is long enough not to be guessed; raises ValueError."""
    if len(text.strip()) < LEAST_SECRET:
        raise ValueError(f"has fewer than {LEAST_SECRET} characters")
    return text.strip()


def rate(text: str) -> str:
    """So many in so much time, for example 60/minute; empty for "off"; raises ValueError."""
    text = text.strip()
    if text.lower() == OFF:
        return ""
    if not RATE.fullmatch(text) or text.startswith("0"):
        raise ValueError("is no rate: write one such as 60/minute, or off")
    return text


def listed(text: str) -> tuple[str, ...]:
    """What is set apart by commas or spaces."""
    return tuple(text.replace(",", " ").split())


def desk(text: str) -> str:
    """The name of a help desk; empty for "off"; raises ValueError."""
    from bot.desks import names  # rarely needed

    if text.strip().lower() == OFF:
        return ""
    if text.strip() not in names():
        raise ValueError(f"is no help desk: use one of {', '.join(names())}, or off")
    return text.strip()


def opted(text: str) -> tuple[str, ...]:
    """Pairs of a queue and a topic; raises ValueError."""
    pairs = tuple(pair.strip() for pair in text.split(",") if pair.strip())
    for pair in pairs:
        if not all(part.strip() for part in pair.partition(":")[::2]):
            raise ValueError(f"holds {pair!r}: write a queue and a topic, as in Support:visits, apart by commas")
    return pairs


def origins(text: str) -> tuple[str, ...]:
    """Origins of web pages, as browsers send them; raises ValueError."""
    for origin in listed(text):
        if not ORIGIN.fullmatch(origin):
            raise ValueError(f"holds {origin!r}, which is no origin: write scheme and host, as in https://example.org")
    return listed(text)


def command(text: str) -> str:
    """The name of a command in Slack; raises ValueError."""
    if not COMMAND.fullmatch(text.strip()):
        raise ValueError("is no command: write a slash and up to 31 small letters, digits, - or _, as in /faq")
    return text.strip()


def address(text: str) -> str:
    """The address of a Web API, with a slash at its end; raises ValueError."""
    if not re.fullmatch(r"https?://[^\s?#]+", text.strip()):
        raise ValueError("is no address: write one such as https://slack.com/api/")
    return text.strip().rstrip("/") + "/"


def networks(text: str) -> tuple[str, ...]:
    """Addresses and networks; raises ValueError."""
    from ipaddress import ip_network  # rarely needed, and slow to import

    for network in listed(text):
        try:
            ip_network(network)
        except ValueError:
            raise ValueError(f"holds {network!r}, which is no address or network, such as 10.0.0.0/8") from None
    return listed(text)


def usual_cache(environment: Mapping[str, str]) -> Path:
    """Where a user's cached files belong (XDG Base Directory Specification)."""
    home = environment.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(home).expanduser() / "faqbot"


def usual_log(environment: Mapping[str, str]) -> str:
    """Where a user's conversation log belongs, as a URL: among what a program keeps between its runs."""
    home = environment.get("XDG_STATE_HOME") or "~/.local/state"
    return f"sqlite:///{Path(home).expanduser() / 'faqbot' / 'log.db'}"


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
LOG_SETTINGS = (
    Setting(
        "database_url", "the conversation log, for example postgresql://user@host/name", "a file", "URL", str.strip
    ),
    Setting("log_refusals", "1 keeps the text of refused questions, too", "0", "0|1", yes),
    Setting(
        "keep_days", "days after which what was logged is deleted", "30", "DAYS", partial(whole, least=1, most=3650)
    ),
    Setting(
        "secret",
        "signs contexts, and salts hashes; 16 characters at least",
        "made at every start",
        "SECRET",
        secret,
        True,
    ),
)
DATABASE_SETTING = LOG_SETTINGS[:1]  # all that a command needs which reads the log
SERVICE_SETTINGS = (
    Setting("host", "address to listen on", "127.0.0.1", "ADDRESS", str.strip),
    Setting("port", "port to listen on; 0 for a free one", "8000", "PORT", partial(whole, least=0, most=65535)),
    Setting("require_key", "1 wants a key for questions, too", "0", "0|1", yes),
    Setting("keys", "lines of `faqbot key`, set apart by commas", "none", "KEYS", str.strip, True),
    Setting("keys_file", "file with lines of `faqbot key`, for its owner's eyes only", "none", "FILE", Path),
    Setting("origins", "origins of the pages that may use the service, or *", "none but its own", "ORIGINS", origins),
    Setting("rate", "questions that one address may ask; off for no limit", "60/minute", "RATE", rate),
    Setting("rate_url", "where questions are counted: memory:// or redis://host", "memory://", "URL", str.strip),
    Setting("proxies", "addresses of proxies whose X-Forwarded-For is believed", "none", "NETWORKS", networks),
)
SLACK_SETTINGS = (
    Setting("slack_command", "name of the command in Slack", "/faq", "/NAME", command),
    Setting("slack_alert", "1 writes a ticket at once where somebody may be in danger", "0", "0|1", yes),
    Setting("slack_api", "where Slack's Web API is", "https://slack.com/api/", "URL", address),
)
HANDOVER_SETTINGS = (
    Setting("desk", "help desk that conversations are handed over to; off for none", "outbox", "NAME", desk),
    Setting("handover_redact", "1 takes out of hand-overs what tells whose they are", "0", "0|1", yes),
    Setting("on_call", "address that is mailed where somebody may be in danger", "none", "ADDRESS", str.strip),
)
TRIAGE_SETTINGS = (
    Setting("desk_answers", "what is answered in public, as QUEUE:TOPIC; all others get a note", "none", "LIST", opted),
    Setting("safety_replies", "0 answers no customer in danger, and only warns agents", "1", "0|1", yes),
)
EVERY = (*SETTINGS, *LOG_SETTINGS, *SERVICE_SETTINGS, *HANDOVER_SETTINGS, *TRIAGE_SETTINGS, *SLACK_SETTINGS)


@dataclass(frozen=True, slots=True)
class Settings:
    """What is in force, and the flag or the variable that each value came from."""

    content: Path | None = None  # None: the content that ships
    region: str = ""
    cache: Path | None = None  # None: none is kept
    database_url: str = ""
    log_refusals: bool = False
    keep_days: int = 30
    secret: str = ""  # empty: one is made at every start
    host: str = "127.0.0.1"
    port: int = 8000
    require_key: bool = False
    keys: str = ""
    keys_file: Path | None = None
    origins: tuple[str, ...] = ()
    rate: str = "60/minute"  # empty: no limit
    rate_url: str = "memory://"
    proxies: tuple[str, ...] = ()
    slack_command: str = "/faq"
    slack_alert: bool = False
    slack_api: str = "https://slack.com/api/"
    desk: str = "outbox"  # empty: none
    handover_redact: bool = False
    on_call: str = ""
    desk_answers: tuple[str, ...] = ()
    safety_replies: bool = True
    came_from: Mapping[str, str] = field(default_factory=dict)

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """The name, the value as it may be shown, and the origin of every setting."""
        for setting in EVERY:
            value = getattr(self, setting.name)
            shown = setting.shown if value in (None, "", ()) else MASK if setting.secret else _shown(value)
            yield setting.name, shown, self.came_from.get(setting.name, DEFAULT)


def add_flags(parser: ArgumentParser, settings: Sequence[Setting] = SETTINGS, title: str = "settings") -> None:
    """Give a parser a flag for every setting; one that is not given leaves no trace in the namespace.

    What is secret gets none: other users of a machine see the arguments of its programs.
    """
    group = parser.add_argument_group(title)
    for setting in settings:
        if setting.secret:
            continue
        group.add_argument(
            flag(setting.name),
            default=SUPPRESS,
            metavar=setting.metavar,
            help=f"{setting.about} (or {variable(setting.name)}; else {setting.shown})",
        )


def settle(flags: Mapping[str, Any], environment: Mapping[str, str], settings: Sequence[Setting] = EVERY) -> Settings:
    """The settings in force; raises SettingError for a value that cannot be used. An empty variable counts as unset."""
    values: dict[str, Any] = {"cache": usual_cache(environment), "database_url": usual_log(environment)}
    came_from: dict[str, str] = {}
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
        came_from[setting.name] = origin
    return Settings(**values, came_from=came_from)


def unheard(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The FAQBOT_ variables that set nothing: most likely a slip of the pen."""
    from bot.desks import names, variables

    known = {variable(setting.name) for setting in EVERY}.union(*map(variables, names()))
    return tuple(sorted(name for name in environment if name.startswith(PREFIX) and name not in known))


def _shown(value: object) -> str:
    """A value as it may be shown: without the password of a URL."""
    if isinstance(value, bool):
        return str(int(value))
    return PASSWORD.sub(rf"\1:{MASK}@", " ".join(value) if isinstance(value, tuple) else str(value))


def flag(name: str) -> str:
    """The flag of a setting."""
    return "--" + name.replace("_", "-")


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()
