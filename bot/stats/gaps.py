"""What people ask and do not get: questions that were declined or nearly missed, grouped by likeness."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import shorten
from typing import Any, NamedTuple

from rapidfuzz import fuzz, process

from bot.engine import Bot
from bot.knowledge.paste import entry_lines, intent_lines, phrasing_lines
from bot.matching import phrasings_of, score_of
from bot.stats import ANSWER, CLARIFY, DECLINE, Row, whose
from bot.text import FUNCTION_WORDS, stem, words

LEAST = 3  # conversations that a group comes from: fewer might tell who it was
# The mean of two ratios of rapidfuzz. Of 2,000 phrasings of BANKING77 and of CLINC150, 78 and 84 in 100 of those in a
# group of three or more are of one intent.
ALIKE = 75
PREFIX, RAREST = 4, 3  # texts are compared where they share these first letters of one of the three rarest words
SHOWN = 5  # texts of a group
NARROW = 1.5  # times the limit of an answer: of answers that were less sure, most were wrong in the suites
DECLINED, ASKED_BACK, UNHELPFUL, NARROWLY = "declined", "asked back", "answered, no help", "narrowly answered"
LONGEST_SHOWN = 160  # characters of a text; a longer one is a story, and somebody's own
LONGEST_ID = 4  # words


class Suggestion(NamedTuple):
    """An intent that a group might belong to, and how close the group comes to it (0 to 100)."""

    intent: str
    title: str
    score: float


class Paste(NamedTuple):
    """Lines of YAML, and where they belong: a file of the content, and the mapping below which they stand."""

    file: str
    below: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions that are alike and were not answered, or hardly. `texts` are redacted, the most frequent first."""

    texts: tuple[str, ...]
    turns: int
    conversations: int
    outcomes: Mapping[str, int]
    suggestion: Suggestion | None  # None: nothing in the content comes near
    paste: tuple[Paste, ...]

    def to_dict(self) -> dict[str, Any]:
        """The gap as JSON values."""
        return {
            "texts": list(self.texts),
            "turns": self.turns,
            "conversations": self.conversations,
            "outcomes": dict(self.outcomes),
            "suggestion": self.suggestion and self.suggestion._asdict(),
            "paste": [{"file": one.file, "below": one.below, "yaml": "\n".join(one.lines)} for one in self.paste],
        }


@dataclass(slots=True)
class _Text:
    """A text as it was typed (redacted), and what came of it."""

    text: str
    form: str  # the stems of its words that carry matter
    turns: int = 0
    conversations: set[str] = field(default_factory=set)
    outcomes: Counter[str] = field(default_factory=Counter)
    unhelpful: set[str] = field(default_factory=set)  # intents that it got, and that did not help


def gaps(rows: Iterable[Row], bot: Bot, least: int = LEAST, most: int | None = None) -> list[Gap]:
    """The gaps that come from `least` distinct conversations or more, the most frequent first, at most so many.

    Turns whose conversation is not known count as one conversation together.
    """
    often = [group for group in _groups(list(_texts(rows, bot))) if len(_conversations(group)) >= least]
    often.sort(key=lambda group: (-len(_conversations(group)), -_turns(group), group[0].text))
    known = {words(phrasing) for intent in bot.kb.intents.values() for phrasing in phrasings_of(intent)}
    return [_gap(group, bot, known) for group in often[:most]]


def _texts(rows: Iterable[Row], bot: Bot) -> Iterator[_Text]:
    """Every text that was not answered well, once."""
    narrow = score_of(NARROW * bot.limits.answer)
    found: dict[str, _Text] = {}
    for row in rows:
        text = " ".join((row["text"] or "").split())
        outcome = _outcome(row, narrow)
        if not outcome or not text:
            continue
        key = text.lower().rstrip("?!. ")
        one = found.get(key) or found.setdefault(key, _Text(text, _form(text)))
        one.turns += 1
        one.conversations.add(whose(row))
        one.outcomes[outcome] += 1
        if outcome == UNHELPFUL:
            one.unhelpful.update(row["intents"])
    yield from found.values()


def _outcome(row: Row, narrow: float) -> str:
    """What was wrong with a reply; empty where nothing was, or where nothing had to be matched."""
    if not row["scores"]:
        return ""
    if row["kind"] == ANSWER:
        return UNHELPFUL if row["helpful"] is False else NARROWLY if min(row["scores"]) < narrow else ""
    return {DECLINE: DECLINED, CLARIFY: ASKED_BACK}.get(row["kind"], "")


def _form(text: str) -> str:
    said = words(text)
    return " ".join([stem(word) for word in said if word not in FUNCTION_WORDS] or said)


def _groups(texts: Sequence[_Text]) -> Iterator[list[_Text]]:
    """Texts by likeness: each joins the group whose most frequent text it is most like, or starts one.

    It is compared with those that share the start of one of its rarest words.
    """
    groups: list[list[_Text]] = []
    common = Counter(start for text in texts for start in _starts(text))
    starting: dict[str, set[int]] = defaultdict(set)  # groups by the starts of the words of their first text
    for text in sorted(texts, key=lambda one: (-len(one.conversations), -one.turns, one.text)):
        starts = sorted(_starts(text), key=lambda start: (common[start], start))[:RAREST]
        near = sorted(set().union(*(starting[start] for start in starts)))
        if (best := _most_like(text.form, {number: groups[number][0].form for number in near})) is not None:
            groups[best].append(text)
            continue
        for start in starts:
            starting[start].add(len(groups))
        groups.append([text])
    yield from groups


def _starts(text: _Text) -> set[str]:
    return {word[:PREFIX] for word in text.form.split()}


def _most_like(form: str, others: Mapping[int, str]) -> int | None:
    """The number of the form that is most like another, where one is like enough.

    Words that one of them lacks count half: the mean of a ratio that passes over them and one that does not.
    """
    shared = process.extract(form, others, scorer=fuzz.token_set_ratio, score_cutoff=ALIKE, limit=None)
    alike = [((score + fuzz.token_sort_ratio(form, other)) / 2, -number) for other, score, number in shared]
    best = max(alike, default=(0.0, 0))
    return -best[1] if best[0] >= ALIKE else None


def _gap(group: Sequence[_Text], bot: Bot, known: Collection[tuple[str, ...]]) -> Gap:
    texts = [one.text for one in group if len(one.text) <= LONGEST_SHOWN] or [shorten(group[0].text, LONGEST_SHOWN)]
    suggestion = _suggestion(group[:SHOWN], bot)
    outcomes = sum((one.outcomes for one in group), Counter[str]())
    return Gap(
        tuple(texts[:SHOWN]),
        _turns(group),
        len(_conversations(group)),
        dict(outcomes.most_common()),
        suggestion,
        tuple(_paste([text for text in texts if words(text) not in known], suggestion, bot)),
    )


def _turns(group: Iterable[_Text]) -> int:
    return sum(one.turns for one in group)


def _conversations(group: Iterable[_Text]) -> set[str]:
    return set().union(*(one.conversations for one in group))


def _suggestion(group: Sequence[_Text], bot: Bot) -> Suggestion | None:
    """The intent that comes nearest to most, of those that no gate rules out and that did not fail already."""
    votes: dict[str, float] = defaultdict(float)
    for one in group:
        for asked in bot.considered(one.text)[0]:
            standing = [weighed for weighed in asked.weighed if not weighed.refused]
            for weighed in standing[:2]:
                if weighed.confidence >= bot.limits.ask and weighed.match.intent not in one.unhelpful:
                    votes[weighed.match.intent] += weighed.match.score
    if not votes:
        return None
    intent, total = max(votes.items(), key=lambda vote: (vote[1], vote[0]))
    return Suggestion(intent, bot.kb.title(intent), round(total / len(group), 1))


def _paste(texts: Sequence[str], suggestion: Suggestion | None, bot: Bot) -> Iterator[Paste]:
    """The lines that would have the content answer it: phrasings of the intent suggested, or a new intent."""
    fresh = list({words(text): text for text in reversed(texts) if "[" not in text}.values())[::-1][:SHOWN]
    if not fresh:
        return
    if suggestion:
        file = f"intents/{bot.kb.intents[suggestion.intent].place.path.name}"
        yield Paste(file, f"{suggestion.intent}: phrasings:", tuple(phrasing_lines(fresh)))
        return
    intent = "_".join([word for word in words(fresh[0]) if word not in FUNCTION_WORDS][:LONGEST_ID]) or "new_intent"
    intent = intent if intent.isidentifier() and intent not in bot.kb.intents else f"about_{intent}"
    title = fresh[0][:1].upper() + fresh[0][1:].rstrip("?!. ") + "?"
    yield Paste("intents/TOPIC.yaml", "intents:", tuple(intent_lines(intent, title, fresh)))
    yield Paste("answers/TOPIC.yaml", "answers:", tuple(entry_lines(intent)))
