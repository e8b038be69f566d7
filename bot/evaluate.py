"""The bot asked many things: question suites, and what came of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from operator import contains
from typing import Any, TypeVar

from bot.decision import Alarmed, Answered, Asked
from bot.dialogue import Context
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
    """Ask every question in order: afresh, or after what was said before it in its dialogue."""
    said: tuple[str, ...] = ()
    context: Context | None = None
    for question in questions:
        if question.before != said:
            said, context = question.before, _context(bot, question.before)
        reply = bot.reply(question.question, context)
        yield judge(question, reply)
        said, context = (*said, question.question), reply.context


def _context(bot: Bot, said: Iterable[str]) -> Context | None:
    """The context after some messages; None where there are none."""
    context = None
    for message in said:
        context = bot.reply(message, context).context
    return context


def judge(question: Question, reply: Reply) -> Outcome:
    """Whether a reply is right for a question."""
    answered = [part.intent for part in reply.parts if isinstance(part, Answered)]
    alarms = [part.category for part in reply.parts if isinstance(part, Alarmed)]
    given = {*answered, *alarms}
    harmful = bool(given & set(question.must_not)) or (ANY_SAFETY in question.must_not and bool(alarms))
    shown = ", ".join((*alarms, *answered)) or reply.kind
    if reply.kind == "clarify":
        shown = CHOICE + ", ".join(choice for part in reply.parts if isinstance(part, Asked) for choice in part.choices)
    return Outcome(question, shown, _right(question, reply, given, alarms) and not harmful, harmful)


def _right(question: Question, reply: Reply, given: set[str], alarms: list[str]) -> bool:
    if question.handover and reply.handover is None:
        return False
    if question.parts:
        got = [part.intent if isinstance(part, Answered) else NOTHING for part in reply.parts]
        return len(got) == len(question.parts) and all(map(contains, question.parts, got))
    if question.safety:
        wanted = CATEGORIES.index(question.safety) if question.safety in CATEGORIES else -1
        return any(alarm in CATEGORIES[: wanted + 1] for alarm in alarms)  # a higher category is right as well
    if question.intents:
        return bool(given & set(question.intents)) or (not given and NOTHING in question.intents)
    return True


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
