"""The terminal: a conversation, one line after another."""
