"""Which messages must be answered before anything is guessed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import groupby, product
from typing import NamedTuple

from rapidfuzz.distance import OSA

from bot.compiled import Packed
from bot.knowledge.examples import Examples
from bot.knowledge.patterns import Pattern
from bot.knowledge.rules import ALARMS, CATEGORIES, NO_ALARM, Rule, Safety
from bot.safety.counts import Counts, Sentence, stems, term
from bot.safety.evidence import Evidence, Leaning
from bot.safety.matcher import Found, Matcher, Span, anyhow, covered, in_order, unblocked
from bot.safety.spelling import Reader
from bot.safety.stream import Stream, stream
from bot.spelling import Speller
from bot.text import english
from bot.text import words as tokens

# Strength of the wording, found on phrasings of authors that were left out; see benchmarks/README.md.
LIMIT = {True: 6.0, False: 7.0}  # from which it raises an alarm (True) or a refusal by itself
BORNE_OUT = {True: 3.0, False: 4.0}  # from which it bears out a rule of an alarm (True) or of a refusal
MISREAD = 1.0  # more of it that a refusal wants which rests on a misread word
FEW_WORDS = 5  # of a sentence: with a rule of an alarm they need not bear out more than that they are not harmless
PLAINLY = 12.0  # of the words where a rule of an alarm fired: bears it out whatever stands around them
USUAL = 3  # phrasings that have a word which careless typing may stand for; what fewer have may be misspelt
HEARD = ".phrasings"  # ends the id that stands in place of a rule's
FEWEST = 2  # words of a message that raises an alarm by its wording alone; single words are for the rules
JOINTS = frozenset(map(term, "and or but also too what how about".split()))  # what a name may hang on, saying nothing
VOWELS = frozenset("aeiouy")
NEIGHBOURS = 1  # words on either side of where a rule fired that are looked at with it
MOST_ALONE = 12  # words; a longer sentence says more than one bare word
HELD = 8  # safety contents that stay prepared; one for each base in use

Elements = tuple[int, ...]  # the numbers of a pattern's elements, in order


class Alarm(NamedTuple):
    """What a message raised, and which rules raised it."""

    category: str
    rules: tuple[str, ...]
    third_person: bool = False  # it is about somebody other than the writer
    also_crisis: bool = False  # the crisis line belongs into the reply as well
    also_unwell: bool = False  # something was already taken
    words: tuple[str, ...] = ()  # the stems that spoke loudest, where the wording raised it


class Plan(NamedTuple):
    """A rule, its patterns apart as numbers of elements."""

    rule: Rule
    any: tuple[Elements, ...]
    alone: tuple[Elements, ...]
    require: tuple[Elements, ...]
    context: tuple[Elements, ...]
    block: tuple[Elements, ...]


class Prepared:
    """The rules made ready for many messages."""

    def __init__(self, safety: Safety) -> None:
        self.reader = Reader(
            safety.vocabulary | _usual_words(safety.examples), safety.exceptions, safety.spellings, safety.endings
        )
        of_rules = [p for r in safety.rules for p in r.any + r.alone + r.require + r.context + r.block]
        self.matcher = Matcher([*of_rules, *(p for patterns in safety.signs.values() for p in patterns)])
        self.plans = tuple(self._plan(rule) for rule in safety.rules)
        self.signs = {name: self._numbers(patterns) for name, patterns in safety.signs.items()}
        self._by_element: dict[int, set[tuple[int, Elements]]] = defaultdict(set)  # plans, with the pattern to look for
        size = {
            e: len(element) for p in of_rules for e, element in zip(self.matcher.elements(p), p.elements, strict=True)
        }
        for number, plan in enumerate(self.plans):
            for elements in plan.any:
                self._by_element[min(elements, key=size.__getitem__)].add((number, elements))
            for elements in plan.alone:
                self._by_element[elements[0]].add((number, ()))
        self._figures = Matcher(safety.signs.get("figures", ()))
        self._figure_elements = [self._figures.elements(p) for p in safety.signs.get("figures", ())]

    def _numbers(self, patterns: Sequence[Pattern]) -> tuple[Elements, ...]:
        return tuple(self.matcher.elements(pattern) for pattern in patterns)

    def _plan(self, rule: Rule) -> Plan:
        parts = (rule.any, rule.alone, rule.require, rule.context, rule.block)
        bare = rule._replace(any=(), alone=(), require=(), context=(), block=(), match=(), no_match=())
        return Plan(bare, *(self._numbers(patterns) for patterns in parts))

    def likely(self, found: Found) -> Iterator[Plan]:
        """The plans that may fire, in the order of the files, each with those patterns whose elements were found."""
        patterns: dict[int, list[Elements]] = defaultdict(list)
        for element in found.among(self._by_element):
            for number, elements in self._by_element[element]:
                if all(map(found.__contains__, elements)):
                    patterns[number].append(elements)
        for number in sorted(patterns):
            yield self.plans[number]._replace(any=tuple(sorted(filter(None, patterns[number]))))

    def plain(self, said: Stream) -> Stream:
        """The stream without its figures of speech ("this form is killing me"); their words say nothing here."""
        found = self._figures.find(said)
        spans = (
            span
            for elements in self._figure_elements
            if elements[0] in found
            for span in in_order(elements, found, said, 0)
            if said.sentence[span.start] == said.sentence[span.end - 1]
        )
        silent = {index for span in spans for index in range(span.start, span.end)}
        if not silent:
            return said
        return said._replace(
            keys=tuple(frozenset() if i in silent else readings for i, readings in enumerate(said.keys)),
            joined=tuple(frozenset() if i in silent else readings for i, readings in enumerate(said.joined)),
        )


def _usual_words(examples: Examples) -> set[str]:
    """The English words that several phrasings have: what careless typing may stand for as well."""
    said = Counter(word for found in examples.phrasings.values() for text in found for word in set(tokens(text)))
    return {word for word, times in said.items() if times >= USUAL and word in english()}


@lru_cache(maxsize=HELD)
def prepare(safety: Safety) -> Prepared:
    """The rules made ready; done once for each safety, the first time it is used."""
    return Prepared(safety)


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
        leaning = self._evidence.leaning(said)
        fired = [one for one in look.fired() if not said or self._believed(*one, look, leaning)]
        loud = self._evidence.enough and leaning.strength >= LIMIT[leaning.category in ALARMS]
        heard = [leaning.category] if loud and _says_enough(said, leaning.category) else []
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
            words=leaning.words if heard else (),
        )

    def _believed(self, rule: Rule, spans: Sequence[Span], look: Look, leaning: Leaning) -> bool:
        """Whether the wording bears out a rule that fired; of an alarm also that of the words where it fired."""
        if not self._evidence.enough:
            return True
        likely = rule.id in look.likely
        if rule.category not in ALARMS:
            return leaning.strength >= BORNE_OUT[False] + (0 if likely else MISREAD)
        few = leaning.strength > 0 and any(look.sentence_length(span) <= FEW_WORDS for span in spans)
        if rule.id in look.bare or (likely and (few or leaning.strength >= BORNE_OUT[True])):
            return True
        near = (self._evidence.leaning([words]) for span in spans for words in look.around(span))
        return any(one.strength >= PLAINLY and one.category in ALARMS for one in near)

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


class Look:
    """One message under the rules."""

    def __init__(
        self, message: str, prepared: Prepared, meant: Callable[[str], str], reader: Reader | None = None
    ) -> None:
        """`meant`: what a word most likely stands for; `reader`: of the words, in the place of that of the rules."""
        self._message = message
        self._meant = meant
        self._prepared = prepared
        self.stream: Stream = prepared.plain(stream(message, reader or prepared.reader))
        self._found: Found = prepared.matcher.find(self.stream)

    def said(self) -> list[Sentence]:
        """The stems of every sentence as they are most likely meant, figures of speech left out.

        Of a message without a letter or digit nothing: an emoji has a name, and says little by it alone.
        """
        if not any(map(str.isalnum, self._message)):
            return []
        found: list[Sentence] = []
        for _, group in groupby(range(len(self.stream.words)), key=self.stream.sentence.__getitem__):
            words = [self.stream.words[index] for index in group if self.stream.keys[index]]
            found.append(stems(map(self._meant, words)))
        return found

    def around(self, span: Span) -> Iterator[Sentence]:
        """The stems of some words as they are most likely meant, without and with their neighbours."""
        for before, after in product((0, NEIGHBOURS), repeat=2):
            yield stems(map(self._meant, self.stream.words[max(0, span.start - before) : span.end + after]))

    def sentence_length(self, span: Span) -> int:
        """How many words the sentence has in which a span begins."""
        return self.stream.sentence.count(self.stream.sentence[span.start])

    def fired(self) -> Iterator[tuple[Rule, list[Span]]]:
        """Every rule that fires, and where."""
        for plan in self._prepared.likely(self._found):
            if spans := self.matches(plan):
                yield plan.rule, spans

    @cached_property
    def likely(self) -> frozenset[str]:
        """The ids of the rules that fire where every word is taken for the one that it most likely stands for."""
        settled = Look(self._message, self._prepared, self._meant, self._prepared.reader.settled(self._meant))
        return frozenset(rule.id for rule, _ in settled.fired())

    @cached_property
    def bare(self) -> frozenset[str]:
        """The ids of the rules that fire since a sentence, or the message, holds nothing else."""
        return frozenset(plan.rule.id for plan in self._prepared.likely(self._found) if any(self._alone(plan.alone)))

    def matches(self, plan: Plan) -> list[Span]:
        """Where a rule fires."""
        gap, window = plan.rule.gap, plan.rule.window
        spans = [span for elements in plan.any for span in self._places(elements, gap, window)]
        spans.extend(self._alone(plan.alone))
        if spans and plan.context and not any(self._places(elements, gap) for elements in plan.context):
            return []
        if spans and plan.require:
            wanted = self._sentences_of(plan.require, gap)
            spans = [s for s in spans if wanted & {self.stream.sentence[i] for i in range(s.start, s.end)}]
        if spans and plan.block:
            blocks = [block for elements in plan.block for block in self._places(elements, gap)]
            spans = list(unblocked(spans, blocks, gap))
        return spans

    def sign(self, name: str, sentences: set[int] | None) -> bool:
        """Whether one of the patterns of a sign stands in the sentences, or anywhere."""
        return any(
            sentences is None or self.stream.sentence[span.start] in sentences
            for elements in self._prepared.signs.get(name, ())
            for span in self._places(elements, 1)
        )

    def _places(self, elements: Elements, gap: int, window: int = 0) -> list[Span]:
        if not all(element in self._found for element in elements):
            return []
        if window and len(elements) > 1:
            return anyhow(elements, self._found, self.stream, window)
        return in_order(elements, self._found, self.stream, gap)

    def _sentences_of(self, patterns: Sequence[Elements], gap: int) -> set[int]:
        spans = (span for elements in patterns for span in self._places(elements, gap))
        return {self.stream.sentence[i] for span in spans for i in range(span.start, span.end)}

    def _alone(self, patterns: Sequence[Elements]) -> Iterator[Span]:
        wanted = [element for elements in patterns for element in elements]
        if not any(element in self._found for element in wanted):
            return
        fillers = [element for elements in self._prepared.signs.get("filler", ()) for element in elements]
        for words in self._stretches():
            if len(words) <= MOST_ALONE and covered(wanted, fillers, self._found, words):
                yield Span(words.start, words.stop)

    def _stretches(self) -> Iterator[range]:
        """The words of every sentence, and of the message."""
        yield range(len(self.stream.words))
        for _, group in groupby(range(len(self.stream.words)), key=self.stream.sentence.__getitem__):
            indexes = list(group)
            yield range(indexes[0], indexes[-1] + 1)
