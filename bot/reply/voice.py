"""Decisions in the words of one knowledge base."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, zip_longest

from bot.decision import Answered, Asked, Declined, Part
from bot.dialogue import Act, Context
from bot.knowledge import SMALLTALK, KnowledgeBase, Source
from bot.knowledge.values import NONE_OF_THESE
from bot.matching import Match
from bot.reply.lifeline import Lifeline
from bot.reply.values import Choice, Reply

FEWEST_FOLLOW_UPS, FOLLOW_UPS = 2, 4
DECLINES = 2  # in a row, from which on a person is to take over
ASKED, DECLINED = "asked", "declined"  # why a person is to take over, alarms aside
OPEN_QUESTIONS = 3  # named, where a message holds more than are answered
NEAR_SHOWN = 2  # titles shown beside a decline


class Voice:
    """Puts decisions into the words of one knowledge base. Immutable."""

    def __init__(self, kb: KnowledgeBase, lifeline: Lifeline | None = None) -> None:
        self._kb = kb
        self._says = kb.voice
        self._lifeline = lifeline

    def answer(self, match: Match, context: Context, opening: str = "") -> Answered:
        """The entry of a matched intent; `opening` names the class that it speaks of, where that must be said."""
        entry = self._kb.entries[match.intent]
        lead = self.say("class_opening", name=opening) + " " if opening else ""
        return Answered(
            intent=match.intent,
            title=self._kb.title(match.intent),
            short=lead + self._spoken(entry.short),
            text=lead + self._spoken(entry.text),
            score=match.score,
            sources=tuple(Source(self._label(source.document), source.section) for source in entry.sources),
            closing=self._lifeline.filled(self.say(entry.closing), context) if self._lifeline else "",
        )

    def retold(self, part: Answered, act: Act) -> Answered:
        """An answer again, as somebody wants it: whole, shorter, or what it rests on."""
        match act:
            case Act.MORE:
                return replace(part, short=part.text)
            case Act.SHORTER:
                return replace(part, text=part.short)
            case Act.LOST:
                sources = self.retold(part, Act.SOURCES).text if part.sources else ""
                person = self.say("lost_line", contact=self.say("contact"))
                text = "\n\n".join(filter(None, (part.short, sources, person)))
                return replace(part, short=text, text=text, closing="")
            case Act.SOURCES | Act.SURE:
                said = self.say("sure_line") if act is Act.SURE else self.say("sources_line")
                text = "\n\n".join((said, "\n".join(self._source_lines(part))))
                return replace(part, short=text, text=text, closing="")
            case _:
                return part

    def _source_lines(self, part: Answered) -> Iterator[str]:
        """The documents of an answer, each with its sections."""
        documents = dict.fromkeys(source.document for source in part.sources)
        for document in documents:
            sections = "; ".join(source.section for source in part.sources if source.document == document)
            yield f"- {self.say('source_line', document=document, sections=sections)}"

    def ask(self, asked: Asked, key: str = "clarify") -> Asked:
        """A question back, with the titles to pick from."""
        only = asked.choices[0] if len(asked.choices) == 1 else ""
        if only and key == "clarify":
            return replace(asked, text=self.say("clarify_one", title=self._kb.title(only)))
        return replace(asked, text=self.say(key, count=str(len(asked.choices))))

    def decline(self, declined: Declined, context: Context, key: str = "decline") -> Declined:
        """A decline that says what is missing, how to reach a person, and what there is; never the last one again."""
        again = bool(context.declines % 2)
        about = self.say("decline_about", names=listed(declined.about)) if declined.about else ""
        missing = about or self.say("decline_again" if again and key == "decline" else key, example=self.example())
        person = self.say("person_first" if again else "person_line", contact=self.say("contact"))
        what = self.say("near_line") if declined.near else self.say("topics_line", topics=self.topics())
        lines = (person, missing, what) if again else (missing, person, what)
        near = declined.near[:NEAR_SHOWN]
        return replace(declined, near=near, text="\n\n".join(line for line in lines if line))

    def miss(self, names: Sequence[str], key: str = "decline_about") -> Declined:
        """A decline beside answers to other questions: only what is missing."""
        return Declined(about=tuple(names), text=self.say(key, names=listed(names)))

    def left(self, names: Sequence[str]) -> Declined:
        """What is said of the questions of a long message that are not answered yet: a few by name, then a count."""
        more = len(names) - OPEN_QUESTIONS
        counted = (self.say("too_many_more", count=str(more)),) if more > 0 else ()
        named = (*names[:OPEN_QUESTIONS], *counted)
        return Declined(about=tuple(names[:OPEN_QUESTIONS]), text=self.say("too_many", names=listed(named, "and")))

    def reply(
        self, parts: Sequence[Part], context: Context, handover: str | None = None, *, fresh: bool = False
    ) -> Reply:
        """Parts as a reply: with what can be picked or asked next, and what must be remembered.

        `fresh`: nothing is offered that was offered last. The second decline in a row hands over to a person.
        """
        answered = [part.intent for part in parts if isinstance(part, Answered)]
        told = context.remembering(answered)
        offered = self._offered(parts, answered, (*told, *context.choices) if fresh else told)
        declines = 0 if len(answered) or any(isinstance(part, Asked) for part in parts) else context.declines + 1
        factual = [part.intent if isinstance(part, Answered) else "" for part in parts if self._counts(part)]
        factual = factual if any(factual) else []
        remembered = replace(
            context,
            intents=self._remembered(tuple(factual), tuple(answered), context),
            choices=offered or context.choices,
            told=told,
            declines=declines,
            idle=0 if offered else context.idle,
        )
        wanted = next((ASKED for intent in answered if self._kb.entries[intent].handover), None)
        given_up = DECLINED if declines >= DECLINES else None
        choices = tuple(Choice(self.title(intent), intent) for intent in offered)
        return Reply(tuple(parts), choices, remembered, self._kb.hash, handover=handover or wanted or given_up)

    def _counts(self, part: Part) -> bool:
        """Whether a part has a place among the answers of a reply: small talk has none."""
        return not isinstance(part, Answered) or self._kb.intents[part.intent].topic != SMALLTALK

    def _remembered(self, factual: tuple[str, ...], answered: tuple[str, ...], context: Context) -> tuple[str, ...]:
        """The intents that "more" would be about: small talk does not change the subject, a decline drops it."""
        if factual or not answered:
            return factual
        return context.intents if context.intents and set(context.intents) <= set(self._kb.intents) else answered

    def _offered(self, parts: Sequence[Part], answered: Sequence[str], told: Sequence[str]) -> tuple[str, ...]:
        """What may be picked: what a part asks back, else follow-ups, else what comes near to a decline."""
        asked = dict.fromkeys(choice for part in parts if isinstance(part, Asked) for choice in part.choices)
        if asked:
            return (*asked, NONE_OF_THESE)
        if answered:
            return self._follow_ups(answered, told)
        return tuple(dict.fromkeys(near for part in parts if isinstance(part, Declined) for near in part.near))

    def _follow_ups(self, answered: Sequence[str], told: Sequence[str]) -> tuple[str, ...]:
        """The follow-ups of answers in turn, less what was told; others of their topics where these run out."""
        by_turn = zip_longest(*(self._kb.entries[intent].follow_ups for intent in answered))
        suggested = [intent for turn in by_turn for intent in turn if intent]
        fresh = [intent for intent in dict.fromkeys(suggested) if intent not in told]
        if suggested and not fresh:
            topics = dict.fromkeys(self._kb.intents[intent].topic for intent in answered)
            others = (one.id for topic in topics for one in self._kb.of_topic(topic) if one.id not in told)
            fresh = list(islice(others, FEWEST_FOLLOW_UPS))
        return tuple(fresh[:FOLLOW_UPS])

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

    def _spoken(self, text: str) -> str:
        """A text with the operator's contact line in its place."""
        return text.replace("{contact}", self.say("contact"))


def listed(names: Sequence[str], last: str = "or") -> str:
    """Names as a phrase: a, b or c."""
    return f"{', '.join(names[:-1])} {last} {names[-1]}" if len(names) > 1 else names[0]
