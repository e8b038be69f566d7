"""What the log says: how many questions were answered, which, how well and how fast."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any, NamedTuple

from bot.interval import binomial_interval
from bot.knowledge import SMALLTALK, KnowledgeBase
from bot.reply import ASKED

Row = Mapping[str, Any]  # as Log.rows gives them
SETTLED_AFTER = timedelta(days=7)  # without a repeat, a thumb down or a call for a person
SHOWN = ANSWER, CLARIFY, DECLINE, SAFETY = "answer", "clarify", "decline", "safety"  # kinds, in the order of reports
OPENED, FAILED = "opened", "failed"  # results of hand-overs: a ticket, or none that is sure to be there
GONE = "no longer in the content"


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many; shown with the exact 95 % bounds of the true share."""

    hits: int
    n: int

    @property
    def share(self) -> float:
        """0 to 1; 0 of nothing."""
        return self.hits / self.n if self.n else 0.0

    def to_dict(self) -> dict[str, Any]:
        """The share as JSON values."""
        low, high = binomial_interval(self.hits, self.n)
        return {"hits": self.hits, "n": self.n, "share": self.share, "low": low, "high": high}

    def __str__(self) -> str:
        if not self.n:
            return "–"
        low, high = map(percent, binomial_interval(self.hits, self.n))
        return f"{percent(self.share)} ({self.hits} of {self.n}; 95 % sure of {low} to {high})"


@dataclass(slots=True)
class Line:
    """What came of the questions of one intent or one topic.

    A question back counts for the first intent that was offered, a decline for the one that came nearest.
    """

    id: str
    title: str
    answered: int = 0
    clarified: int = 0
    declined: int = 0
    helpful: int = 0
    unhelpful: int = 0
    resolved: int = 0  # of `followed`
    followed: int = 0  # answers to somebody whose next questions would be known

    @property
    def questions(self) -> int:
        """Answered, asked back and declined."""
        return self.answered + self.clarified + self.declined


class Latency(NamedTuple):
    """Milliseconds that half of the turns, 95 and 99 in a hundred took at most."""

    p50: float
    p95: float
    p99: float


@dataclass(frozen=True, slots=True)
class Report:
    """What the log says of a stretch of time. `questions` are the turns that are more than small talk."""

    since: datetime | None
    until: datetime
    turns: int
    kinds: Mapping[str, int]  # of questions, by kind of reply
    days: Mapping[date, Mapping[str, int]]  # the same, by day (UTC)
    topics: tuple[Line, ...]
    intents: tuple[Line, ...]
    safety: Mapping[str, int]  # by category
    channels: Mapping[str, int]
    helpful: int
    unhelpful: int
    handovers: Mapping[str, int]  # by reason
    results: Mapping[str, int]  # of hand-overs
    resolved: Share
    open: int  # of those resolved so far, how many may yet turn out not to be
    latency: Latency
    contents: Mapping[str, int]  # turns by hash of the content
    deflected: Share  # people who got an answer, and no ticket within seven days
    suggestions: Mapping[str, int]  # to agents of a help desk, by what became of them

    @property
    def questions(self) -> int:
        """Turns that are more than small talk."""
        return sum(self.kinds.values())

    def share(self, kind: str) -> float:
        """The share of the questions, 0 to 1, that got a kind of reply."""
        return self.kinds[kind] / self.questions if self.questions else 0.0

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON values."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return values | {
            "since": self.since and self.since.isoformat(),
            "until": self.until.isoformat(),
            "questions": self.questions,
            "days": {day.isoformat(): dict(kinds) for day, kinds in self.days.items()},
            "topics": [asdict(line) for line in self.topics],
            "intents": [asdict(line) for line in self.intents],
            "resolved": self.resolved.to_dict(),
            "deflected": self.deflected.to_dict(),
            "latency": self.latency._asdict(),
        }


def told(
    rows: Iterable[Row], handovers: Iterable[Row], kb: KnowledgeBase, now: datetime, since: datetime | None = None,
    suggestions: Mapping[str, int] | None = None,
) -> Report:  # fmt: skip
    """What turns, oldest first, and hand-overs come to; topics and titles are those of `kb`."""
    tally = _Tally(kb)
    for row in rows:
        tally.add(row)
    handed_over = list(handovers)
    resolved, still_open = tally.settle(handed_over, now)
    return Report(
        since, now, tally.turns, dict(tally.kinds), {day: dict(kinds) for day, kinds in sorted(tally.days.items())},
        tuple(_ranked(tally.topics)), tuple(_ranked(tally.intents)), dict(tally.safety.most_common()),
        dict(tally.channels.most_common()), tally.opinions[True], tally.opinions[False],
        dict(Counter(row["reason"] for row in handed_over).most_common()),
        dict(Counter(row["result"] for row in handed_over).most_common()),
        resolved, still_open, _latency(tally.milliseconds), dict(tally.contents.most_common()),
        tally.deflection(handed_over), dict(suggestions or {}),
    )  # fmt: skip


def percent(share: float) -> str:
    """A share, 0 to 1, as it is shown."""
    return f"{100 * share:.1f} %"


def whose(row: Row) -> str:
    """What tells one conversation from another: its id, or the hash of the person; empty where neither is known."""
    return row["conversation"] or row["person"] or ""


class _Past(NamedTuple):
    """What is remembered of a turn, to see whether its question was resolved."""

    time: datetime
    turn: str
    intents: tuple[str, ...]
    answer: bool
    matched: bool  # rather than picked, or "more" of the same
    unhelpful: bool
    wants_person: bool


@dataclass
class _Tally:
    kb: KnowledgeBase
    turns: int = 0
    kinds: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(SHOWN, 0)))
    days: dict[date, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    topics: dict[str, Line] = field(default_factory=dict)
    intents: dict[str, Line] = field(default_factory=dict)
    safety: Counter[str] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)
    contents: Counter[str] = field(default_factory=Counter)
    opinions: Counter[bool | None] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)
    past: dict[str, list[_Past]] = field(default_factory=lambda: defaultdict(list))

    def add(self, row: Row) -> None:
        """Count a turn."""
        kind, intents, helpful = row["kind"], row["intents"], row["helpful"]
        self.turns += 1
        self.channels[row["channel"]] += 1
        self.contents[row["kb"]] += 1
        self.opinions[helpful] += 1
        self.milliseconds.append(row["milliseconds"])
        if kind == SAFETY:
            self.safety.update(intents)
        small_talk = kind == ANSWER and all(self._topic(intent) == SMALLTALK for intent in intents)
        if not small_talk:
            self.kinds[kind] += 1
            self.days[row["time"].date()][kind] += 1
        for line in self._lines(() if kind == SAFETY else intents):
            line.answered += 1
            line.helpful += helpful is True
            line.unhelpful += helpful is False
        for line in self._lines(row["near"][:1]):
            line.clarified += kind == CLARIFY
            line.declined += kind == DECLINE
        if key := row["person"] or row["conversation"]:  # a conversation may be over before seven days are
            question = kind == ANSWER and not small_talk and row["handover"] != ASKED
            wants_person = row["handover"] == ASKED
            self.past[key].append(
                _Past(
                    row["time"],
                    row["turn"],
                    tuple(intents),
                    question,
                    bool(row["scores"]),
                    helpful is False,
                    wants_person,
                )
            )

    def settle(self, handovers: Iterable[Row], now: datetime) -> tuple[Share, int]:
        """How many answers were the end of it, and for how many of them the time is not up yet."""
        passed_on = {row["turn"]: row["time"] for row in handovers}
        hits = n = still_open = 0
        for turns in self.past.values():
            called = [one.time for one in turns if one.wants_person]
            called = sorted(called + [passed_on[one.turn] for one in turns if one.turn in passed_on])
            again: dict[str, datetime] = {}  # the next time that an intent was asked for
            for one in reversed(turns):
                if one.answer:
                    n += 1
                    ends = one.time + SETTLED_AFTER
                    repeated = any(again.get(intent, ends) < ends for intent in one.intents)
                    call = bisect_left(called, one.time)
                    resolved = not (one.unhelpful or repeated or (call < len(called) and called[call] < ends))
                    hits += resolved
                    still_open += resolved and ends > now
                    for line in self._lines(one.intents):
                        line.followed += 1
                        line.resolved += resolved
                if one.matched:
                    again.update(dict.fromkeys(one.intents, one.time))
        return Share(hits, n), still_open

    def deflection(self, handovers: Iterable[Row]) -> Share:
        """How many of those who got an answer had no ticket opened within seven days of their last one."""
        opened = {row["turn"]: row["time"] for row in handovers if row["result"] == OPENED}
        hits = n = 0
        for turns in self.past.values():
            answers = [one.time for one in turns if one.answer]
            if answers:
                n += 1
                tickets = [opened[one.turn] for one in turns if one.turn in opened]
                hits += not any(min(answers) <= time < max(answers) + SETTLED_AFTER for time in tickets)
        return Share(hits, n)

    def _lines(self, intents: Iterable[str]) -> list[Line]:
        """The lines of intents, and each of their topics once."""
        found, topics = [], {}
        for intent in intents:
            known = self.kb.intents.get(intent)
            topic = known.topic if known else ""
            title = self.kb.topics[topic].title if topic in self.kb.topics else topic or GONE
            topics[topic] = self.topics.setdefault(topic, Line(topic, title))
            found.append(self.intents.setdefault(intent, Line(intent, known.title if known else GONE)))
        return [*found, *topics.values()]

    def _topic(self, intent: str) -> str:
        known = self.kb.intents.get(intent)
        return known.topic if known else ""


def _ranked(lines: Mapping[str, Line]) -> list[Line]:
    return sorted(lines.values(), key=lambda line: (-line.questions, line.id))


def _latency(milliseconds: list[float]) -> Latency:
    """Nearest-rank percentiles; 0 where nothing was measured."""
    ordered = sorted(milliseconds) or [0.0]
    return Latency(*(ordered[ceil(share * len(ordered)) - 1] for share in (0.5, 0.95, 0.99)))
