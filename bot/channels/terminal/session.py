"""A conversation at a terminal, without the terminal: a line in, a page out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from rapidfuzz import process

from bot.channels.terminal import page
from bot.dialogue import Context, picked
from bot.engine import Bot
from bot.reply import Reply, Voice, listed

COMMAND = re.compile(r"/([a-z?]*)", re.IGNORECASE)
ALIKE = 50  # least likeness, 0 to 100, of a command that is suggested for a misspelt one


@dataclass(frozen=True, slots=True)
class Session:
    """The bot, and all that the next line is read in the light of."""

    bot: Bot
    context: Context
    message: str = ""  # said last; empty before the first
    before: Context = field(default_factory=Context)  # what it was said in
    reply: Reply | None = None  # given last

    @property
    def voice(self) -> Voice:
        """The words that the bot has for itself."""
        return Voice(self.bot.kb)


class Turn(NamedTuple):
    """What a line comes to: the page to show (Markdown; it may be empty), and the session that goes on."""

    session: Session
    page: str = ""
    urgent: bool = False  # to be shown at once and plainly
    over: bool = False


def begin(bot: Bot) -> Turn:
    """The opening of a conversation: what the bot is, what it knows, and who has not reviewed it."""
    session = Session(bot, Context(region=bot.region))
    voice = session.voice
    lines = (voice.say("greeting", topics=voice.topics()), voice.say("notice"), voice.say("chat_hint"))
    return Turn(session, "\n\n".join(line for line in lines if line))


def take(session: Session, line: str) -> Turn:
    """What a line comes to: a command of its own where it is one, else the bot's reply.

    A line that only begins like a command is a message: whoever types "/help he stopped breathing" is heard.
    """
    line = line.strip()
    if not line:
        return Turn(session)
    if found := COMMAND.fullmatch(line):
        return _commanded(session, found[1].lower())
    reply = session.bot.reply(line, session.context)
    following = replace(session, context=reply.context, message=line, before=session.context, reply=reply)
    return Turn(following, page.brief(reply, session.voice), urgent=reply.kind == "safety")


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


COMMANDS: Mapping[str, Callable[[Session], Turn]] = {
    "topics": topics,
    "why": why,
    "sources": sources,
    "help": helped,
    "quit": leave,
}
ALIASES = {"": "help", "?": "help", "exit": "quit", "q": "quit"}


def _commanded(session: Session, name: str) -> Turn:
    name = ALIASES.get(name, name)
    if name in COMMANDS:
        return COMMANDS[name](session)
    voice = session.voice
    nearest = process.extractOne(name, list(COMMANDS), score_cutoff=ALIKE)
    if nearest:
        return Turn(session, voice.say("unknown_command_near", command=f"/{name}", nearest=f"/{nearest[0]}"))
    return Turn(session, voice.say("unknown_command", command=f"/{name}"))
