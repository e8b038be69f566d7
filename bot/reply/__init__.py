"""What a person is given: decisions in the words of the base, with choices and resources."""

from bot.reply.lifeline import Lifeline
from bot.reply.values import KINDS, Choice, Reply, Resource
from bot.reply.voice import Voice

__all__ = ["KINDS", "Choice", "Lifeline", "Reply", "Resource", "Voice"]
