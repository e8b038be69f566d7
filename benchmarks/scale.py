"""What a large base costs: load, memory and the time of one question, beside plain rapidfuzz and BM25 in the same run.

python -m benchmarks.scale banking77.json.gz clinc150.json.gz [--sizes 1000,15000,100000] [--shipped]
"""

from __future__ import annotations

import argparse
import random
import sys
import tracemalloc
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any

from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process

from benchmarks.corpora import CorpusError, load
from benchmarks.match import seeds
from benchmarks.noise import misspelt
from bot import Bot, KnowledgeBase

QUESTIONS = 300  # timed, of each kind; every one is new, so that nothing is remembered
SLOW = 60  # questions that the peers are timed with, whose cost depends little on the question
Phrasings = Mapping[str, Sequence[str]]
Ask = Callable[[str], object]
COLUMNS = (
    "load s",
    "index MB",
    "peak MB",
    "p50 µs",
    "p95 µs",
    "misspelt p50 µs",
    "misspelt p95 µs",
    "times slower than faqbot",
)


def enlarged(intents: Phrasings, size: int) -> dict[str, list[str]]:
    """As many phrasings in all: a sample of those there are, or these and misspelt copies of them."""
    pairs = [(intent, text) for intent, texts in intents.items() for text in texts]
    random.Random(size).shuffle(pairs)
    made: dict[str, list[str]] = {}
    for intent, text in islice(_endless(pairs), size):
        made.setdefault(intent, []).append(text)
    return made


def _endless(pairs: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    yield from pairs
    seed = 0
    while True:
        seed += 1
        yield from ((intent, misspelt(text, seed)) for intent, text in pairs)


def asking_bot(phrasings: Phrasings) -> Ask:
    """The bot's best intent, as its peers give one phrasing."""
    bot = Bot(KnowledgeBase.from_mapping(phrasings))
    return lambda question: bot.rank(question, limit=1)


def asking_rapidfuzz(scorer: Callable[..., float]) -> Callable[[Phrasings], Ask]:
    """The phrasing that a scorer of rapidfuzz likes best."""

    def build(phrasings: Phrasings) -> Ask:
        choices = [default_process(text) for texts in phrasings.values() for text in texts]
        return lambda question: process.extractOne(default_process(question), choices, scorer=scorer)

    return build


def asking_bm25(phrasings: Phrasings) -> Ask:
    """The phrasing that BM25 likes best (bm25s)."""
    import bm25s  # only here: it brings numpy

    retriever: Any = bm25s.BM25()
    retriever.index(
        [default_process(text).split() for texts in phrasings.values() for text in texts], show_progress=False
    )
    return lambda question: retriever.retrieve([default_process(question).split()], k=1, show_progress=False)


CONTENDERS: dict[str, Callable[[Phrasings], Ask]] = {
    "faqbot": asking_bot,
    "token_set_ratio": asking_rapidfuzz(fuzz.token_set_ratio),
    "WRatio": asking_rapidfuzz(fuzz.WRatio),
    "BM25": asking_bm25,
}


def times(ask: Ask, questions: Sequence[str]) -> list[float]:
    """Microseconds of every question, in order."""
    found = []
    for question in questions:
        start = perf_counter()
        ask(question)
        found.append(1e6 * (perf_counter() - start))
    return found


def rows(phrasings: Phrasings, questions: Sequence[str]) -> Iterator[str]:
    """The rows of one base: the bot first, its peers beside it."""
    ours = 0.0
    for name, build in CONTENDERS.items():
        asked = questions if name == "faqbot" else questions[:SLOW]
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        kept = build(phrasings)
        held, peak = ((memory - before) / 1e6 for memory in tracemalloc.get_traced_memory())
        tracemalloc.stop()
        del kept
        start = perf_counter()
        ask = build(phrasings)
        loading = perf_counter() - start
        clean, slips = (quantiles(times(ask, texts), n=100) for texts in (asked, list(map(misspelt, asked))))
        ours = ours or clean[49]
        figures = (clean[49], clean[94], slips[49], slips[94])
        cells = [
            f"{loading:.2f}",
            f"{held:.0f}",
            f"{peak:.0f}",
            *(f"{figure:.0f}" for figure in figures),
            f"{clean[49] / ours:.1f}",
        ]
        yield f"| {name} | {' | '.join(cells)} |"


def bases(files: Sequence[Path], sizes: Sequence[int], shipped: bool) -> Iterator[tuple[str, Phrasings, list[str]]]:
    """The bases to measure: their names, their phrasings, and questions to ask them."""
    corpora = list(map(load, files))
    intents = {f"{corpus.name}_{intent}": texts for corpus in corpora for intent, texts in corpus.intents.items()}
    asked = [question for corpus in corpora for question, _ in corpus.asked()]
    random.Random(0).shuffle(asked)
    if shipped:
        kb = Bot.load().kb
        yield "the base that ships", {i: [v.title, *v.phrasings] for i, v in kb.intents.items()}, asked[:QUESTIONS]
    for size in sizes:
        yield f"{size:,} phrasings", enlarged(intents, size), asked[:QUESTIONS]


def main() -> None:
    """Print a table for every size."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__.partition("\n")[0])
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE.json.gz", help="corpora, see benchmarks/README.md")
    parser.add_argument("--sizes", type=seeds, default=(1_000, 15_000, 100_000), help="default: 1000,15000,100000")
    parser.add_argument("--shipped", action="store_true", help="the base that ships as well")
    given = parser.parse_args()
    try:
        for name, phrasings, questions in bases(given.files, given.sizes, given.shipped):
            print(f"| {name}, {len(phrasings)} intents | {' | '.join(COLUMNS)} |")
            print("|---" * (len(COLUMNS) + 1) + "|", flush=True)
            for line in rows(phrasings, questions):
                print(line, flush=True)
            print()
    except CorpusError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
