"""Which messages must be answered before anything is guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from bot.compiled import Packed
from bot.knowledge.rules import ALARMS, CATEGORIES, NO_ALARM, Rule, Safety
from bot.safety.counts import Counts, Sentence, term
from bot.safety.evidence import Evidence, Leaning, Leanings
from bot.safety.look import Look
from bot.safety.matcher import Span
from bot.safety.prepared import HELD, USUAL, prepare
from bot.spelling import Speller

# Strength of the wording, found on phrasings of authors that were left out; see benchmarks/README.md.
LIMIT = {True: 7.0, False: 8.0}  # from which it raises an alarm (True) or a refusal by itself
BORNE_OUT = 3.0  # from which it bears out a rule
AGREEING = 2.0  # less of it that a refusal wants for every other rule of its category that fires; never below 0
MISREAD = 1.0  # more of it that a refusal wants which rests on a misread word
UNLIKE = 2.0  # more of it that a rule of an alarm wants where the wording speaks for a refusal, and the other way round
FEW_WORDS = 4  # of a sentence: with a rule of an alarm they need not bear out more than that they are not harmless
PLAINLY = 12.0  # of the words where a rule of an alarm fired: bears it out whatever stands around them
HEARD = ".phrasings"  # ends the id that stands in place of a rule's
FEWEST = 2  # words of a message that raises an alarm by its wording alone; single words are for the rules
JOINTS = frozenset(map(term, "and or but also too what how about with".split()))  # a name may hang on them
VOWELS = frozenset("aeiouy")


class Alarm(NamedTuple):
    """What a message raised, and which rules raised it."""

    category: str
    rules: tuple[str, ...]
    third_person: bool = False  # it is about somebody other than the writer
    also_crisis: bool = False  # the crisis line belongs into the reply as well
    also_unwell: bool = False  # something was already taken
    words: tuple[str, ...] = ()  # the stems that spoke loudest, where the wording raised it

    @property
    def by_wording(self) -> bool:
        """Whether no rule fired: a few words such as "just kidding" may only sound like it."""
        return all(rule.endswith(HEARD) for rule in self.rules)


@lru_cache(maxsize=HELD)
def _counted(safety: Safety) -> Counts:
    """The phrasings of alarms counted, the cases of the rules and of the whole among them."""
    said = {category: [*safety.examples.phrasings.get(category, ())] for category in CATEGORIES}
    for rule in safety.rules:
        said[rule.category].extend(rule.match)
    for category in CATEGORIES:
        said[category].extend(safety.cases.get(category, ()))
    return Counts(said, (*safety.examples.harmless, *safety.cases.get(NO_ALARM, ())))


class Alarms:
    """What must be answered before anything is guessed, for one knowledge base. Immutable."""

    def __init__(self, safety: Safety, harmless: Iterable[str] = ()) -> None:
        """`harmless`: what people may ask this base without danger, its phrasings above all."""
        self._rules = prepare(safety)
        heard, own = _counted(safety), Counts({}, harmless)
        self._evidence = Evidence((heard, own))
        usual = {word: times for word, times in heard.spoken.items() if times >= USUAL}
        self._speller = Packed(Speller(own.spoken + Counter(usual)))

    def screen(self, message: str) -> Alarm | None:
        """The alarm that a message raises, or None: the whole of it and every sentence. Linear in its length.

        A rule fires where the wording, as a whole or where the rule matched, bears it out; wording that resembles an
        alarm's enough raises it without a rule.
        """
        look = Look(message, self._rules, self._meant)
        said = look.said()
        leanings = self._evidence.leanings(said)
        firing = list(look.fired())
        times = Counter(rule.category for rule, _ in firing if rule.id in look.likely)
        fired = [one for one in firing if not said or self._believed(*one, look, leanings, times)]
        heard = [one.category for one in leanings if self._loud(one) and _says_enough(said, one.category)]
        if said and (fired or heard) and self._evidence.is_known(said):  # as somebody wrote it down, it means no harm
            heard, fired = [], [one for one in fired if one[0].category in ALARMS]
        categories = {*(rule.category for rule, _ in fired), *heard}
        if not categories:
            return None
        category = min(categories, key=CATEGORIES.index)
        first = [spans for rule, spans in fired if rule.category == category]
        sentences = {look.stream.sentence[i] for spans in first for s in spans for i in range(s.start, s.end)}
        where = sentences or None
        crisis = category != "suicide_crisis" and ("suicide_crisis" in categories or any(r.also for r, _ in fired))
        return Alarm(
            category=category,
            rules=(*(rule.id for rule, _ in fired), *(one + HEARD for one in heard)),
            third_person=look.sign("third_person", where) and not look.sign("first_person", where),
            also_crisis=crisis,
            also_unwell=look.sign("already_taken", None),
            words=leanings.strongest.words if heard else (),
        )

    def _believed(
        self, rule: Rule, spans: Sequence[Span], look: Look, leanings: Leanings, times: Mapping[str, int]
    ) -> bool:
        """Whether the wording bears out a rule that fired; of an alarm also that of the words where it fired.

        `times`: for every category how many of its rules fired with every word as it is most likely meant.
        """
        if not self._evidence.enough:
            return True
        likely = rule.id in look.likely
        own, other = leanings if rule.category in ALARMS else reversed(leanings)
        strength = max(own.strength, other.strength - UNLIKE)
        if rule.category not in ALARMS:
            wanted = BORNE_OUT - AGREEING * max(0, times.get(rule.category, 0) - 1)
            return strength > 0 and strength >= max(0.0, wanted) + (0 if likely else MISREAD)
        if rule.id in look.bare or (likely and strength >= BORNE_OUT):
            return True
        few = likely and any(look.sentence_length(span) <= FEW_WORDS for span in spans)
        near = (self._evidence.leanings([words]).alarm for span in spans for words in look.around(span))
        return any(one.strength > (0 if few else PLAINLY) for one in (leanings.alarm, *near))

    def _loud(self, leaning: Leaning) -> bool:
        """Whether the wording raises a category by itself."""
        return self._evidence.enough and leaning.strength >= LIMIT[leaning.category in ALARMS]

    def _meant(self, typed: str) -> str:
        """The word that a typed one most likely stands for: of the usual ones that which is spelt most like it."""
        reader = self._rules.reader
        if reader.knows(typed):
            return typed
        shorthand = VOWELS.isdisjoint(typed)  # "mss": letters were left out on purpose
        found = None if shorthand else self._speller.thing.correct(typed)
        usual = {word for word in reader.read(typed) if self._evidence.times(term(word)) >= USUAL} | {
            *(found or ())[:1]
        }
        return min(
            usual,
            key=lambda word: (
                shorthand and not _shortened(word, typed),
                OSA.distance(typed, word),
                not found or word != found[0],
                word,
            ),
            default=typed,
        )

    def distress(self, message: str) -> bool:
        """Whether a message holds a word of distress, whatever the rules say."""
        return Look(message, self._rules, self._meant).sign("distress", None)


def _shortened(word: str, typed: str) -> bool:
    """Whether a typed word is another without some of its vowels."""
    return "".join(letter for letter in word if letter not in VOWELS) == typed


def _says_enough(said: Sequence[Sentence], category: str) -> bool:
    """Whether a message has words enough to be heard by its wording; for a refusal "and codeine?" has too few."""
    return sum(category in ALARMS or word not in JOINTS for words in said for word in words) >= FEWEST
