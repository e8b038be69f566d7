"""faqbot: an FAQ bot that answers only what its owners wrote.

>>> from bot import Bot
>>> bot = Bot.load()
>>> bot.reply("is ketamine an opioid?").parts[0].intent
'ketamine_is_opioid'
"""
