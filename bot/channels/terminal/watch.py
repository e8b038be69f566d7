"""Content that is read again when a file of it changes, so that an answer can be tried while it is written."""

from __future__ import annotations

from pathlib import Path

from bot.engine import Bot
from bot.errors import ContentError

FOLDERS = ("intents", "answers")


class Watch:
    """Looks at the files of a content folder when asked, and loads it anew where one has changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen = self._files()

    def refresh(self, bot: Bot) -> tuple[Bot, str]:
        """The bot to go on with, and what there is to say of it (Markdown); the old one where the new one is wrong."""
        files = self._files()
        if files == self._seen:
            return bot, ""
        self._seen = files
        voice = bot.kb.voice
        try:
            fresh = Bot.load(self._folder, region=bot.region)
        except ContentError as error:
            problems = "\n".join(f"- {problem}" for problem in error.problems)
            return bot, f"{voice.get('watch_kept', '')}\n\n{problems}".strip()
        return fresh, fresh.kb.voice.get("watch_reloaded", "")

    def _files(self) -> dict[Path, tuple[int, int]]:
        """Every file with its time of change and its size."""
        found = {}
        for folder in FOLDERS:
            for path in (self._folder / folder).glob("*.yaml"):
                try:
                    state = path.stat()
                except OSError:  # gone between the two looks: an editor saves by renaming
                    continue
                found[path] = (state.st_mtime_ns, state.st_size)
        return found
