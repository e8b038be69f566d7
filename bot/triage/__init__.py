"""What is done about a message in a ticket: suggest, answer, warn, or keep quiet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from bot.decision import Alarmed, Answer, Answered, Asked
from bot.desks import Event, Message, Ticket, key_of, marks, may_answer
from bot.dialogue import Context
from bot.engine import Bot
from bot.knowledge import SMALLTALK
from bot.knowledge.rules import ALARMS
from bot.mail import from_machine, newly_written, unquoted
from bot.matching import Match
from bot.reply import Reply
from bot.triage.words import Suggestion, answer_text, danger_note, nothing_note, rescue_text, suggestion_note

READ = ("customer", "agent")  # authors whose messages are events
CALL = "@faqbot"  # begins a note of an agent that asks the bot
SUGGESTED = 3  # answers in a note
MOST_NOTES = 10  # suggestions in a ticket
MOST_FOR_SENDER = 20  # things that are written because of one sender in an hour
HOUR = timedelta(hours=1)
HAND_OVER = ("Asked: ", "*** URGENT")  # how a ticket of ours begins, which may have come by mail

WriteKind = Literal["note", "answer", "rescue", "danger", "told"]
Row = Mapping[str, Any]  # as Inbox.written gives them


@dataclass(frozen=True, slots=True)
class Policy:
    """What an operator allows."""

    answers: frozenset[tuple[str, str]] = frozenset()  # queues and topics that are answered in public
    safety_replies: bool = True

    @classmethod
    def of(cls, answers: Sequence[str], *, safety_replies: bool) -> Policy:
        """What settings allow: pairs of QUEUE:TOPIC, and whether somebody in danger is answered."""
        pairs = (pair.rpartition(":") for pair in answers)
        return cls(frozenset((queue.strip(), topic.strip()) for queue, _, topic in pairs), safety_replies)


class Write(NamedTuple):
    """A text for a ticket. `kind`: note (suggestion), answer, rescue (public, to somebody in danger), danger, told."""

    kind: WriteKind
    text: str
    key: str
    intents: tuple[str, ...] = ()

    @property
    def public(self) -> bool:
        """Whether the customer sees it."""
        return self.kind in ("answer", "rescue")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done about a message; nothing, where all of it is empty."""

    escalate: tuple[str, ...] = ()  # tags that the ticket gets, with the highest priority
    writes: tuple[Write, ...] = ()
    alert: tuple[str, str] | None = None  # subject and text for whoever is on call
    why: str = ""  # in a few words, for --dry-run


def planned(
    bot: Bot, ticket: Ticket, delivery: str, policy: Policy, written: Sequence[Row], now: datetime, *,
    desk: str = "", for_sender: int = 0,
) -> Plan:  # fmt: skip
    """What is to be done about the message of a delivery. Pure: what was written before comes in.

    `written`: what the bot has written, or was about to, in the ticket; `for_sender`: how much because of this sender
    in the last hour.
    """
    at = next((at for at, message in enumerate(ticket.messages) if message.id == delivery), None)
    if at is None:
        return Plan(why="the message is no longer there")
    message = ticket.messages[at]
    given = _Given(bot, ticket, message, at == 0, policy, written, now, desk, for_sender)
    match message.author:
        case "customer":
            return given.for_customer()
        case "agent":
            return given.for_agent()
        case _:
            return Plan(why=f"written by the {message.author}")


@dataclass(frozen=True, slots=True)
class _Given:
    bot: Bot
    ticket: Ticket
    message: Message
    first: bool
    policy: Policy
    written: Sequence[Row]
    now: datetime
    desk: str
    for_sender: int

    def for_customer(self) -> Plan:
        """What a customer's message comes to: danger first."""
        read = unquoted(self.message.text)
        if self.first and read.startswith(HAND_OVER) and marks(self.message.text):
            return Plan(why="a hand-over of the bot itself")
        context = Context(region=self.bot.region)
        rescue = self.bot.rescued(read, context)
        if rescue and (categories := _dangers(rescue)):
            return self._in_danger(rescue, categories)
        if self.message.auto or from_machine(self.message.sender):
            return Plan(why="written by a machine")
        asked = newly_written(self.message.text)
        if rescue or not asked:
            return Plan(why="it is refused" if rescue else "it says nothing new")
        if self.for_sender >= MOST_FOR_SENDER:
            return Plan(why=f"{MOST_FOR_SENDER} things were written for this sender within the hour")
        return self._asked(asked, context)

    def _asked(self, asked: str, context: Context) -> Plan:
        reply = self.bot.reply(asked, context)
        parts = self._substance(reply)
        answers = [part for part in parts if isinstance(part, Answered)]
        if not answers or reply.resources:  # distress may speak out of it: a person reads that
            return Plan(why="nothing is sure enough")
        intents = tuple(part.intent for part in answers)
        if len(answers) == len(parts) and self._opted_in(intents) and self._may_answer():
            key = self._key("answer")
            text = answer_text(self.bot.kb, answers, key)
            return Plan(writes=(Write("answer", text, key, intents),), why="answered")
        if sum(row["kind"] == "note" for row in self.written) >= MOST_NOTES:
            return Plan(why=f"{MOST_NOTES} notes were written in this ticket")
        return self._note("note", self._suggestions(asked, context))

    def for_agent(self) -> Plan:
        """What an agent's message comes to: only a note that asks the bot gets anything."""
        text = unquoted(self.message.text)
        if not self.message.internal or not text.lower().startswith(CALL):
            return Plan(why="an agent has it")
        question = text[len(CALL) :].strip(" :,\n")
        context = Context(region=self.bot.region)
        rescue = self.bot.rescued(question, context)
        found = [] if rescue or not question else self._suggestions(question, context, sure=False)
        if found:
            return self._note("told", found)
        refused = rescue.text if rescue else ""
        return Plan(writes=(Write("told", nothing_note(refused), self._key("told")),), why="an agent asked")

    def _in_danger(self, rescue: Reply, categories: tuple[str, ...]) -> Plan:
        """Warn agents and whoever is on call; answer where that is allowed, and not a machine."""
        machine = self.message.auto or from_machine(self.message.sender)
        lately = any(row["kind"] == "rescue" and row["time"] > self.now - HOUR for row in self._earlier("rescue"))
        answered = self.policy.safety_replies and not machine and not lately
        note = Write("danger", danger_note(categories, rescue.text if answered else ""), self._key("danger"))
        public = Write("rescue", rescue_text(rescue), self._key("rescue"))
        named = ", ".join(categories).replace("_", " ")
        alert = (f"URGENT: possible {named} in ticket {self.ticket.id}", f"Please look at ticket {self.ticket.id} now.")
        return Plan(("faqbot", *categories), (public, note) if answered else (note,), alert, f"possible {named}")

    def _earlier(self, kind: WriteKind) -> list[Row]:
        """What was written of a kind because of other messages."""
        return [row for row in self.written if row["kind"] == kind and row["key"] != self._key(kind)]

    def _may_answer(self) -> bool:
        """Whether the guard lets a public answer through, by what the ticket itself shows and by what we know."""
        message = self.message
        others = [one for one in self.ticket.messages if one.author == "agent" and not _asks_bot(one)]
        ours = [one for one in self.ticket.messages[1:] if one.author == "bot" and not one.internal]
        rescues = sum(row["kind"] == "rescue" for row in self.written)
        mine = any(self._key("answer") in marks(one.text) for one in ours)
        answered = max(len(self._earlier("answer")), len(ours) - rescues - mine)
        later = [one for one in self.ticket.messages if one.author == "customer"][-1].id != message.id
        event = Event("created" if self.first else "message", self.ticket.id, message.author, auto=message.auto)
        return not later and may_answer(event, answered=answered, human=bool(others or self.ticket.owner))

    def _opted_in(self, intents: Sequence[str]) -> bool:
        topics = {self.bot.kb.intents[intent].topic for intent in intents}
        return all((self.ticket.queue, topic) in self.policy.answers for topic in topics)

    def _substance(self, reply: Reply) -> list[Any]:
        """The parts of a reply, small talk aside."""
        kb = self.bot.kb
        return [p for p in reply.parts if not (isinstance(p, Answered) and kb.intents[p.intent].topic == SMALLTALK)]

    def _suggestions(self, asked: str, context: Context, *, sure: bool = True) -> list[Suggestion]:
        """Curated answers to a question, best first; where it need not be sure, those that may be meant, too."""
        considered, _ = self.bot.considered(asked, context)
        matches: list[Match] = []
        for one in considered:
            if isinstance(one.decision, Answer):
                matches.append(one.decision.match)
            elif isinstance(one.decision, Asked) and not sure:
                by_intent = {weighed.match.intent: weighed.match for weighed in one.weighed}
                matches += [by_intent[choice] for choice in one.decision.choices if choice in by_intent]
        kb = self.bot.kb
        wanted = {match.intent: match for match in matches if kb.intents[match.intent].topic != SMALLTALK}
        found = []
        for intent, match in list(wanted.items())[:SUGGESTED]:
            part = self.bot.tell(intent, context).parts[0]
            if isinstance(part, Answered):
                found.append(Suggestion(replace(part, score=match.score), match.phrasing))
        return found

    def _note(self, kind: WriteKind, suggestions: list[Suggestion]) -> Plan:
        if not suggestions:
            return Plan(why="nothing is sure enough")
        intents = tuple(one.part.intent for one in suggestions)
        note = Write(kind, suggestion_note(suggestions), self._key(kind), intents)
        return Plan(writes=(note,), why="suggested" if kind == "note" else "an agent asked")

    def _key(self, kind: str) -> str:
        return key_of(kind, self.desk, self.ticket.id, self.message.id)


def _dangers(reply: Reply) -> tuple[str, ...]:
    """The categories of danger that a reply of safety speaks to."""
    found = [part.category for part in reply.parts if isinstance(part, Alarmed)]
    return tuple(category for category in found if category in ALARMS or reply.urgent)


def _asks_bot(message: Message) -> bool:
    return message.internal and unquoted(message.text).lower().startswith(CALL)
