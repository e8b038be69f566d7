"""Limits of an owner's own: from phrasings that the bot has to do without, and from near misses made of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from bot.contrast import Contrast
from bot.decision import Answer, decide
from bot.engine import Bot
from bot.errors import SettingError
from bot.evaluate import by_all_processors
from bot.interval import binomial_interval
from bot.knowledge import KnowledgeBase
from bot.knowledge.limits import Calibration, Limits, hash_of
from bot.variants import OTHER_THING

BUDGET = 0.01  # of all answers, how many may be wrong
FEWEST = 3  # wrong answers that the budget must allow for: with fewer questions, none wrong would show nothing
PARTS = 20  # in which phrasings are held out; with fewer phrasings an intent each is held out by itself
ANSWERS = tuple(step / 20 for step in range(6, 61))  # limits that are tried, in units of the confidence
LEADS = (0.001, 0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)  # and distances to the runner-up
NEVER = -1.0  # the confidence of what no limit lets be answered


class Trial(NamedTuple):
    """A question whose intent is known: how sure the bot was of its best answer, and what that answer was worth."""

    confidence: float
    lead: float
    right: bool = False
    wrong: bool = False


class Tally(NamedTuple):
    """What limits come to: of `n` questions so many are answered, rightly or wrongly."""

    n: int
    answered: int
    right: int
    wrong: int


def trials(kb: KnowledgeBase, parts: int = PARTS) -> Iterator[list[Trial]]:
    """The trials of a base, by all processors, task by task; `tasks` says how many come."""
    bot = Bot(kb)

    def tried(task: tuple[int, int] | str) -> list[Trial]:
        return list(near_misses(bot, task) if isinstance(task, str) else held_out(kb, *task))

    return by_all_processors(tried, tasks(kb, parts))


def tasks(kb: KnowledgeBase, parts: int = PARTS) -> list[tuple[int, int] | str]:
    """What there is to try: every part of the phrasings with the number of parts, and every intent's near misses."""
    most = max((len(intent.phrasings) for intent in kb.intents.values()), default=0)
    used = min(parts, most)
    return [*((part, used) for part in range(used)), *kb.intents]


def held_out(kb: KnowledgeBase, part: int, parts: int) -> Iterator[Trial]:
    """The phrasings of one part, asked of a bot that has all others; titles stay."""
    held = {i: intent.phrasings[part::parts] for i, intent in kb.intents.items()}
    kept = {
        i: intent._replace(phrasings=tuple(text for text in intent.phrasings if text not in held[i]))
        for i, intent in kb.intents.items()
    }
    bot = Bot(replace(kb, intents=kept))
    for meant, phrasings in held.items():
        for text in phrasings:
            if text != kb.title(meant):
                given = best_answer(bot, text)
                yield Trial(*given[1:], right=given[0] == meant, wrong=given[0] not in ("", meant))


def near_misses(bot: Bot, intent: str) -> Iterator[Trial]:
    """The near misses of an intent, but for forms that its entry answers as well; whatever is answered is wrong.

    Only where a near miss asks of another thing, the entry of that thing is neither right nor wrong.
    """
    for variant in Contrast(bot).variants(bot.kb.intents[intent]):
        if variant.near_miss and variant.form not in bot.kb.intents[intent].reads_right_for:
            given = best_answer(bot, variant.text)
            others = variant.form == OTHER_THING and given[0] != intent
            yield Trial(*given[1:], wrong=bool(given[0]) and not others)


def best_answer(bot: Bot, message: str) -> tuple[str, float, float]:
    """What would be answered if no limit held, with its confidence and lead; nothing where a gate or an alarm does."""
    weighed = [one.weighed for one in bot.explain(message).candidates]
    decision = decide(weighed, bot.limits._replace(answer=0.0, ask=0.0, lead=0.0))
    if not isinstance(decision, Answer):
        return "", NEVER, 0.0
    best = next(one for one in weighed if one.match == decision.match)
    return best.match.intent, best.confidence, best.lead


def tally(found: Sequence[Trial], limits: Limits) -> Tally:
    """What limits come to."""
    answered = [t for t in found if t.confidence >= max(limits.answer, limits.ask) and t.lead >= limits.lead]
    return Tally(len(found), len(answered), sum(t.right for t in answered), sum(t.wrong for t in answered))


def derived(found: Iterable[Iterable[Trial]], kb: KnowledgeBase, budget: float = BUDGET) -> Calibration:
    """The limits that answer most questions rightly, of those of whose answers no more than `budget` are wrong.

    Raises SettingError where there is nothing to ask, or no limit keeps to the budget.
    """
    asked = list(chain.from_iterable(found))
    if len(asked) < FEWEST / budget:
        raise SettingError(
            f"--budget: {len(asked)} questions are too few to show that no more than {budget:g} of the answers "
            f"are wrong; that takes {FEWEST / budget:.0f}: write more phrasings, or stay with the limits that ship"
        )
    usual = Limits()
    tallies: Mapping[Limits, Tally] = {
        limits: tally(asked, limits)
        for lead in LEADS
        for answer in ANSWERS
        for limits in (usual._replace(answer=answer, ask=min(usual.ask, answer), lead=lead),)
    }
    kept = [limits for limits, one in tallies.items() if one.right and one.wrong <= budget * one.answered]
    if not kept:
        least = min((one.wrong / one.answered for one in tallies.values() if one.right), default=1.0)
        raise SettingError(f"--budget: no limit keeps to {budget:g}; the least that can be had is {least:.4f}")
    best = max(kept, key=lambda limits: (tallies[limits].right, limits.answer, limits.lead))
    _, n, _, wrong = tallies[best]
    return Calibration(best, budget, n, wrong, binomial_interval(wrong, n)[1], hash_of(kb.intents.values(), kb.lexicon))
