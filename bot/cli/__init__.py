"""The command line: every module of this package is one command.

A command is a Command: its docstring is its help (the first line is its summary, the rest stands below the options),
`register` gives its parser arguments, `run` does its work. It is imported when it is called, or when help lists it;
what an extra installs, it imports in `run`.
"""

from __future__ import annotations

import os
import pkgutil
import re
import sys
from argparse import SUPPRESS, Action, ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from importlib import import_module
from io import StringIO, TextIOWrapper
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, Protocol, TextIO, TypeVar, cast

from bot.errors import BotError, ContentError, RecordError
from bot.settings import Settings, add_flags, settle

if TYPE_CHECKING:
    from bot.handover import HandOvers
    from bot.record import Log

CLEAN, FINDINGS, FAILED = 0, 1, 2
INTERRUPTED = 128 + 2  # as a shell reports SIGINT
PIPE_CLOSED = 128 + 13  # as a shell reports SIGPIPE
AGE = re.compile("([0-9]{1,4})([hdw])")
AGES = {"h": "hours", "d": "days", "w": "weeks"}
UNREAD = (
    "conversations that are handed over become files in FAQBOT_OUTBOX_FOLDER (~/.local/state/faqbot/outbox): see that "
    "somebody reads them, or set FAQBOT_DESK to a help desk, or to off"
)

USAGE = "faqbot [--content DIR] [--region REGION] COMMAND ..."
ABOUT = "An FAQ bot that answers only what its owners wrote, and says so when it cannot."
EXAMPLES = """\
examples:
  faqbot chat
  faqbot ask "is ketamine an opioid?"
  faqbot ask --content my_shop/ "when do you open?"

`faqbot COMMAND --help` says more about a command.
"""


Item = TypeVar("Item")


class Call(NamedTuple):
    """One call of a command: what it was given, and the streams it reads and writes."""

    args: Namespace
    settings: Settings
    environment: Mapping[str, str]
    stdin: TextIO
    stdout: TextIO

    def say(self, text: str = "") -> None:
        """Write a line, at once, so that a reader at the other end of a pipe has it."""
        self.stdout.write(text + "\n")
        self.stdout.flush()


class Command(Protocol):
    """A module of this package."""

    __doc__: str | None

    def register(self, parser: ArgumentParser) -> None:
        """Give the parser of the command its arguments."""

    def run(self, call: Call) -> int:
        """Do the work and return the exit code; raises BotError."""


def main(argv: Sequence[str] | None = None, environment: Mapping[str, str] | None = None) -> int:
    """Run the command that the arguments name and return its exit code; every BotError ends here."""
    tolerate(sys.stdin, "surrogateescape")
    tolerate(sys.stdout, "replace")
    tolerate(sys.stderr, "replace")
    try:
        code = _run(sys.argv[1:] if argv is None else argv, os.environ if environment is None else environment)
        if sys.stdout:
            sys.stdout.flush()
        return code
    except BotError as error:
        print(error if isinstance(error, ContentError) else f"faqbot: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _mute()
        return PIPE_CLOSED
    except OSError as error:
        _mute()
        print(f"faqbot: cannot read or write: {error}", file=sys.stderr)
        return FAILED


def warn(warnings: Sequence[str]) -> None:
    """Tell an owner, beside the output, what is in force that may harm."""
    for warning in warnings:
        print(f"faqbot: {warning}", file=sys.stderr)


def keep_journal() -> None:
    """Have what happens while a command runs told on stderr, without a word of what anybody said."""
    import logging  # of commands that serve

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it tells URLs, which hold a subject


def watched(items: Iterable[Item], total: int, doing: str) -> Iterator[Item]:
    """The same items, with a bar on stderr where that is a terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(items, total=total, description=doing, console=Console(stderr=True))


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The rows as lines: names to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *figures in rows:
        right = (figure.rjust(width) for figure, width in zip(figures, widths[1:], strict=True))
        yield "  ".join((first.ljust(widths[0]), *right)).rstrip()


def age(typed: str) -> timedelta:
    """How long ago, as typed: 36h, 7d or 4w; raises ArgumentTypeError."""
    found = AGE.fullmatch(typed.strip().lower())
    if not found:
        raise ArgumentTypeError(f"{typed!r} is no age: write a number and h, d or w, such as 36h, 7d or 4w")
    return timedelta(**{AGES[found[2]]: int(found[1])})


def log_of(call: Call) -> Log:
    """The conversation log that the settings name; raises RecordError where there is none."""
    try:
        from bot.record import Log
    except ImportError as error:
        raise RecordError(f"the log needs an extra: pip install 'faqbot[web]' ({error})") from error
    return Log.existing(call.settings.database_url)


def handovers_of(call: Call) -> HandOvers | None:
    """Where conversations are handed over to; None where that is off. Raises SettingError, DeskError."""
    settings = call.settings
    if not settings.desk:
        return None
    from bot.desks import connect
    from bot.handover import HandOvers

    desk = connect(settings.desk, call.environment)
    return HandOvers(desk, redact=settings.handover_redact, alert=alert_of(call))


def alert_of(call: Call) -> Callable[[str, str], None] | None:
    """What mails whoever is on call, by the mail server of the desk `email`; None where nobody is."""
    address = call.settings.on_call
    if not address:
        return None
    from bot.desks import connect

    mails = connect("email", {**call.environment, "FAQBOT_EMAIL_TO": address})
    notify: Callable[[str, str], None] = mails.notify  # type: ignore[attr-defined]  # of that desk alone
    return notify


def tolerate(stream: TextIO | None, errors: str) -> None:
    """Let a stream pass what its encoding has no room for: rubbish in, or a narrow terminal, is no reason to stop."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors=errors)


def _mute() -> None:
    """Send what is left of the output nowhere: the interpreter would complain when it flushes at its end."""
    if isinstance(sys.stdout, TextIOWrapper):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def names() -> tuple[str, ...]:
    """The names of the commands, in the order of the alphabet."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def find(name: str) -> Command:
    """The command of that name."""
    return cast(Command, import_module(f"{__name__}.{name}"))


def _run(argv: Sequence[str], environment: Mapping[str, str]) -> int:
    top = _top_parser()
    args = top.parse_args(argv)
    if args.command is None:
        top.print_help(sys.stderr)
        return FAILED
    if args.command not in names():
        top.error(_unknown(args.command))
    command = find(args.command)
    parser = _command_parser(args.command, command)
    arguments = args.arguments
    del args.command, args.arguments
    args = parser.parse_args(arguments, args)
    settings = settle(vars(args), environment)
    # A stream that was closed before the start is None.
    return command.run(Call(args, settings, environment, sys.stdin or StringIO(), sys.stdout or StringIO()))


def _top_parser() -> ArgumentParser:
    parser = _Parser(
        prog="faqbot", usage=USAGE, description=ABOUT, epilog=EXAMPLES, formatter_class=RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action=_Version, help="print the version, and stop")
    add_flags(parser)
    parser.add_argument("command", metavar="COMMAND", nargs="?", help=SUPPRESS)
    parser.add_argument("arguments", metavar="...", nargs="...", help=SUPPRESS)
    return parser


def _command_parser(name: str, command: Command) -> ArgumentParser:
    summary, _, rest = (command.__doc__ or "").partition("\n")
    parser = ArgumentParser(
        prog=f"faqbot {name}", description=summary, epilog=rest.strip("\n"), formatter_class=RawDescriptionHelpFormatter
    )
    command.register(parser)
    add_flags(parser)
    return parser


def _unknown(name: str) -> str:
    from rapidfuzz import process

    nearest = process.extractOne(name, names(), score_cutoff=60)
    hint = f"did you mean {nearest[0]!r}?" if nearest else f"the commands are {', '.join(names())}"
    return f"there is no command {name!r}; {hint}"


class _Parser(ArgumentParser):
    """The parser of what stands before a command; its help lists the commands."""

    def format_help(self) -> str:
        summaries = {name: (find(name).__doc__ or "").partition("\n")[0] for name in names()}
        listed = "".join(f"  {name:<12}  {summary}\n" for name, summary in summaries.items())
        return super().format_help().replace("options:\n", f"commands:\n{listed}\noptions:\n", 1)


class _Version(Action):
    """Prints the version of the distribution, which is looked up only then."""

    def __init__(self, option_strings: Sequence[str], dest: str, **kwargs: Any) -> None:
        super().__init__(option_strings, dest, nargs=0, default=SUPPRESS, **kwargs)

    def __call__(self, parser: ArgumentParser, *_: Any) -> NoReturn:
        from importlib.metadata import PackageNotFoundError, version

        try:
            found = version("faqbot")
        except PackageNotFoundError:
            found = "(not installed: this is a checkout)"
        print(f"faqbot {found}")
        parser.exit(CLEAN)
