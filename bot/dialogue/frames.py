"""Words around a question that say nothing of its matter: terms of address, interjections, reports and tags."""

from __future__ import annotations

import re

from bot.text import normalise, words

LONGEST = 500  # characters; what is longer tells a story, and no frame stands around it
FEWEST_LEFT = 2  # words of a question that a report or a tag stands around
# Closed classes of the language, or nearly so: whom somebody speaks to, by kinship, rank or affection.
TERMS = (
    "dear dearest love luv mate sir madam ma'am maam miss mister friend friends buddy pal bro bruv dude man guys folks "
    "honey hun hon darling sweetheart sweetie doctor doc nurse bot robot boss pet duck"
)
NO_ADDRESS = frozenset(  # before a term these make it what the question is about: "for my friend", "is a robot"
    """a an the my your his her our their this that these those any some no every each another one of for to from with
    by at in on about like than as and or nor not is are am was were be been being do does did i you he she it we they
    who what which how real live human good bad other see ask tell call love old""".split()
)
# Words that only colour what is said.
INTERJECTIONS = (
    "lol lmao rofl haha hahaha hehe omg wow oops geez gosh ugh btw tho fyi imo tbh asap apparently supposedly "
    "allegedly reportedly hm hmm um umm uh uhh erm ah aha ooh huh mm meh phew pff"
)
# Whom something is to be explained to.
AUDIENCES = (
    "beginner layman layperson laywoman reader readers child children kid kids toddler teenager teenagers teen teens "
    "student students pupil pupils newcomer novice dummy dummies idiot amateur outsider public audience "
    "grandmother grandma granny gran nan grandfather grandpa grandad grandson granddaughter grandchild son daughter "
    "mother mum mom father dad brother sister neighbour neighbor friend wife husband"
)
TERM = rf"(?:my\s+)?(?:(?:dear|good|old)\s+)?(?:{'|'.join(TERMS.split())})"
ADDRESS_LAST = re.compile(rf"(?:(?P<before>[\w']+)(?P<mark>\s*,\s*|\s+))?{TERM}(?P<end>[\s?!.…,]*)$")
ADDRESS_FIRST = re.compile(rf"^(?P<greeting>(?:(?:hi|hey|hello|ok|okay|oh|well|thanks|yo)\s+)?){TERM}\s*[,!:]\s*(?=\w)")
ADDRESS_BETWEEN = re.compile(rf",\s*{TERM}\s*,")
COLOURING = re.compile(rf"[\s,]*(?<![\w'-])(?:{'|'.join(INTERJECTIONS.split())})(?![\w'-])")

SOMEBODY = r"""(?:(?:my|our|his|her|their|your|the|a|an|some|one|this|another)\s+(?:[\w'-]+\s+){1,4}?
    |(?:they|people|some|someone|somebody|everyone|everybody|many|he|she|i|we|you)\s+)
    (?:(?:people|folks|also|all|just|always|often|once|even|keeps?|recently|usually|have|has|was|were|been|of)\s+)*"""
SAYING = r"""(?:says?|said|saying|tells?|told|telling|claims?|claimed|claiming|reckons?|thinks?|thought|believes?
    |believed|swears?|insists?|hear|hears|heard|reads?|mentions?|mentioned|saw|wrote|writes)"""
REPORT = re.compile(
    rf"""^(?:(?:and|but|so|well|ok|okay|also|hi|hello|hey)[\s,]+)* (?!i\s+said\b) {SOMEBODY} {SAYING}
    (?:\s+(?:to\s+)?(?:me|us|him|her|you|them))? (?:\s+(?:somewhere|online|once|today|yesterday))? (?:\s+that)?
    \s*[,:]?\s+ (?!about\b|of\b|on\b|with\b|to\b|so\b) (?=\w)""",
    re.VERBOSE,
)
ASIDE = re.compile(rf",\s* {SOMEBODY} {SAYING} \s*,", re.VERBOSE)
TRUTH = r"(?:really\s+|actually\s+)? (?:true|right|correct|so|accurate|a\s+fact|a\s+myth|the\s+case)"
WHETHER = r"(?:yes\s+or\s+no|true\s+or\s+false|yes\s+or\s+not)"
ANNOUNCED = re.compile(
    rf"""^(?:(?:and|but|so|also|ok|okay)\s+)*
    (?:is\s+it\s+{TRUTH}\s+(?:that|if)\s+
    |(?:{WHETHER}|quick|next|ps
      |(?:(?:a|one|another|more|just|new|next|last|final|other|different|second|quick|small|silly|stupid)\s+)*
       (?:one|question|thing|query))\s*[:,-]\s*) (?=\w)""",
    re.VERBOSE,
)
TAG = re.compile(
    rf"""(?:[\s,.;:?!-]+ (?:(?:is|isn't|isnt|was)\s+(?:that|it|this)\s+(?:not\s+)?{TRUTH} | is\s+{TRUTH}
      | (?:just\s+)?(?:a\s+)?{WHETHER})
    |\s*[,;.!?-]\s*(?:true|right|correct|quick|quickly|quick\s+answer|in\s+short|yes|no)) [\s?!.]*$""",
    re.VERBOSE,
)

YEARS = r"(?:\d{1,2}|four|five|six|seven|eight|nine|ten|eleven|twelve)"
OLD = r"[\s-]*(?:years?|yrs?)[\s-]*olds?"
NOBODY = "|".join(AUDIENCES.split())
EXPLAINING = r"\b(?:explain\w*|describe\w*|defin\w+|tell|summar\w+|spell|teach)\b"
EXPLAINED = (  # what is explained; a clause, or a word that itself goes on with "to", may be about the person
    r"(?!\w+ing\b|(?:what|how|why|when|where|who|which|if|whether|happens?|is|are|was|does|do|did|can|given|gave|risks?"
    r"|harms?|dangers?|damages?|relation|link|switch|change|next|close|due|up)\b)[\w'-]+"
)
TO_WHOM = re.compile(  # "to a child" behind what is explained; "for a child" behind the verb alone
    rf"""(?P<kept>{EXPLAINING}(?:\s+{EXPLAINED}){{0,5}}?(?=\s+(?:as|to)\b)|\b(?:explain|describe|define)(?=\s+for\b))
    (?:\s+as\s+(?:you|one)\s+would)? \s+(?:to|for)\s+(?:a|an|my|the|our|some)\s+
    (?:(?:young|little|small|lay|complete|total|old|curious)\s+)? (?:{YEARS}{OLD}|{NOBODY})
    (?![\w'-]) (?:\s+(?:who|that)\s+(?:has|have|had|knows?|never)(?:\s+[\w'-]+){{1,6}}$)?""",
    re.VERBOSE,
)
AS_TO = re.compile(  # "like I'm five"
    rf"""(?<!feel)(?:[\s,;:.-]+just)?[\s,;:.-]+(?:like|as\s+if|as\s+though)\s+
    (?:i\s+am|i'm|im|i\s+was|i\s+were)\s+(?:only\s+|a\s+|an\s+)? (?:{YEARS}(?:{OLD})?|{NOBODY}) (?![\w'-])""",
    re.VERBOSE,
)
IN_WORDS = re.compile(
    r"""[\s,;:.-]+ in\s+(?:very\s+|really\s+)?
    (?:plain|simple|easy|everyday|ordinary|normal|lay|layman's|laymans|non-technical)\s+
    (?:words|english|language|terms)\b""",
    re.VERBOSE,
)
HEDGE = re.compile(
    r"\s+(?:(?:and|or)\s+(?:such|so|so\s+on|the\s+like|something|whatever|stuff|things|all\s+that|that\s+sort\s+of\s+thing)"
    r"|etc|etcetera)(?P<end>[\s?!.…,]*)$"
)


def unframed(text: str) -> str:
    """A text, normalised, without what stands around its matter; empty where nothing does, or nothing would be left.

    >>> unframed("My grandson tells me tea is given to horses, is that true?")
    'tea is given to horses?'
    >>> unframed("Is it tea, dear?"), unframed("thank you my friend"), unframed("is it for my friend?")
    ('is it tea?', 'thank you', '')
    """
    plain = normalise(text)
    if len(plain) > LONGEST:
        return ""
    said = COLOURING.sub("", plain).lstrip(" ,.…-")
    said = ADDRESS_BETWEEN.sub(",", ADDRESS_FIRST.sub(lambda found: found["greeting"], said))
    said = _kept(TAG.sub("", _unaddressed(said)), said)
    said = HEDGE.sub(lambda found: found["end"], said)
    said = _kept(IN_WORDS.sub("", said), said)
    said = _kept(TO_WHOM.sub(lambda found: found["kept"], said), said)
    found = AS_TO.search(said)
    if found and re.search(EXPLAINING, said[: found.start()]):
        said = _kept(said[: found.start()] + said[found.end() :], said)
    said = _kept(ANNOUNCED.sub("", ASIDE.sub("", said)), said)
    said = _unaddressed(_kept(REPORT.sub("", said), said)).strip(" ,;:-")
    if said == plain or not words(said):
        return ""
    return said + "?" * (plain.rstrip(" !.").endswith("?") and not said.endswith("?"))


def _unaddressed(said: str) -> str:
    """A text without a term of address at its end."""
    found = ADDRESS_LAST.search(said)
    if not found or not found["before"]:
        return said
    thanked = said[: found.end("before")].endswith("thank you")
    if "," not in found["mark"] and found["before"] in NO_ADDRESS and not thanked:
        return said
    return said[: found.end("before")] + "?" * ("?" in found["end"])


def _kept(shorter: str, said: str) -> str:
    """A text less a report or a tag, where enough is left of it."""
    return shorter if shorter != said and len(words(shorter)) >= FEWEST_LEFT else said
