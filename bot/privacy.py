"""What may be written down of a message: words, without what tells whose they are."""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

LONGEST = 1000  # characters of a message that are kept
READ = 4 * LONGEST  # characters that are looked at: what is taken out may make room for what follows
HASH_DIGITS = 32  # hexadecimal
KNOWN = 1024  # hashes that are kept ready: whoever asks asks again
CARD = range(13, 20)  # digits of a payment card (ISO/IEC 7812)
KEPT_CONTROLS = "\n\t"
HIDDEN = ("Cc", "Cf", "Cs")  # categories of Unicode: controls, formats such as zero-width ones, surrogates

MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?)"
)
STREET = "(?:street|road|avenue|ave|lane|terrace|boulevard|blvd|crescent|highway|hwy|parkway|square|mews|rd)"
# These are other words, too: "twice in a row", "before I drive". They end an address behind one or two longer words.
PERHAPS_STREET = "(?:st|ln|drive|dr|court|ct|close|way|place|pl|sq|gardens|grove|hill|parade|row|walk|quay)"
NO_STREET = "(?:on|in|of|to|my|a|at|by|from|down|off|across|along|or|and|before|after)"  # "10 years on the road"
YEAR = r"(?:\d{4}|'?\d{2})"
# What may follow "my name is Jo": no part of the name.
AFTER_NAME = (
    "(?:and|but|i|im|i['’]m|i['’]ve|my|we|is|was|am|can|could|do|does|did|what|how|where|when|why|from|at|in|on|of|for|"
    "born|please|who|with|to|the|a|an|it|if|because)"
)
NAME_WORD = r"[^\W\d_][\w'’.-]{0,40}"
CAPITALISED = r"[A-Z][\w'’-]{0,20}[a-z][\w'’-]{0,20}"  # not what is shouted
DIGIT_GAP = r"[\s().,/:_*·‐-―-]{0,3}"  # between the digits of a number


def _pattern(text: str) -> re.Pattern[str]:
    """A pattern that may be laid out over lines, where a space of the text is `[ ]` or `\\s`; case does not count."""
    return re.compile(text, re.VERBOSE | re.IGNORECASE)


LINK = _pattern(
    r"""\b (?: https? | ftps? | file | data | mailto | tel | sms | slack ) : \S+ | \b www\.\S+
    | (?<! [\w-] ) (?<! [\w-]\. ) [\w-]+ (?: \.[\w-]+ )* \.[a-z]{2,24} [/?] \S*"""
)
MAIL = _pattern(
    r"""(?<! [^\s@<>(),;:|] ) [^\s@<>(),;:|]+ (?: \s?@\s? | \s?[(\[]at[)\]]\s? )
      [^\s@<>(),;:|]{1,190} \. [^\W\d_]{2,24} \b
    | [\w.+-]{1,64} \s at \s [\w-]{1,63} \s dot \s [^\W\d_]{2,24} \b (?: \s dot \s [^\W\d_]{2,24} \b )?"""
)
HANDLE = _pattern(r"(?<![\w@]) @ [\w.-]{2,40}")
NETWORK = _pattern(
    r"""\b \d{1,3} (?: \. \d{1,3} ){3} \b
    | (?<![\w:]) (?: [0-9a-f]{1,4} : (?= [0-9a-f:] ) ){3,7} (?: :? [0-9a-f]{1,4} ){0,6} (?![\w:])
    | (?<![\w:]) [0-9a-f]{1,4} (?: : [0-9a-f]{1,4} ){0,6} :: (?: [0-9a-f]{1,4} (?: : [0-9a-f]{1,4} ){0,6} )?
    (?![\w:])"""
)
DATE = _pattern(
    rf"""\b (?: \d{{1,4}} [ ]? [./-] [ ]? \d{{1,2}} [ ]? [./-] [ ]? \d{{1,4}}
    | \d{{1,2}} (?: st | nd | rd | th )? (?: [ ] of )? [ -] {MONTH} \b (?: [ ,.-]{{1,3}} {YEAR} \b )?
    | {MONTH} \.? [ -] \d{{1,2}} (?: st | nd | rd | th )? \b (?: [ ,-]{{1,3}} {YEAR} \b )? )"""
)
BORN = _pattern(
    r"""\b ( born [ ] (?: in | on ) | born (?= \s [\d\[] ) | (?: dob | d\.o\.b\.? ) (?: [ ] is )? :?
    | (?: date [ ] of [ ] birth | birthday | birth [ ] year ) (?: [ ] is (?: [ ] on )? | : | (?= \s [\d\[] ) ) )
    \s+ [^\s,;]+"""
)
ADDRESS = _pattern(
    rf"""\b (?: (?: flat | apt | apartment | unit | suite ) \.? \s? \w{{1,5}} ,? \s )? \d{{1,5}} [a-z]? ,?
    (?: (?: [ ] (?! {NO_STREET} \b ) {NAME_WORD} ){{1,4}}? [ ] {STREET} \b
    | (?: [ ] [^\W\d_] [\w'’-]{{3,30}} ){{1,2}}? [ ] {PERHAPS_STREET} \b ) \.?
    | \b p\.?\s?o\.? \s box \s \w{{1,10}}"""
)
HOME = _pattern(
    r"\b ( (?: i | we ) [ ] live [ ] at | (?: my | our | home ) [ ] address (?: [ ] is | : )? ) \s+ [^\n?!;]{1,80}"
)
POSTCODE = re.compile(  # of the United Kingdom (its second half lacks some letters: "5mg" is none), Canada, the USA
    r"(?i:\b[a-z]{1,2}\d[a-z\d]? ?\d[abd-hjlnp-uw-z]{2}\b|\b[a-z]\d[a-z][ -]?\d[a-z]\d\b)"
    r"|\b[A-Z]{2},? \d{5}(?:-\d{4})?\b"
)
CODE = _pattern(  # letters and digits: insurance numbers, passports, bank accounts, reference numbers, keys
    r"""\b [a-z]{1,3} -? \d{5,20} [a-z]? \b
    | \b [a-z]{2} (?: [ -] \d{2} ){3} [ -] [a-z] \b
    | \b [a-z]{2} \d{2} (?: [ ]? [a-z0-9]{4} ){2,7} (?: [ ]? [a-z0-9]{1,3} )? \b
    | (?<! [\w-] ) (?= [a-z0-9_-]* [a-z] ) (?= [a-z_-]* (?: \d [a-z_-]* ){4} ) [a-z0-9_-]{8,} \b"""
)
NUMBER = re.compile(rf"\+?\(?\d(?:{DIGIT_GAP}\d){{5,40}}")  # six digits or more may be somebody's
NAME = _pattern(
    rf"""\b ( my \s (?: full \s | first \s | last \s | real \s )? name (?: ['’]?s | \s is | : )? | name \s is | name :
    | i \s am \s called | i ['’]? m \s called | (?: people | they | you \s can | just | please ) \s call \s me
    | (?: patient | full | first | last ) \s name (?: \s is | : )
    | signed [,:] | yours \s (?: sincerely | faithfully | truly ) ,?
    | (?: kind | best | warm ) \s regards ,? | regards , )
    (?: \s+ (?! {AFTER_NAME} \b ) {NAME_WORD} ){{1,4}}"""
)
TITLED = _pattern(rf"\b ( mr | mrs | ms ) \b \.? \s {NAME_WORD} (?: \s (?-i: {CAPITALISED} ) )?")
CAPITALS = re.compile(
    rf"\b(?:((?i:dr|prof|nurse|miss)\b\.?) {CAPITALISED}|((?i:i am|i['’]?m|this is)) {CAPITALISED} {CAPITALISED})"
    rf"(?: {CAPITALISED}){{0,2}}"
)


def redacted(text: str) -> str:
    """The text without addresses, numbers, dates, names and links that may tell whose it is; at most 1,000 characters.

    What is taken out is named in brackets. It errs on the side of taking out: any number of six digits or more goes.

    >>> redacted("I'm at 12 Elm Road, call 020 7946 0018 or mail jo@example.org")
    "I'm at [address], call [number] or mail [e-mail]"
    """
    text = _visible(text)
    lower = text.lower()
    for steps, cues in STEPS:
        if any(map(lower.__contains__, cues)) or not lower.isascii():
            for pattern, stands_for in steps:
                text = pattern.sub(stands_for, text)
    return text[:LONGEST]


@lru_cache(KNOWN)
def hashed(identifier: str, secret: str) -> str:
    """A user or an address as 32 hexadecimal digits that say nothing without the secret (HMAC-SHA-256)."""
    digest = hmac.digest(secret.encode(), identifier.encode("utf-8", "surrogatepass"), "sha256")
    return digest.hex()[:HASH_DIGITS]


def _visible(text: str) -> str:
    """A text as it is seen: in plain forms of its characters, without those that cannot be seen or stored."""
    if text.isascii() and text.isprintable():
        return _cut(text)
    text = _cut(unicodedata.normalize("NFKC", text[: READ + 1]))
    return "".join(char for char in text if char in KEPT_CONTROLS or unicodedata.category(char) not in HIDDEN)


def _cut(text: str) -> str:
    """The start of a long text, up to a whole word that is no number: half an address would not be known for one."""
    if len(text) <= READ:
        return text
    return re.sub(r"[\W\d_]*\S*\Z", "", text[:READ])


def _number(found: re.Match[str]) -> str:
    digits = [int(char) for char in found[0] if char.isdecimal()]
    return "[card]" if len(digits) in CARD and _checks(digits) else "[number]"


def _checks(digits: list[int]) -> bool:
    """Whether the check digit of a card is right (Luhn, ISO/IEC 7812-1)."""
    doubled = (2 * digit if at % 2 else digit for at, digit in enumerate(reversed(digits)))
    return sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10 == 0


Step = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]
WORDS: tuple[Step, ...] = ((LINK, "[link]"), (MAIL, "[e-mail]"), (HANDLE, "[name]"))
DIGITS: tuple[Step, ...] = (  # what cannot be without a digit
    (NETWORK, "[number]"), (DATE, "[date]"), (ADDRESS, "[address]"), (POSTCODE, "[address]"), (CODE, "[number]"),
    (NUMBER, _number),
)  # fmt: skip
NAMES: tuple[Step, ...] = (
    (BORN, r"\1 [date]"), (HOME, r"\1 [address]"), (NAME, r"\1 [name]"), (TITLED, r"\1 [name]"),
    (CAPITALS, r"\1\2 [name]"),
)  # fmt: skip
# Most messages hold nothing of the kind: each stage is skipped where none of its cues is in the message. Letters beyond
# ASCII may have cues of their own, so that nothing is skipped then.
STEPS: tuple[tuple[tuple[Step, ...], tuple[str, ...]], ...] = (
    (WORDS, ("@", ":", ".", "(at)", "[at]", "dot")),
    (DIGITS, tuple("0123456789")),
    (NAMES, (
        "born", "birth", "dob", "d.o.b", "live at", "address", "name", "call", "sign", "yours", "regards", "mr", "ms",
        "dr", "prof", "nurse", "miss", "i am", "im", "i'm", "this is",
    )),
)  # fmt: skip
