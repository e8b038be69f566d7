"""One knowledge base as it is served: the bot, and all that is made from its base once."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from bot.channels.web.markup import html
from bot.decision import Answered
from bot.dialogue import Context
from bot.engine import Bot
from bot.knowledge import SMALLTALK
from bot.record import Outcome, outcome_of, turn_of
from bot.reply import Choice, Reply, Voice
from bot.safety import resources
from bot.text import words
from bot.understanding import Understood

JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
SHOWN = 5  # suggestions
LEAST_TYPED = 2  # characters, before which everything begins like it
ALIKE = 78  # least likeness, 0 to 100, of what was typed to the beginnings of a title's words
KEPT = 1000  # answers that are kept ready
LONGEST_KEPT = 200  # characters of a question whose answer is kept
WIDGET = "widget_"  # begins the lines of bot.yaml that the widget shows


@dataclass(slots=True)
class Given:
    """A reply to a message (empty for a click), with how its questions were weighed.

    What does not change from one time that it is given to the next is made once.
    """

    message: str
    reply: Reply
    asked: tuple[Understood, ...] = ()
    outcome: Outcome | None = None
    encoded: str = ""

    def sent(self, turn: str, token: str, *, reset: bool) -> str:
        """The reply as JSON: that of `Reply.to_dict`, with HTML, its turn, and what it remembers as a token."""
        self.encoded = self.encoded or JSON.encode(envelope(self.reply))
        return self.encoded[:-1] + f',"turn":"{turn}","context":"{token}","context_reset":{str(reset).lower()}}}'

    def noted(self, channel: str, *, refusals: bool) -> Outcome:
        """What is written down of it."""
        if self.outcome is None:
            self.outcome = outcome_of(turn_of("", channel, self.message, self.reply, self.asked, refusals=refusals))
        return self.outcome


class Content:
    """A bot and what is shown of its base. Never changed: a reload makes another."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.kb = bot.kb
        self.voice = Voice(bot.kb)
        self.topics = self._all_topics()
        self.faq_page = self._linked_data()
        self._titles = [
            (Choice(one["title"], one["intent"]), list(words(one["title"])))
            for topic in self.topics["topics"] for one in topic["intents"]
        ]  # fmt: skip
        self._given: OrderedDict[tuple[str, Context], Given] = OrderedDict()

    def region(self, name: object) -> str | None:
        """The id of a region that goes by that name; None where there is none."""
        if not isinstance(name, str) or self.kb.safety is None:
            return None
        return self.kb.safety.region_id(name)

    def fresh(self, region: str) -> Context:
        """The context of a conversation that begins."""
        return Context(region=region or self.bot.region)

    def resources(self, region: str = "") -> list[Mapping[str, str]]:
        """The numbers of a region, as data; none where the alarms are off."""
        if self.kb.safety is None:
            return []
        return list(resources(self.kb.safety.region(region or self.bot.region)))

    def given(self, message: str, context: Context) -> Given:
        """The reply to a message. Answers to short questions are kept for whoever asks the same in the same words.

        What is declined or raises an alarm is not kept, nor is anything in a flagged conversation.
        """
        key = (message, context)
        if known := self._given.get(key):
            return known
        asked, reply = self.bot.considered(message, context)
        given = Given(message, reply, asked)
        if reply.kind == "answer" and not context.flag and len(message) <= LONGEST_KEPT:
            self._given[key] = given
            if len(self._given) > KEPT:
                self._given.popitem(last=False)
        return given

    def suggest(self, typed: str) -> list[Choice]:
        """The questions whose titles hold the typed words or their beginnings, best first; none after an alarm."""
        begun = words(typed)
        if len(typed.strip()) < LEAST_TYPED or not begun:
            return []
        if self.bot.rescued(typed, self.fresh("")):
            return []
        scored = ((_likeness(begun, title), -at, choice) for at, (choice, title) in enumerate(self._titles))
        return [choice for _, _, choice in sorted((one for one in scored if one[0] >= ALIKE), reverse=True)[:SHOWN]]

    def _all_topics(self) -> dict[str, Any]:
        """Every topic with its questions, small talk aside."""
        return {
            "kb": self.kb.hash,
            "topics": [
                {
                    "id": topic.id, "title": topic.title,
                    "intents": [{"title": one.title, "intent": one.id} for one in self.kb.of_topic(topic.id)],
                }
                for topic in self.kb.topics.values() if topic.id != SMALLTALK
            ],
        }  # fmt: skip

    def entry(self, intent: str) -> dict[str, Any] | None:
        """The answer to a question; None for an unknown intent."""
        known = self.kb.intents.get(intent)
        if not known:
            return None
        told = self.bot.tell(intent)
        part, entry = told.parts[0], self.kb.entries[intent]
        assert isinstance(part, Answered)  # noqa: S101 - what `tell` gives
        return {
            "intent": intent, "topic": known.topic, "title": known.title, "short": part.short, "text": part.text,
            "html": html(part.text, part.closing),
            "sources": [source._asdict() for source in part.sources],
            "follow_ups": [choice._asdict() for choice in told.choices],
            "reviewed": entry.reviewed is not None,
        }  # fmt: skip

    def _linked_data(self) -> bytes:
        """The base as a FAQPage of schema.org (JSON-LD)."""
        questions = [
            {
                "@type": "Question", "name": one["title"],
                "acceptedAnswer": {"@type": "Answer", "text": self.entry(one["intent"])["html"]},  # type: ignore[index]
            }
            for topic in self.topics["topics"] for one in topic["intents"]
        ]  # fmt: skip
        page = {"@context": "https://schema.org", "@type": "FAQPage", "mainEntity": questions}
        return json.dumps(page, ensure_ascii=False, indent=1).encode()

    def _greeting(self) -> str:
        """The greeting, its topics below each other."""
        before, _, after = self.voice.say("greeting").partition("{topics}")
        topics = (f"• {topic['title']}" for topic in self.topics["topics"])
        return "\n".join((before.strip(), *topics, after.lstrip(" .,;"))) if after else before

    def widget(self, region: str, *, feedback: bool, handover: bool) -> str:
        """What the widget has to know before it can reach the service: its words, and whom to call (JSON)."""
        said = {key.removeprefix(WIDGET): line for key, line in self.kb.voice.items() if key.startswith(WIDGET)}
        said |= {key: self.voice.say(key) for key in ("notice", "contact")}
        said["greeting"] = self._greeting()
        given = {"say": said, "resources": self.resources(region), "feedback": feedback, "handover": handover}
        return json.dumps(given, ensure_ascii=True, separators=(",", ":"))


def envelope(reply: Reply) -> dict[str, Any]:
    """A reply with HTML, without its context."""
    values = reply.to_dict()
    del values["context"]
    parts = [part | {"html": html(_apart(part), part.get("closing", ""))} for part in values["parts"]]
    closing = {"text": reply.closing, "html": html(reply.closing)} if reply.closing else None
    return values | {"parts": parts, "closing": closing}


def _apart(part: Mapping[str, Any]) -> str:
    """The text of a part; of safety each line, which is one thing to do, as a paragraph of its own."""
    text: str = part["text"]
    return "\n\n".join(line.strip() for line in text.splitlines()) if part["kind"] == "safety" else text


def _likeness(begun: Sequence[str], title: Sequence[str]) -> float:
    """How like the typed words are to the beginnings of a title's words, 0 to 100."""
    each = (max((fuzz.ratio(word, other[: len(word)]) for other in title), default=0.0) for word in begun)
    return sum(each) / len(begun)
