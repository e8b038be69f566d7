"""The bot in Slack: mentions, direct messages, a command, a shortcut, a home page; Block Kit apart from listeners."""
