"""What is said to a message that wants something of the last reply, or of the bot, rather than of the base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.decision import Answered, Asked, Declined
from bot.dialogue import MOST, Act, Context, act_of, only_numbers, place_named, says_no, says_yes
from bot.knowledge import SMALLTALK, KnowledgeBase
from bot.knowledge.rules import CATEGORIES
from bot.knowledge.values import NONE_OF_THESE
from bot.matching import Match, phrasings_of
from bot.reply import ASKED, Reply, Voice
from bot.text import words
from bot.understanding import CERTAIN

WHY = frozenset(map(words, ("why", "why not", "how come", "how so", "but why", "why is that")))


class Acting:
    """Gives the replies to acts of one knowledge base. Immutable."""

    def __init__(self, kb: KnowledgeBase, voice: Voice) -> None:
        self._kb = kb
        self._voice = voice
        talk = (intent for intent in kb.intents.values() if intent.topic == SMALLTALK)
        self._talk = frozenset(words(text) for intent in talk for text in phrasings_of(intent))

    def told(self, intents: Sequence[str], context: Context) -> Reply:
        """The entries of intents that were picked."""
        context = replace(context, whole=0)
        if tuple(intents) == (NONE_OF_THESE,):
            return self._voice.reply([self._voice.decline(Declined(), context, "decline_none")], context)
        matches = [Match(intent, CERTAIN, self._kb.title(intent)) for intent in intents if intent != NONE_OF_THESE]
        parts = [self._voice.answer(match, context) for match in matches]
        about = self._kb.intents[matches[0].intent].about
        context = replace(context, entities=about[:1] or context.entities, frame=matches[0].phrasing)
        return self._voice.reply(parts, context)

    def acted(self, message: str, context: Context) -> Reply | None:
        """The reply to a message that is an act; None where it asks something."""
        endangered = any(intent in CATEGORIES for intent in context.intents)
        if only_numbers(message):
            return self._offered("out_of_range", context)
        if found := self._of_part(message, context):
            return found
        act = None if says_yes(message) else act_of(message)  # "sure"
        last = [intent for intent in context.intents if intent in self._kb.intents]
        if act is Act.PERSON:
            return self._passed_on(context)
        if act is not Act.SOURCES and words(message) in self._talk:
            return None  # "thanks again"
        if act and endangered:
            return None  # it is about what was said of danger
        if act is Act.REST:
            return self._rest(context)
        if act is Act.IDLE:
            return self._offered("which_one", context, "idle_line")
        if act and (reply := self._given(act, last, context) if last else self._unheld(act, message, context)):
            return reply
        if context.choices and says_yes(message):
            return self._offered("which_one", context)
        if context.choices and says_no(message):
            return self._voice.reply([Declined(text=self._voice.say("no_more"))], replace(context, declines=-1))
        return None

    def _of_part(self, message: str, context: Context) -> Reply | None:
        """What is wanted of one part of the last reply ("more on the second"), or of one thing that was offered."""
        named = place_named(message)
        act = act_of(named[1]) if named else None
        if not named or act not in (Act.MORE, Act.AGAIN, Act.SHORTER, Act.SOURCES, Act.SURE):
            return None
        place, parts = named[0], context.intents
        offered = tuple(choice for choice in context.choices if choice in self._kb.intents)
        if len(parts) > 1 and place < len(parts) and parts[place] in self._kb.intents:
            return self._given(act, [parts[place]], replace(context, whole=0))
        if len(parts) < 2 and offered and place < len(offered) and act is not Act.AGAIN:
            return self._given(act, [offered[place]], replace(context, whole=0))
        return self._offered("out_of_range", context)

    def _given(self, act: Act, intents: Sequence[str], context: Context) -> Reply | None:
        """Answers again: whole, shorter, what they rest on; or, the second time, that there is no more."""
        parts = [self._voice.answer(Match(one, CERTAIN, self._kb.title(one)), context) for one in intents]
        if act is Act.SOURCES and not any(part.sources for part in parts):
            return None
        again = act is Act.MORE and context.whole > 0
        given = self._all_told(parts) if again else [self._voice.retold(part, act) for part in parts]
        reply = self._voice.reply(given, context, fresh=again)
        remembered = replace(reply.context, intents=context.intents or reply.context.intents)
        remembered = replace(remembered, whole=int(act is Act.MORE), left=context.left)
        if set(intents) - set(context.intents):  # something that was offered
            remembered = replace(remembered, intents=tuple(intents))
        return replace(reply, context=remembered)

    def _all_told(self, parts: Sequence[Answered]) -> list[Answered]:
        """That no more is held, in the place of answers that were given whole."""
        said = self._voice.say("all_told")
        return [replace(parts[0], short=said, text=said, closing="")]

    def _rest(self, context: Context) -> Reply:
        """The answers to the questions of a long message that were left."""
        if not context.left:
            return self._said("nothing_left", context)
        reply = self.told(context.left[:MOST], replace(context, left=()))
        return replace(reply, context=replace(reply.context, left=context.left[MOST:]))

    def _unheld(self, act: Act, message: str, context: Context) -> Reply | None:
        """What an act comes to where nothing was answered last; None for those that the base may know."""
        match act:
            case Act.MORE if context.declines and words(message) in WHY:
                return self._why_declined(context)
            case Act.MORE | Act.AGAIN | Act.SHORTER if context.choices or not context.frame:
                return self._offered("which_one", context, "nothing_more")
            case Act.SURE if len(words(message)) == 1:
                return self._offered("which_one", context, "idle_line")
            case Act.LOST:
                return self._said("lost_line", context)
            case _:
                return None

    def _why_declined(self, context: Context) -> Reply:
        """Why the last question was declined."""
        thing = self._kb.lexicon.entities.get(next(iter(context.entities), ""))
        named = thing.name if thing and not thing.covered else ""
        return self._said("why_nothing_on" if named else "why_nothing_held", context, name=named)

    def _said(self, key: str, context: Context, **values: str) -> Reply:
        """A line of the bot's own, which is no decline more than there were."""
        line = self._voice.say(key, contact=self._voice.say("contact"), **values)
        reply = self._voice.reply([Declined(text=line)], replace(context, declines=-1))
        return replace(reply, context=replace(reply.context, declines=context.declines, intents=context.intents))

    def _offered(self, key: str, context: Context, none: str = "nothing_offered") -> Reply:
        """What may be picked; where nothing was offered, the line `none`; of a long list only its length."""
        choices = tuple(choice for choice in context.choices if choice in self._kb.intents)
        if not choices or len(choices) > MOST:
            return self._said(key if choices else none, context, count=str(len(choices)))
        return self._voice.reply([self._voice.ask(Asked(choices), key)], context)

    def _passed_on(self, context: Context) -> Reply:
        """The way to a person: the entry that the base has for it, or the line of whom to ask."""
        entry = next((intent for intent, entry in self._kb.entries.items() if entry.handover), None)
        if entry:
            return self.told((entry,), context)
        return self._voice.reply([self._voice.decline(Declined(), replace(context, declines=1), "")], context, ASKED)
