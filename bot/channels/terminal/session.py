"""A conversation at a terminal, without the terminal: a line in, a page out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

from rapidfuzz import process

from bot.channels.terminal import page, transcript
from bot.channels.terminal.transcript import Said
from bot.desks import Conversation
from bot.dialogue import Context, picked
from bot.engine import Bot
from bot.errors import DeskError, SettingError
from bot.handover import HandOvers, flags_of
from bot.reply import Reply, Voice, listed

COMMAND = re.compile(r"/([a-z?]*)", re.IGNORECASE)
COMMAND_WITH = re.compile(r"/([a-z?]+)\s+(\S.*)", re.IGNORECASE)
FEW = 3  # words after a command; with more it is a message
ALIKE = 50  # least likeness, 0 to 100, of a command that is suggested for a misspelt one
SEND = "send"  # what /person is followed by where nobody can be reached
MORE = "tell me more"  # what /more says


@dataclass(frozen=True, slots=True)
class Session:
    """The bot, and all that the next line is read in the light of."""

    bot: Bot
    context: Context
    message: str = ""  # said last; empty before the first
    before: Context = field(default_factory=Context)  # what it was said in
    reply: Reply | None = None  # given last
    said: tuple[Said, ...] = ()  # all of it, for a transcript
    past: Session | None = None  # as it stood before the last message
    full: bool = False  # whole answers at once
    handovers: HandOvers | None = None
    id: str = field(default="", compare=False)  # of the conversation, at random

    @property
    def voice(self) -> Voice:
        """The words that the bot has for itself."""
        return Voice(self.bot.kb)

    def with_bot(self, bot: Bot) -> Session:
        """The same conversation with another bot."""
        return self if bot is self.bot else replace(self, bot=bot)

    def kept(self, reply: Reply) -> str:
        """A reply as a transcript keeps it: what was shown, and by section what it rests on."""
        return page.kept(reply, self.voice, full=self.full)

    def shown(self, reply: Reply) -> str:
        """A reply as this conversation shows it."""
        return page.at_length(reply, self.voice) if self.full else page.brief(reply, self.voice)


class Turn(NamedTuple):
    """What a line comes to: the page to show (Markdown; it may be empty), and the session that goes on."""

    session: Session
    page: str = ""
    urgent: bool = False  # to be shown at once and plainly
    over: bool = False
    afresh: bool = False  # what was shown and typed before is to be forgotten


def begin(bot: Bot, *, full: bool = False, handovers: HandOvers | None = None) -> Turn:
    """The opening of a conversation: what the bot is, what it knows, and who has not reviewed it."""
    session = Session(bot, Context(region=bot.region), full=full, handovers=handovers, id=token_hex(16))
    voice = session.voice
    lines = (voice.say("greeting", topics=voice.topics()), voice.say("notice"), voice.say("chat_hint"))
    return Turn(session, "\n\n".join(line for line in lines if line))


def take(session: Session, line: str) -> Turn:
    """What a line comes to: a command of its own where it is one, else the bot's reply.

    A line that only begins like a command is a message, and so is one that raises an alarm: whoever types
    "/help he stopped breathing" is heard.
    """
    line = line.strip()
    if not line:
        return Turn(session)
    if found := COMMAND.fullmatch(line):
        return _commanded(session, found[1].lower())
    if (found := COMMAND_WITH.fullmatch(line)) and (turn := _with_argument(session, found[1].lower(), found[2])):
        return turn
    reply = session.bot.reply(line, session.context)
    following = replace(
        session, context=reply.context, message=line, before=session.context, reply=reply,
        said=(*session.said, Said(line, reply, session.kept(reply))), past=replace(session, said=()),
    )  # fmt: skip
    return Turn(following, session.shown(reply), urgent=reply.kind == "safety")


def topics(session: Session) -> Turn:
    """Every question that has an answer; from then on, a number picks one of them."""
    kb = session.bot.kb
    listed = tuple(intent.id for topic in kb.topics for intent in kb.of_topic(topic))
    following = replace(session, context=replace(session.context, choices=listed))
    return Turn(following, page.topics(kb))


def why(session: Session) -> Turn:
    """Why the last reply is what it is."""
    bot, voice = session.bot, session.voice
    if session.reply is None:
        return Turn(session, voice.say("why_nothing"))
    if picks := picked(session.message, session.before):
        return Turn(session, voice.say("why_picked", title=listed([voice.title(pick) for pick in picks], "and")))
    explained = bot.explain(session.message, session.before)
    return Turn(session, page.explanation(explained, session.reply, bot.kb, voice))


def sources(session: Session) -> Turn:
    """The sources of the last reply, by section."""
    listed = page.sources(session.reply, session.voice) if session.reply else ""
    return Turn(session, listed or session.voice.say("no_sources"))


def helped(session: Session) -> Turn:
    """The commands, and what each is for."""
    voice = session.voice
    lines = [f"- `/{name}` {voice.say(f'command_{name}')}".rstrip() for name in COMMANDS]
    return Turn(session, "\n\n".join(filter(None, (voice.say("help"), "\n".join(lines)))))


def leave(session: Session) -> Turn:
    """The end."""
    return Turn(session, over=True)


def more(session: Session) -> Turn:
    """The whole of the last answer."""
    if not session.context.intents:
        return Turn(session, session.voice.say("nothing_more"))
    return take(session, MORE)


def back(session: Session) -> Turn:
    """The reply before the last one, and what it offered; a flag, and what was told, stay."""
    past = session.past
    if past is None or past.reply is None:
        return Turn(session, session.voice.say("no_back"))
    now = session.context
    context = replace(past.context, flag=now.flag, refusals=now.refusals, told=now.told, region=now.region)
    earlier = replace(past, bot=session.bot, context=context, said=session.said)
    return Turn(earlier, session.shown(past.reply), urgent=past.reply.kind == "safety")


def save(session: Session, name: str = "") -> Turn:
    """Write the conversation to a file."""
    voice, path = session.voice, Path(name).expanduser()
    if path.suffix.lower() not in transcript.SUFFIXES or not name:
        return Turn(session, voice.say("save_how"))
    try:
        transcript.write(path, session.said)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return Turn(session, voice.say("save_failed", file=name, reason=reason))
    return Turn(session, voice.say("saved", file=name))


def region(session: Session, name: str = "") -> Turn:
    """Take a region's numbers from now on; without a name, say which there are."""
    voice, safety = session.voice, session.bot.kb.safety
    known = ", ".join(safety.regions) if safety else ""
    if not name:
        return Turn(session, voice.say("region_line", region=session.context.region or "–", regions=known))
    try:
        bot = session.bot.in_region(name)
    except SettingError:
        return Turn(session, voice.say("region_unknown", region=name, regions=known))
    context = replace(session.context, region=bot.region)
    return Turn(replace(session, bot=bot, context=context), voice.say("region_set", region=bot.region))


def person(session: Session, contact: str = "") -> Turn:
    """Pass the conversation on to a person; at first, say what that means."""
    voice = session.voice
    if session.handovers is None:
        return Turn(session, voice.say("person_none", contact=voice.say("contact")))
    if not session.said:
        return Turn(session, voice.say("person_nothing"))
    if not contact:
        return Turn(session, "\n\n".join((voice.say("consent"), voice.say("person_how"))))
    turns = tuple(turn for one in session.said for turn in transcript.turns(one))
    flags = flags_of(session.bot, turns, session.context.region)
    contact = "" if contact.lower() == SEND else contact
    name = f"{session.id} {len(session.said)} {contact}"
    try:
        reference = session.handovers.pass_on(
            Conversation(name, "terminal", turns, flags[0] if flags else "asked", flags, contact)
        )
    except DeskError:
        return Turn(session, voice.say("handover_failed", contact=voice.say("contact")))
    return Turn(session, voice.say("person_sent", reference=reference))


def clear(session: Session) -> Turn:
    """A fresh start, as for another person."""
    return begin(session.bot, full=session.full, handovers=session.handovers)._replace(afresh=True)


COMMANDS: Mapping[str, Callable[[Session], Turn]] = {
    "why": why,
    "sources": sources,
    "topics": topics,
    "more": more,
    "back": back,
    "save": save,
    "region": region,
    "person": person,
    "clear": clear,
    "help": helped,
    "quit": leave,
}
WITH_ARGUMENT: Mapping[str, Callable[[Session, str], Turn]] = {"save": save, "region": region, "person": person}
ALIASES = {"": "help", "?": "help", "exit": "quit", "q": "quit"}


def _with_argument(session: Session, name: str, argument: str) -> Turn | None:
    """What a command with words behind it comes to; None where the line is a message."""
    name = ALIASES.get(name, name)
    file = name == "save" and Path(argument).suffix.lower() in transcript.SUFFIXES
    if name not in COMMANDS or (len(argument.split()) > FEW and not file):
        return None
    if session.bot.alarm(f"/{name} {argument}"):
        return None
    if session.bot.alarm(argument):  # the command's own word can hide it: "save"
        return take(session, argument)
    if name in WITH_ARGUMENT:
        return WITH_ARGUMENT[name](session, argument)
    voice = session.voice
    return Turn(session, voice.say("command_alone", command=f"/{name}", what=voice.say(f"command_{name}")))


def _commanded(session: Session, name: str) -> Turn:
    name = ALIASES.get(name, name)
    if name in COMMANDS:
        return COMMANDS[name](session)
    voice = session.voice
    nearest = process.extractOne(name, list(COMMANDS), score_cutoff=ALIKE)
    if nearest:
        return Turn(session, voice.say("unknown_command_near", command=f"/{name}", nearest=f"/{nearest[0]}"))
    return Turn(session, voice.say("unknown_command", command=f"/{name}"))
