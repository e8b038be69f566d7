"""Decisions in the words of one knowledge base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.decision import Answered, Asked, Declined, Part
from bot.dialogue import Context
from bot.knowledge import KnowledgeBase, Source
from bot.knowledge.values import NONE_OF_THESE
from bot.matching import Match
from bot.reply.lifeline import Lifeline
from bot.reply.values import Choice, Reply

FOLLOW_UPS = 4
NEAR_SHOWN = 2  # titles shown beside a decline


class Voice:
    """Puts decisions into the words of one knowledge base. Immutable."""

    def __init__(self, kb: KnowledgeBase, lifeline: Lifeline | None = None) -> None:
        self._kb = kb
        self._says = kb.voice
        self._lifeline = lifeline

    def answered(self, match: Match, opening: str, context: Context) -> Reply:
        """The entry of a matched intent; `opening` names the class that it speaks of, where that must be said."""
        kb, entry = self._kb, self._kb.entries[match.intent]
        lead = self.say("class_opening", name=opening) + " " if opening else ""
        part = Answered(
            intent=match.intent,
            title=kb.title(match.intent),
            short=lead + self._spoken(entry.short),
            text=lead + self._spoken(entry.text),
            score=match.score,
            sources=tuple(Source(self._label(source.document), source.section) for source in entry.sources),
            closing=self._lifeline.filled(self.say(entry.closing), context) if self._lifeline else "",
        )
        told = context.remembering((match.intent,))
        offered = tuple(intent for intent in entry.follow_ups if intent not in told)[:FOLLOW_UPS]
        remembered = replace(context, intents=(match.intent,), choices=offered, told=told)
        return self._reply(part, offered, remembered)

    def asked(self, asked: Asked, context: Context) -> Reply:
        """A question back, with the titles to pick from."""
        part = replace(asked, text=self.say("clarify"))
        offered = (*asked.choices, NONE_OF_THESE)
        return self._reply(part, offered, replace(context, intents=(), choices=offered))

    def declined(self, declined: Declined, context: Context, key: str = "decline") -> Reply:
        """A decline that says what is missing, how to reach a person, and what there is."""
        offered = declined.near[:NEAR_SHOWN]
        about = self.say("decline_about", names=_listed(declined.about)) if declined.about else ""
        lines = [
            about or self.say(key, example=self.example()),
            self.say("person_line", contact=self.say("contact")),
            self.say("near_line") if offered else self.say("topics_line", topics=self.topics()),
        ]
        part = replace(declined, text="\n\n".join(line for line in lines if line))
        return self._reply(part, offered, replace(context, intents=(), choices=offered))

    def say(self, key: str, **values: str) -> str:
        """A line of bot.yaml with {names} replaced by plain substitution; empty where there is none."""
        line = self._says.get(key, "")
        for name, value in values.items():
            line = line.replace("{" + name + "}", value)
        return line

    def topics(self) -> str:
        """The titles of the topics as one phrase."""
        return "; ".join(topic.title for topic in self._kb.topics.values())

    def example(self) -> str:
        """A question that the base answers, by its title; empty for a base without intents."""
        return next((intent.title for intent in self._kb.intents.values()), "")

    def title(self, choice: str) -> str:
        """What a person taps for an intent, or for none of those offered."""
        return self.say(NONE_OF_THESE) if choice == NONE_OF_THESE else self._kb.title(choice)

    def _label(self, document: str) -> str:
        known = self._kb.documents.get(document)
        return known.label if known else document

    def _reply(self, part: Part, offered: Sequence[str], context: Context) -> Reply:
        choices = tuple(Choice(self.title(intent), intent) for intent in offered)
        return Reply(parts=(part,), choices=choices, context=context, kb=self._kb.hash)

    def _spoken(self, text: str) -> str:
        """A text with the operator's contact line in its place."""
        return text.replace("{contact}", self.say("contact"))


def _listed(names: Sequence[str]) -> str:
    """Names as a phrase: a, b or c."""
    return ", ".join(names[:-1]) + " or " + names[-1] if len(names) > 1 else names[0]
