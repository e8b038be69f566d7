"""What a person is given: decisions in the words of the base, with choices and resources."""

from bot.reply.lifeline import Lifeline
from bot.reply.values import KINDS, Choice, Reply, Resource
from bot.reply.voice import ASKED, Voice, listed

__all__ = ["ASKED", "KINDS", "Choice", "Lifeline", "Reply", "Resource", "Voice", "listed"]
