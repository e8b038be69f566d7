"""Words and sentences of a message: nothing here knows any one knowledge base."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, pairwise
from pathlib import Path
from threading import Lock

import Stemmer

LONGEST_RUN_OF_MARKS = 4  # combining marks on one letter; more is decoration, and slow to normalise
LONGEST_WORD = 40  # characters; longer runs are keys held down, hashes or addresses

# Short forms as they are typed, apostrophes already gone or straight. The right side is plain words.
CONTRACTIONS = {
    "ain't": "is not", "aint": "is not", "arent": "are not", "cannot": "can not", "can't": "can not",
    "cant": "can not", "couldnt": "could not", "didnt": "did not", "doesnt": "does not", "dont": "do not",
    "hadnt": "had not", "hasnt": "has not", "havent": "have not", "isnt": "is not", "wasnt": "was not",
    "werent": "were not", "wont": "will not", "won't": "will not", "wouldnt": "would not",
    "shouldnt": "should not", "shan't": "shall not", "mustnt": "must not", "neednt": "need not",
    "im": "i am", "i'm": "i am", "ive": "i have", "youre": "you are", "youve": "you have", "theyre": "they are",
    "theyve": "they have", "weve": "we have", "thats": "that is", "whats": "what is", "hows": "how is",
    "whos": "who is", "wheres": "where is", "whens": "when is", "whys": "why is", "theres": "there is",
    "hes": "he is", "shes": "she is", "let's": "let us", "lets": "let us", "y'all": "you all",
    "gonna": "going to", "gunna": "going to", "wanna": "want to", "gotta": "got to", "gimme": "give me",
    "lemme": "let me", "kinda": "kind of", "sorta": "sort of", "outta": "out of", "dunno": "do not know",
    "whatcha": "what are you", "innit": "is it not", "tryna": "trying to", "imma": "i am going to",
}  # fmt: skip
TEXT_SPEAK = {
    "u": "you", "ur": "your", "r": "are", "y": "why", "pls": "please", "plz": "please", "thx": "thanks",
    "ty": "thank you", "cuz": "because", "coz": "because", "cos": "because", "bc": "because", "wat": "what",
    "wot": "what", "wut": "what", "w": "with", "w/": "with", "w/o": "without", "wo": "without", "abt": "about",
    "ppl": "people", "msg": "message", "b4": "before", "tmrw": "tomorrow", "tmr": "tomorrow", "2nite": "tonight",
    "2day": "today", "2morrow": "tomorrow", "n": "and", "&": "and", "vs": "versus", "v": "versus", "diff": "difference",
    "dif": "difference", "yr": "year", "yrs": "years", "hr": "hour", "hrs": "hours", "mins": "minutes",
    "bf": "boyfriend", "gf": "girlfriend", "mum": "mother", "mom": "mother", "mam": "mother", "dad": "father",
    "meds": "medicines", "med": "medicine", "doc": "doctor", "docs": "doctors", "info": "information",
    "bp": "blood pressure", "smth": "something", "sth": "something", "sb": "somebody", "ya": "you",
    "yer": "your", "dis": "this", "dat": "that", "da": "the", "da'": "the", "wiv": "with", "wen": "when",
    "wich": "which", "hw": "how", "hav": "have", "iz": "is", "cn": "can", "tel": "tell", "jus": "just", "rly": "really",
}  # fmt: skip
NEGATIVE_TAIL = re.compile(r"^(.+)n't$")
TAILS = {"'s": "is", "'re": "are", "'ve": "have", "'ll": "will", "'d": "would", "'m": "am"}
ASKING_OR_POINTING = frozenset(
    "what who how where when why that there here it he she this which everyone everybody nobody".split()
)

SLACK_MARKUP = re.compile(
    r"<(?:[@#!][^<>|\s]{1,80}(?:\|([^<>]{0,200}))?|https?:[^<>|\s]{1,2000}(?:\|([^<>]{0,200}))?)>"
)
SHORTCODE = re.compile(r":([a-z][a-z0-9_+-]{1,40}):")
BLANKS = re.compile(r"(?:[^\S\r\n]|[\x00-\x08\x0e-\x1f\x7f])+")  # blanks, and control characters
LONG_RUN = re.compile(r"([^\W\d])\1{2,}")
NUMBER_UNIT = re.compile(r"^(\d{1,6})(?!k$)([a-z]{1,5})$")  # "5mg"; but "10k" is a number
WORD = re.compile(r"w/o?(?![^\W_])|&|[^\W_]+(?:'[^\W_]+)*")
SENTENCE_END = re.compile(r"(?<=[.!?;…])\s+|[\r\n]+|(?<=[?!])(?=\w)")
OKAY = re.compile(
    r"^k[\s,.]+(?=(?:thanks|thank you|thx|ty|ta|cheers|cool|great|nice|fine|bye|sure|got it)\b)"
)  # "k thx"
CURLY = str.maketrans(dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u00b4`\u2032\uff07", "'"))
LOOKALIKES = str.maketrans("аеорсухіјѕһԁкмтвнαεικονρτυχ", "aeopcyxijshdkmtbhaeikovptux")  # Cyrillic, Greek
DISGUISED = re.compile(r"\b(?=\w*[a-z])(?=\w*[аеорсухіјѕһԁкмтвнαεικονρτυχ])\w+")  # Latin letters among them
SKIN_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))


def normalise(text: str) -> str:
    """One spelling for what looks the same: NFKC, lower case, straight apostrophes, Latin letters, emoji as words.

    Zero-width and bidirectional marks, control characters and Slack's markup are dropped; letters typed three
    or more times in a row become two. Linear in the length of `text`; never raises.

    >>> normalise("I can’t SLEEEEP 😱")
    "i can't sleep face screaming in fear"
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", "".join(_bounded_marks(text))).translate(CURLY)
        text = _visible(text)
    text = text.replace("`", "'").lower()
    if not text.isascii():
        text = DISGUISED.sub(lambda found: found[0].translate(LOOKALIKES), text)
    if "<" in text:
        text = SLACK_MARKUP.sub(lambda found: f" {found[1] or found[2] or ''} ", text)
    if ":" in text:
        text = SHORTCODE.sub(lambda found: " " + found[1].replace("_", " ").replace("-", " ") + " ", text)
    return OKAY.sub("ok ", LONG_RUN.sub(r"\1\1", BLANKS.sub(" ", text)).strip())


def _bounded_marks(text: str) -> Iterator[str]:
    """The characters of `text` less all but the first few combining marks of a run."""
    run = 0
    for char in text:
        run = run + 1 if unicodedata.combining(char) else 0
        if run <= LONGEST_RUN_OF_MARKS:
            yield char


def _visible(text: str) -> str:
    """The text with emoji as their Unicode names, and without what cannot be seen."""
    return text.translate({ord(char): _shown(char) for char in set(text)})


def _shown(char: str) -> str:
    """What stands for one character: itself, the name of an emoji, a blank, or nothing."""
    category = unicodedata.category(char)
    if char in "\n\r\t":
        return char
    if category == "Cc" or char == "\ufffd":  # the last stands for what could not be decoded
        return " "
    if category == "So":
        return f" {_emoji_name(char)} "
    invisible = category in ("Cf", "Cs", "Co", "Cn") or char in SKIN_TONES or char == "\ufe0f"
    return "" if invisible else char


def _emoji_name(char: str) -> str:
    return unicodedata.name(char, "").lower().replace("-", " ")


def tokens(normalised: str) -> tuple[str, ...]:
    """The words of a normalised text in order, short forms and text-speak written out.

    >>> tokens(normalise("What's ket's effect, u don't know?"))
    ('what', 'is', 'ket', 'effect', 'you', 'do', 'not', 'know')
    """
    return tuple(chain.from_iterable(map(_written_out, WORD.findall(normalised))))


@lru_cache(maxsize=65_536)
def _written_out(word: str) -> tuple[str, ...]:
    if len(word) > LONGEST_WORD:
        return (word[:LONGEST_WORD],)
    if plain := CONTRACTIONS.get(word) or TEXT_SPEAK.get(word):
        return tuple(plain.split())
    if negative := NEGATIVE_TAIL.match(word):
        return (negative[1], "not")
    if "'" in word:
        head, _, tail = word.rpartition("'")
        if spoken := TAILS.get("'" + tail):
            possessive = tail == "s" and head not in ASKING_OR_POINTING
            return (head,) if possessive else (*_written_out(head), spoken)
        return tuple(part for piece in word.split("'") if piece for part in _written_out(piece))
    if number := NUMBER_UNIT.match(word):
        return (number[1], number[2])
    return (word,)


def words(text: str) -> tuple[str, ...]:
    """The tokens of a text as typed: `tokens(normalise(text))`."""
    return tokens(normalise(text))


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text as typed, in order: cut after . ! ? ; and at line ends; none is empty.

    >>> sentences("Hi! Is it an opioid?\\nthanks")
    ('Hi!', 'Is it an opioid?', 'thanks')
    """
    return tuple(piece.strip() for piece in SENTENCE_END.split(text) if piece.strip())


_stemmer = Stemmer.Stemmer("english", 0)
_stemmer_lock = Lock()  # a Snowball stemmer keeps its word in one buffer


@lru_cache(maxsize=262_144)
def stem(word: str) -> str:
    """The Snowball (Porter 2) stem of one lower-case English word."""
    with _stemmer_lock:
        stemmed: str = _stemmer.stemWord(word)
    return stemmed


def stems(text: str) -> tuple[str, ...]:
    """The stems of a text as typed, in order."""
    return tuple(map(stem, words(text)))


def pairs(items: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Neighbours in order, the text's start and end marked by empty strings."""
    return pairwise(("", *items, ""))


# Words that carry grammar rather than matter. Negations and quantities are not here: they change an answer.
FUNCTION_WORDS = frozenset(
    """a about all also am an and any are as at be been being but by can could did do does doing done for from get
    gets getting got had has have having he her here hers him his how i if in into is it its just let like me mine my
    of on or our ours out please she should so some such than that the their theirs them then there these they this
    those thing things through to too up us very was we were what whatever when where which while who whom whose why
    will with would you your yours may might must shall ok okay yes hi hello hey well really actually exactly
    tell know want say said says mean means someone somebody anyone anybody something anything everything person
    people one ones many much more most lot bit kind sort way much even still only ever make makes made
    go goes going come comes use used using take taken put need give given thanks thank question wonder wondering
    curious explain understand find help hear heard read think thought tried ask asking asked true right sure""".split()
)


FUNCTION_STEMS = frozenset(map(stem, FUNCTION_WORDS))


def content_stems(text: str) -> tuple[str, ...]:
    """The stems of the words that carry matter, in order, with repeats."""
    return tuple(stem(word) for word in words(text) if word not in FUNCTION_WORDS)


def latin_share(text: str) -> float:
    """The share of Latin letters among the letters of a text, 0 to 1; 1 for a text without letters."""
    letters = [char for char in text if char.isalpha()]
    if not letters:
        return 1.0
    return sum(char.isascii() or "LATIN" in unicodedata.name(char, "") for char in letters) / len(letters)


@lru_cache(maxsize=1)
def english() -> frozenset[str]:
    """Common English words: none of them is a misspelling of another."""
    listed = (Path(__file__).parent / "english.txt").read_text(encoding="utf-8")
    return frozenset(word for line in listed.splitlines() if not line.startswith("#") for word in line.split())
