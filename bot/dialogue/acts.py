"""What a message does besides asking: it wants more, a repeat, the sources; protests; takes leave; takes back."""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import Enum

from bot.dialogue.context import Context
from bot.text import words


class Act(Enum):
    """What a message wants of the last reply, rather than of the base."""

    MORE = "more"  # the whole text
    AGAIN = "again"
    SHORTER = "shorter"
    SOURCES = "sources"
    SURE = "sure"  # whether that is right
    PERSON = "person"  # somebody to talk to
    LOST = "lost"  # it was wrong, or was not understood
    REST = "rest"  # the questions that were left
    IDLE = "idle"  # nothing: "next", "wait", "right?"


# A message is an act when it has no words but those of the act, one of its keys at least, and those that pad.
PADDING = frozenset(
    """a about all and answer any anything at be bit but can could do does explain for from from get give go going have
    having here hi hey how i in is it just know like little lot me mean my of oh ok okay on once one please pls
    plz put say said same show so some tell than thank thanks that the then there thing things this to try um uh
    want was well what will with would you your yours need more much kindly now again last message reply really
    bot sorry hm hmm wait whole are where we us let got did been them these those which by also yes yeah anyway
    right away something word words sentence line part text ta mate dear love sir madam tho though lol haha
    english version long too way point""".split()
)
KEYS: dict[Act, frozenset[str]] = {
    Act.PERSON: frozenset(
        "person human humans agent operator representative rep staff somebody someone advisor adviser colleague "
        "receptionist live real talk speak chat call phone connect transfer member team".split()
    ),
    Act.SOURCES: frozenset(
        "source sources reference references citation citations cite cites evidence proof prove origin document "
        "documents article articles link links says based".split()
    ),
    Act.SHORTER: frozenset(
        "shorter short shortly brief briefly summary summarise summarize summarised summarized tldr simple simpler "
        "simply simplify nutshell condensed concise plain plainly easier gist sum shorten fewer".split()
    ),
    Act.MORE: frozenset(
        "more further elaborate expand continue detail details detailed longer full fully else explain why deeper "
        "depth carry keep rest extend expound specifics reason reasons explanation".split()
    ),
    Act.AGAIN: frozenset("repeat again pardon rephrase resend reread reprint replay repeating".split()),
    Act.LOST: frozenset(
        "wrong incorrect false untrue mistaken mistake nonsense rubbish garbage useless understand understood confused "
        "confusing confuse unclear misunderstood misunderstand stupid".split()
    ),
    Act.SURE: frozenset("sure certain really true correct accurate definitely seriously trust reliable".split()),
}  # fmt: skip
PEOPLE = frozenset(
    "person human humans agent operator representative rep staff somebody someone advisor adviser colleague".split()
)  # whom somebody asks for
WANTING = frozenset(
    """want wanted need like get give talk speak chat call phone connect transfer put let contact reach see rather
    prefer ask pass bring fetch have there could can""".split()
)  # with these, or with nothing besides, "a human" is asked for: not "for humans?"
BARE = PEOPLE | frozenset(
    "a an the real live actual please pls plz no not bot robot machine program being instead now ok okay just".split()
)
PROTESTING = frozenset(
    "not do does did no never at all make makes it any totally completely absolutely very quite still simply think "
    "this bad bot word makes sense question questions asked asking answering answered answers".split()
)
MISSED = frozenset(  # what an answer is not, or does not, where somebody is dissatisfied with it
    "right true correct helpful useful sense answer answers answered answering question asked ask get follow".split()
)
WHOLE: dict[Act, frozenset[tuple[str, ...]]] = {  # in so many words, all of them common ones
    act: frozenset(map(words, phrases))
    for act, phrases in {
        Act.MORE: (
            "go on", "and then", "how so", "how come", "what do you mean", "what does that mean", "how", "why not",
            "and", "meaning", "in what way", "tell me", "yes tell me", "yes go on", "please do", "what else",
        ),
        Act.SHORTER: ("too long", "that is too long", "way too long", "quick version", "the quick version"),
        Act.AGAIN: ("come again", "sorry", "what was that", "what did you say", "one more time"),
        Act.LOST: ("what", "huh", "eh", "say what", "sorry what", "i am lost"),
        Act.REST: (
            "the rest", "rest", "the others", "the other ones", "the other questions", "the remaining questions",
            "the remaining ones", "my other questions", "the rest of my questions", "the rest of them",
            "the other question", "the open questions",
        ),
        Act.IDLE: (
            "right", "next", "wait", "go back", "back", "hold on", "hang on", "hm", "hmm", "so", "whatever", "next one",
            "next please", "next question", "um", "uh", "well", "then", "but", "or", "previous", "undo", "skip",
            "go ahead", "i see", "let me see", "let me think",
        ),
        Act.SOURCES: (
            "says who", "who says", "who says so", "who says that", "where did you get that", "where is that from",
            "where did you read that", "how do you know", "how do you know that", "where did you hear that",
        ),
        Act.SURE: (
            "right", "correct", "is that so", "is it so", "is that right", "is that a fact", "for real", "you sure",
            "no way",
        ),
    }.items()
}  # fmt: skip
LONGEST_ACT = 12  # words
THANKED_FOR = re.compile(  # "thanks for the explanation" wants none
    r"^(?:(?:ok|okay|well|and) )*(?:thanks|thank you|ta|cheers)(?: (?:a lot|so much|very much|again|kindly))?"
    r" for (?:that|this|it|(?:(?:the|your|that|this|all|a) )*\w+)(?: |$)"
)
NOT_CAUGHT = re.compile(
    r"\b(?:not (?:quite |really )?(?:catch|get|hear)|missed) (?:that|it|what you said|the last bit)\b"
)
ASKING = frozenset("is are do does did can could will would why how".split())
UNFINISHED = frozenset(  # words that open a question, or ask for time, and ask nothing by themselves
    "what who where when is are do does did can a an one the moment sec second minute wait just about and".split()
)
OPENING = frozenset("and or what how about tell me give show on go with ok okay the now so yes answer continue".split())
YES = frozenset("yes yeah yep yup sure ok okay yea aye please ye yah y go on do it that one right correct".split())
SURELY_YES = frozenset("yes yeah yep yup sure yea aye ye yah".split())
TAKING_UP = SURELY_YES | {"go", "please"}  # a single offer
NO = frozenset("no nope nah neither none nothing not".split())
DENIES = NO | frozenset(
    "of these those them that the thanks thank you one ones is it i want mean meant any fits fit really".split()
)
# What somebody says who asks for the numbers: nothing but words of these lists and the names of regions and services,
# one of the first list among them. "phone" and "your" ask for the owner's number, unless it is an urgent one.
NUMBERS = frozenset("number numbers hotline hotlines helpline helplines lifeline".split())
URGENT = frozenset("emergency emergencies crisis urgent urgently helpline helplines hotline hotlines lifeline".split())
OWN = frozenset("phone telephone contact your desk".split())
AROUND_NUMBERS = frozenset(
    """a the please pls some any all show see list me us my our here give get tell send have has had got i we you can
    could do does should need want know what which who where is are there that this it was again to too for in from
    and or call ring dial text talk use right now today quick quickly asap help line lines ok okay hi hello hey
    thanks repeat once more somebody someone""".split()
)
HELP = frozenset(map(words, ("help", "help me", "i need help", "please help")))
MORE = frozenset(map(words, ("more", "tell me more", "go on", "what else", "and then")))
GOODBYE = frozenset(
    map(words, ("bye", "bye bye", "goodbye", "good bye", "good night", "see you", "see ya", "cya", "cheerio"))
)
# What somebody says who takes an alarm back: nothing but words of both lists, one of the first among them.
TAKING_BACK = frozenset(
    "ok okay fine alright safe better kidding joking joke joked forget nvm nevermind mind ignore".split()
)
AROUND_IT = frozenset(
    """i am it is was were just only really now honestly please sorry that this all of about lol haha hehe a me my
    what said thanks thank you good feeling feel much so totally to be yes yeah everything we both are right
    and but again here well actually""".split()
)
NO_NEGATION = {" never mind ": " nevermind ", " no worries ": " fine "}
# What somebody says who does not know what to say: nothing but words of both lists, one of the first among them.
UNSURE = frozenset(
    "know sure idea idk dunno maybe perhaps possibly guess think suppose tell yes yeah yep no nope".split()
)
AROUND_UNSURE = frozenset(
    """i do not no we it is he she they am can could really so just um uh hmm well honestly either any yet at all to say
    what sorry please""".split()
)
FEW_WORDS = 8  # of a message that goes on with what was said last


def act_of(message: str) -> Act | None:
    """What a message wants of the last reply; None where it is a question, a pick or something else."""
    said = _unthanked(words(message))
    if not said or len(said) > LONGEST_ACT:
        return None
    if said in WHOLE[Act.SURE] and message.rstrip().endswith("?"):
        return Act.SURE
    for act, phrases in WHOLE.items():
        if said in phrases and (act is not Act.SURE or len(said) > 1):
            return act
    if _carried(said) in WHOLE[Act.REST]:
        return Act.REST
    if _wants_a_person(said):
        return Act.PERSON
    if NOT_CAUGHT.search(" ".join(said)):
        return Act.AGAIN
    wanted = [act for act, keys in KEYS.items() if act is not Act.PERSON and not keys.isdisjoint(said)]
    around = PADDING.union(*(KEYS[act] for act in wanted), PROTESTING if Act.LOST in wanted else ())
    if wanted and around.issuperset(said):
        return wanted[0]  # "repeat that in simpler words" wants it simpler
    if set(said) <= UNFINISHED:
        return Act.IDLE
    return Act.LOST if _unanswered(said) else None


def _unthanked(said: tuple[str, ...]) -> tuple[str, ...]:
    """The words behind a "thank you for …"; all of them where there is none."""
    return tuple(THANKED_FOR.sub("", " ".join(said)).split())


def _carried(said: tuple[str, ...]) -> tuple[str, ...]:
    """The words less an opening that only takes up what was said: "and …", "what about …", "tell me …"."""
    at = next((at for at, word in enumerate(said) if word not in OPENING), len(said))
    return tuple(word for word in said[at and at - (said[at - 1] == "the") :] if word not in ("please", "then", "now"))


def _wants_a_person(said: tuple[str, ...]) -> bool:
    """Whether somebody asks for a person: with a verb of wanting, or with nothing but the person; never "are you …"."""
    if PEOPLE.isdisjoint(said) or said[:2] in (("are", "you"), ("you", "are"), ("am", "i")):
        return False
    if set(said) <= BARE:
        return said != ("humans",)
    keys = KEYS[Act.PERSON]
    return not WANTING.isdisjoint(said) and all(word in keys or word in PADDING or word in NO for word in said)


def _unanswered(said: tuple[str, ...]) -> bool:
    """Whether a message says that its question was not met, and nothing else: "that's not true", "no answer"."""
    denied = not {"not", "no", "never"}.isdisjoint(said) and said[0] not in ASKING
    return denied and not MISSED.isdisjoint(said) and set(said) <= PADDING | PROTESTING | MISSED


def says_no(message: str) -> bool:
    """Whether a message only turns down what was offered: "no", "no thanks", "none of them"."""
    said = words(message)
    return not NO.isdisjoint(said) and set(said) <= DENIES


def says_yes(message: str) -> bool:
    """Whether a message only says yes."""
    said = tuple(word for word in words(message) if word not in ("thanks", "thank", "you"))
    return "?" not in message and not SURELY_YES.isdisjoint(said) and set(said) <= YES


def asks_for_more(message: str) -> bool:
    """Whether a message only asks to go on."""
    return words(message) in MORE


def asks_for_numbers(message: str, context: Context, names: Collection[str]) -> bool:
    """Whether a message only asks for the emergency numbers; in a flagged conversation "help" does.

    `names`: the words of the names of regions and services.
    """
    said = words(message)
    if context.flag and said in HELP:
        return True
    urgent = bool(context.flag) or not URGENT.isdisjoint(said)
    around = NUMBERS | URGENT | OWN | AROUND_NUMBERS
    named = {word for word in said if word in names and word not in around}
    if NUMBERS.isdisjoint(said) or len(said) > LONGEST_ACT or not (urgent or named or OWN.isdisjoint(said)):
        return False
    return all(word in around or word in named for word in said)


def says_goodbye(message: str) -> bool:
    """Whether a message only takes leave, thanks aside."""
    said = tuple(word for word in words(message) if word not in ("thanks", "thank", "you", "ok", "okay", "for", "now"))
    return said in GOODBYE or words(message) in GOODBYE


def takes_back(message: str) -> bool:
    """Whether a message only plays down what was said before: "I'm ok", "just kidding"; with a negation it does not."""
    text = f" {' '.join(words(message))} "
    for phrase, meaning in NO_NEGATION.items():
        text = text.replace(phrase, meaning)
    said = text.split()
    asks = message.rstrip().endswith("?") or said[:1] in (["is"], ["are"])
    return not asks and not TAKING_BACK.isdisjoint(said) and set(said) <= TAKING_BACK | AROUND_IT


def is_unsure(message: str) -> bool:
    """Whether a message only says that somebody does not know, or yes or no: "i don't know", "not sure"."""
    said = words(message)
    return "?" not in message and not UNSURE.isdisjoint(said) and set(said) <= UNSURE | AROUND_UNSURE


def goes_on(message: str) -> bool:
    """Whether a message is short enough to belong to what was said last."""
    return len(words(message)) <= FEW_WORDS
