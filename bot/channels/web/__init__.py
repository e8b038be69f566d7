"""The bot over HTTP: an API, pages that need no script, and a widget for other people's pages."""
