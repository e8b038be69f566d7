"""Look after a help desk: check the connection, see what waits, try again, work through it.

`check` opens a ticket, writes a note and a reply, reads them back, closes it, and says what is missing. `status` shows
what waits and what is parked after 8 tries; `retry` has that tried anew. `faqbot serve` works through the queue of the
desk that FAQBOT_DESK names; `work` does so without serving. With --dry-run it writes nothing anywhere: it shows what it
would do about the messages of the last --since.

examples:
  faqbot desk check rt
  faqbot desk check rt --wait 60
  faqbot desk status
  faqbot desk retry rt
  faqbot desk work rt --dry-run --since 7d
"""

from __future__ import annotations

import secrets
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from signal import SIG_BLOCK, SIGINT, SIGTERM, pthread_sigmask, sigwait
from typing import TYPE_CHECKING

from bot.cli import CLEAN, FINDINGS, Call, age, alert_of, aligned, keep_journal
from bot.desks import Conversation, Desk, HelpDesk, Said, connect, key_of, names
from bot.engine import Bot
from bot.errors import DeskError, RecordError, SettingError
from bot.settings import DATABASE_SETTING, HANDOVER_SETTINGS, TRIAGE_SETTINGS, add_flags

if TYPE_CHECKING:
    from bot.record.inbox import Inbox

VERBS = ("check", "status", "retry", "work")
ENDS = (SIGTERM, SIGINT)
USUAL = "1d"
ON_CALL = tuple(setting for setting in HANDOVER_SETTINGS if setting.name == "on_call")
SETTLED = 2.0  # seconds after which a poll that found something has said that it was one
SHOWN = 60  # characters of a message that --dry-run shows


def register(parser: ArgumentParser) -> None:
    """Take what to do, and with which desk."""
    parser.add_argument("verb", choices=VERBS, metavar="check|status|retry|work", help="what to do")
    parser.add_argument("name", nargs="?", metavar="NAME", help=f"{', '.join(names())}; else what FAQBOT_DESK names")
    parser.add_argument(
        "--wait", type=int, default=0, metavar="SECONDS", help="check: wait for the desk to tell of a mail"
    )
    parser.add_argument("--dry-run", action="store_true", help="work: write nothing, and show what would be done")
    parser.add_argument("--since", type=age, default=USUAL, metavar="AGE", help=f"work --dry-run: 36h, 7d; {USUAL}")
    add_flags(parser, (*ON_CALL, *TRIAGE_SETTINGS), "the help desk")
    add_flags(parser, DATABASE_SETTING, "the log")


def run(call: Call) -> int:
    """Do it."""
    name = call.args.name or call.settings.desk
    if call.args.verb == "status":
        return _status(call)
    if not name:
        raise SettingError(f"name a desk: one of {', '.join(names())}")
    desk = connect(name, call.environment)
    try:
        return _with(call, desk)
    finally:
        if isinstance(desk, HelpDesk):
            desk.close()


def _with(call: Call, desk: Desk) -> int:
    if call.args.verb == "check":
        return _check(call, desk)
    if not isinstance(desk, HelpDesk):
        raise DeskError(f"the desk {desk.name} takes tickets, and tells of nothing: there is no queue")
    if call.args.verb == "retry":
        with _inbox(call) as inbox:
            call.say(f"{inbox.retry(desk.name)} tried anew")
        return CLEAN
    return _dry(call, desk) if call.args.dry_run else _work(call, desk)


def _check(call: Call, desk: Desk) -> int:
    """Write a ticket, a note and a reply; say what is missing."""
    missing = list(desk.missing()) if isinstance(desk, HelpDesk) else []
    if not missing:
        said = (Said("customer", "This is a check by faqbot desk check. Nobody has to do anything."),)
        ticket = desk.open_ticket(Conversation(secrets.token_hex(8), "check", said))
        call.say(f"ticket {ticket}: written")
        if isinstance(desk, HelpDesk):
            missing = list(_tried(call, desk, ticket))
    for one in missing:
        call.say(f"missing: {one}")
    if not missing and call.args.wait:
        missing = [] if _heard(call, desk) else ["it told of nothing"]
    call.say("something is missing" if missing else f"the desk {desk.name} can be used")
    return FINDINGS if missing else CLEAN


def _tried(call: Call, desk: HelpDesk, ticket: str) -> Iterator[str]:
    """What turns out to be missing when a ticket is written to."""
    keys = {kind: key_of("check", ticket, kind) for kind in ("note", "reply")}
    for kind, write in (("note", desk.add_note), ("reply", desk.reply)):
        try:
            write(ticket, f"This {kind} was written by faqbot desk check.", keys[kind])
            call.say(f"{kind}: written")
        except DeskError as error:
            yield f"the right to write a {kind}: {error}"
    try:
        found = desk.get(ticket)
        for kind, key in keys.items():
            message = next((one for one in found.messages if key in one.text), None)
            if message is None:
                yield f"the {kind} cannot be read back: may the account see notes?"
            elif message.author != "bot":
                yield f"the {kind} is taken for one by the {message.author}: FAQBOT_{desk.name.upper()}_USER is another"
            elif message.internal != (kind == "note"):
                yield f"the {kind} is {'internal' if message.internal else 'public'}: check how the desk is set up"
        desk.set_status(ticket, "solved")
        call.say("read back, and closed")
    except DeskError as error:
        yield f"the right to read and to close a ticket: {error}"


def _heard(call: Call, desk: Desk) -> bool:
    """Whether the desk tells of a mail that somebody writes now; what a poll finds meanwhile was not told."""
    began, ends = datetime.now(UTC), time.monotonic() + call.args.wait
    call.say(f"Write to the desk as a customer now, with faqbot serve running; waiting {call.args.wait} s …")
    with _inbox(call) as inbox:
        polled = inbox.polled(desk.name)
        while time.monotonic() < ends:
            heard = inbox.heard_since(desk.name, began)
            time.sleep(SETTLED if heard else 0.5)  # a poll says that it was one after what it found
            if polled != (polled := inbox.polled(desk.name)):
                began = datetime.now(UTC)
            elif heard:
                call.say("it was told: the desk reaches faqbot")
                return True
    call.say(
        "missing: nothing was told. Did a ticket appear? If not, the desk refused the mail (RT: may Everyone "
        "CreateTicket and ReplyToTicket there?). If it did: is the scrip (or the app) installed, is its address right, "
        "does the secret fit, and do faqbot serve and this command use the same log? The desk's own log says more."
    )
    return False


def _status(call: Call) -> int:
    """Show what waits; findings where something is parked."""
    with _inbox(call) as inbox:
        counts = inbox.counts()
        if not counts:
            call.say("No desk has told of anything yet.")
            return CLEAN
        head = ("desk", "waiting", "done", "parked", "oldest that waits", "asked until")
        rows = (
            (one.desk, str(one.waiting), str(one.done), str(one.parked), _at(one.oldest), _at(one.polled))
            for one in counts
        )
        for line in aligned([head, *rows]):
            call.say(line)
        parked = [(one.desk, row) for one in counts for row in inbox.parked(one.desk)]
    for name, row in parked:
        call.say(f"parked: {name}, ticket {row['ticket']}, {row['delivery']} of {_at(row['received'])}: {row['error']}")
    if parked:
        call.say("Mend the cause, then run faqbot desk retry NAME.")
    return FINDINGS if parked else CLEAN


def _dry(call: Call, desk: HelpDesk) -> int:
    """Show what would be done about the messages of the last while."""
    from bot.triage import READ, Policy, planned

    bot, policy = _bot(call), Policy.of(call.settings.desk_answers, safety_replies=call.settings.safety_replies)
    now: datetime = datetime.now(UTC)
    since: datetime = now - timedelta(seconds=call.args.since.total_seconds())
    for name in desk.changed_since(since):
        ticket = desk.get(name)
        for message in ticket.messages:
            if message.author not in READ or (message.time and message.time < since):
                continue
            plan = planned(bot, ticket, message.id, policy, (), now, desk=desk.name)
            call.say(f"ticket {name}, {message.author}: {' '.join(message.text.split())[:SHOWN]!r}: {plan.why}")
            for write in plan.writes:
                call.say(f"  {'PUBLIC' if write.public else 'note'}:\n" + _indented(write.text))
    return CLEAN


def _work(call: Call, desk: HelpDesk) -> int:
    """Work through the queue until a signal ends it."""
    from bot.triage import Policy
    from bot.triage.work import Clerk, Workers

    keep_journal()
    bot, settings = _bot(call), call.settings
    policy = Policy.of(settings.desk_answers, safety_replies=settings.safety_replies)
    pthread_sigmask(SIG_BLOCK, ENDS)  # of every thread: the one that waits for them gets them
    with _inbox(call) as inbox:
        workers = Workers(
            Clerk(lambda: bot, desk, inbox, policy, settings.secret or secrets.token_hex(32), alert_of(call))
        )
        workers.start()
        call.say(f"faqbot works for the desk {desk.name}")
        sigwait(ENDS)
        workers.stop()
    return CLEAN


def _bot(call: Call) -> Bot:
    return Bot.load(call.settings.content, region=call.settings.region, cache=call.settings.cache)


def _inbox(call: Call) -> Inbox:
    try:
        from bot.record.inbox import Inbox
    except ImportError as error:
        raise RecordError(f"the queue needs an extra: pip install 'faqbot[web,desks]' ({error})") from error
    return Inbox.open(call.settings.database_url)


def _at(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else "-"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())
