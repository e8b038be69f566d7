"""How often the bot finds the intent that is meant, and how fast, beside plain rapidfuzz on the same phrasings."""

from __future__ import annotations

import argparse
import sys
import tracemalloc
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from statistics import fmean, quantiles
from time import perf_counter

from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process

from benchmarks.corpora import Corpus, CorpusError, load, titled
from benchmarks.noise import misspelt
from bot import Bot, KnowledgeBase

OOS_ANSWERED = 0.05  # share of out-of-scope questions that may get an answer
COVERAGE = 0.70  # share of the questions that is answered where wrong answers are counted
RANKED = 3  # intents that count as found
Phrasings = Mapping[str, Sequence[str]]
Guess = tuple[str, float]  # an intent and its score
Ask = Callable[[str], list[Guess]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of one question: whether the first guess and one of the first three were right, and its score."""

    right: bool
    among: bool
    score: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a run: shares in %, times of one question in microseconds, loading in seconds, memory in MB."""

    top1: float
    top3: float
    at_oos: float  # right, with at most OOS_ANSWERED of out-of-scope questions answered
    wrong: float  # of the answers, with COVERAGE of the questions answered
    p50: float
    p95: float
    load: float
    memory: float


NAMES = (
    "top-1 %", "top-3 %", "right at 5 % oos %", "wrong at 70 % %", "p50 µs", "p95 µs", "load s", "peak MB",
)  # fmt: skip


def asking_bot(phrasings: Phrasings) -> Ask:
    """The bot."""
    bot = Bot(KnowledgeBase.from_mapping(phrasings))
    return lambda question: [(match.intent, match.score) for match in bot.rank(question)]


def asking_rapidfuzz(scorer: Callable[..., float], phrasings: Phrasings) -> Ask:
    """The intent of the phrasing that a scorer of rapidfuzz likes best; case and punctuation do not count."""
    owners = [intent for intent, examples in phrasings.items() for _ in examples]
    choices = [default_process(phrasing) for examples in phrasings.values() for phrasing in examples]

    def ask(question: str) -> list[Guess]:
        found = process.extractOne(default_process(question), choices, scorer=scorer)
        return [(owners[found[2]], found[1])] if found else []

    return ask


CONTENDERS: dict[str, Callable[[Phrasings], Ask]] = {
    "faqbot": asking_bot,
    "token_set_ratio": lambda phrasings: asking_rapidfuzz(fuzz.token_set_ratio, phrasings),
    "WRatio": lambda phrasings: asking_rapidfuzz(fuzz.WRatio, phrasings),
}


def answers(ask: Ask, questions: Sequence[tuple[str, str]]) -> Iterator[Asked]:
    """What came of every question, in order; out-of-scope ones come with no intent."""
    for question, intent in questions:
        start = perf_counter()
        guesses = ask(question)
        seconds = perf_counter() - start
        names = [name for name, _ in guesses]
        score = guesses[0][1] if guesses else 0.0
        yield Asked(names[:1] == [intent], intent in names[:RANKED], score, seconds)


def right_at_oos(asked: Sequence[Asked], oos: Sequence[Asked]) -> float:
    """The share right and above the limit that keeps all but OOS_ANSWERED of `oos` from an answer."""
    limit = sorted((one.score for one in oos), reverse=True)[int(OOS_ANSWERED * len(oos))]
    return fmean(one.right and one.score > limit for one in asked)


def wrong_at_coverage(asked: Sequence[Asked]) -> float:
    """The share wrong among the surest COVERAGE of the questions; of equal scores the wrong ones come first."""
    surest = sorted(asked, key=lambda one: (-one.score, one.right))[: round(COVERAGE * len(asked))]
    return fmean(not one.right for one in surest)


def peak_memory(build: Callable[[Phrasings], Ask], phrasings: Phrasings) -> float:
    """The most that Python objects take while an index is built, in MB."""
    tracemalloc.start()
    build(phrasings)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e6


def measure(
    build: Callable[[Phrasings], Ask], phrasings: Phrasings, test: Sequence[tuple[str, str]], oos: Sequence[str]
) -> Figures:
    """The figures of one contender on one draw."""
    memory = peak_memory(build, phrasings)
    start = perf_counter()
    ask = build(phrasings)
    loading = perf_counter() - start
    asked = list(answers(ask, test))
    outside = list(answers(ask, [(question, "") for question in oos]))
    centiles = quantiles((one.seconds * 1e6 for one in asked), n=100)
    return Figures(
        top1=100 * fmean(one.right for one in asked),
        top3=100 * fmean(one.among for one in asked),
        at_oos=100 * right_at_oos(asked, outside),
        wrong=100 * wrong_at_coverage(asked),
        p50=centiles[49],
        p95=centiles[94],
        load=loading,
        memory=memory,
    )


def row(name: str, runs: Sequence[Figures]) -> str:
    """A row of the table: the mean over the draws, and ± half of the distance from the least to the most."""
    cells = []
    for field, values in zip(fields(Figures), zip(*map(astuple, runs), strict=True), strict=True):
        spread = (max(values) - min(values)) / 2
        digits = 2 if field.name == "load" else 0 if field.name in ("p50", "p95") else 1
        share = field.name in ("top1", "top3", "at_oos", "wrong")
        cells.append(f"{fmean(values):.{digits}f}" + (f" ± {spread:.1f}" if share and len(runs) > 1 else ""))
    if name != "faqbot":
        cells[1] = "–"  # extractOne gives one
    return f"| {name} | {' | '.join(cells)} |"


def run(corpus: Corpus, arguments: argparse.Namespace) -> Iterator[str]:
    """The lines of the table, as they come."""
    test, oos = corpus.asked(), corpus.oos
    if arguments.misspelt:
        test, oos = [(misspelt(question), intent) for question, intent in test], list(map(misspelt, oos))
    seeds = arguments.seeds if arguments.k else arguments.seeds[:1]  # all phrasings are one draw
    draws = [corpus.drawn(arguments.k, seed) for seed in seeds]
    if arguments.titles:
        draws = list(map(titled, draws))
    what = [corpus.name, f"{arguments.k or 'all'} phrasings an intent", "misspelt" if arguments.misspelt else "clean"]
    what += ["ids as titles"] * arguments.titles
    yield f"| {', '.join(what)} | {' | '.join(NAMES)} |"
    yield "|---" * (len(NAMES) + 1) + "|"
    for name, build in CONTENDERS.items():
        yield row(name, [measure(build, draw, test, oos) for draw in draws])


def wanted(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line, read."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.match", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE.json.gz", help="a corpus, see benchmarks/README.md")
    parser.add_argument("--k", type=count, default=None, metavar="5|10|all", help="phrasings an intent (default: all)")
    parser.add_argument("--misspelt", action="store_true", help="with a slip in two words of every question")
    parser.add_argument("--titles", action="store_true", help="with the intents' ids as their titles")
    parser.add_argument("--seeds", type=seeds, default=(0, 1, 2, 3, 4), help="of the draws (default: 0,1,2,3,4)")
    return parser.parse_args(arguments)


def count(typed: str) -> int | None:
    """A number of phrasings; None for all."""
    if typed == "all":
        return None
    if not typed.isdecimal() or not int(typed):
        raise argparse.ArgumentTypeError(f"{typed!r} is neither a number from 1 nor 'all'")
    return int(typed)


def seeds(typed: str) -> tuple[int, ...]:
    """Whole numbers with commas between them."""
    if not all(part.strip().isdecimal() for part in typed.split(",")):
        raise argparse.ArgumentTypeError(f"{typed!r} is no list of whole numbers such as 0,1,2")
    return tuple(map(int, typed.split(",")))


def main() -> None:
    """Print the table for a corpus."""
    arguments = wanted()
    try:
        corpus = load(arguments.file)
    except CorpusError as error:
        sys.exit(str(error))
    for line in run(corpus, arguments):
        print(line, flush=True)


if __name__ == "__main__":
    main()
