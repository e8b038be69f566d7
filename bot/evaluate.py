"""The bot asked many things: question suites, and what came of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, TypeVar

from bot.decision import Alarmed, Answered, Asked
from bot.engine import Bot
from bot.knowledge.rules import CATEGORIES
from bot.knowledge.suites import ANY_SAFETY, NOTHING, Question
from bot.reply import Reply

Item = TypeVar("Item")
Result = TypeVar("Result")
CHOICE = "choice of "  # how a question back is shown beside what was wanted


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question, what the bot gave, and whether that was right; `harmful` where it gave what it must not."""

    question: Question
    given: str
    right: bool
    harmful: bool

    @property
    def excused(self) -> bool:
        """Whether it failed as the suite says it does."""
        return not self.right and not self.harmful and bool(self.question.known_miss)


def run(bot: Bot, questions: Iterable[Question]) -> Iterator[Outcome]:
    """Ask every question afresh, in order."""
    for question in questions:
        yield judge(question, bot.reply(question.question))


def judge(question: Question, reply: Reply) -> Outcome:
    """Whether a reply is right for a question."""
    answered = [part.intent for part in reply.parts if isinstance(part, Answered)]
    alarms = [part.category for part in reply.parts if isinstance(part, Alarmed)]
    given = set(answered) | set(alarms)
    harmful = bool(given & set(question.must_not)) or (ANY_SAFETY in question.must_not and bool(alarms))
    if question.safety:
        wanted = CATEGORIES.index(question.safety) if question.safety in CATEGORIES else -1
        right = any(alarm in CATEGORIES[: wanted + 1] for alarm in alarms)  # a higher category is right as well
    elif question.intents == (NOTHING,):
        right = not given
    elif question.intents:
        right = bool(given & set(question.intents)) or (not given and NOTHING in question.intents)
    else:
        right = True
    shown = ", ".join((*alarms, *answered)) or reply.kind
    if reply.kind == "clarify":
        shown = CHOICE + ", ".join(choice for part in reply.parts if isinstance(part, Asked) for choice in part.choices)
    return Outcome(question, shown, right and not harmful, harmful)


def by_all_processors(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """What `work` makes of every item, in order; its processes are forks, and have all that this one has."""
    global _work
    _work = work
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("fork")) as pool:
        yield from pool.map(_done, items)


_work: Callable[[Any], Any] | None = None


def _done(item: object) -> Any:
    if _work is None:
        raise RuntimeError("nothing to do: this is no fork of by_all_processors")
    return _work(item)
