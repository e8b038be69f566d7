"""Every message and view as TypeScript, for Slack's own types to judge.

npm install --ignore-scripts @slack/types@3 @slack/web-api@8 typescript
python -m tests.slack.typescript > all.ts
npx tsc --strict --noEmit --skipLibCheck --module nodenext --moduleResolution nodenext --target es2022 all.ts
"""

from __future__ import annotations

import json
import sys
from typing import Any

from bot.channels.slack.blocks import messages
from bot.channels.slack.home import answered, home, questions
from tests.slack.bots import shipped
from tests.test_slack_blocks import LOOKS, REGIONS, TURN, every_reply

IMPORTS = """\
import type { HomeView, KnownBlock, ModalView } from "@slack/types";
import type { ChatPostMessageArguments } from "@slack/web-api";
"""
POSTS = 50  # whole calls; the blocks of all others stand apart


def main() -> None:
    """Write the file; say how much is in it."""
    kb = shipped().kb
    made: dict[str, Any] = {}
    for region in REGIONS:
        for reply in every_reply(shipped().in_region(region)):
            for look in LOOKS.values():
                made |= {json.dumps(one.values()): one.values() for one in messages(reply, TURN, kb, look)}
    blocks = {json.dumps(block): block for message in made.values() for block in message.get("blocks", [])}
    modals = [view for topic in kb.topics if (view := questions(kb, topic))]
    modals += [answered(shipped().tell(intent), kb, kb.title(intent)) for intent in kb.intents]
    posts = [{"channel": "C1", "thread_ts": "1.1", **message} for message in list(made.values())[:POSTS]]
    sys.stdout.write(IMPORTS)
    for name, values, kind in (
        ("blocks", list(blocks.values()), "KnownBlock[]"),
        ("homes", [home(kb, "/faq", hand_over=True)], "HomeView[]"),
        ("modals", modals, "ModalView[]"),
        ("posts", posts, "ChatPostMessageArguments[]"),
    ):
        sys.stdout.write(f"export const {name} = {json.dumps(values)} satisfies {kind};\n")
    sys.stderr.write(f"{len(made)} messages of {len(blocks)} different blocks, and {len(modals) + 1} views\n")


if __name__ == "__main__":
    main()
