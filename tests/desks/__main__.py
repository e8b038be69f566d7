"""Start and stop real help desks for tests: python -m tests.desks start|stop FOLDER [NAME ...].

What tests need to know of them goes to FOLDER/desks.json, which FAQBOT_TEST_DESKS names.
"""

from __future__ import annotations

import json
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.desks import django_helpdesk, request_tracker

DESKS = {"rt": request_tracker, "django_helpdesk": django_helpdesk}


def start(folder: Path, names: list[str]) -> None:
    """Start desks beside each other, anew."""
    stop(folder)
    folder.mkdir(parents=True)
    with ThreadPoolExecutor() as pool:
        known = dict(zip(names, pool.map(lambda name: DESKS[name].start(folder / name), names), strict=True))
    (folder / "desks.json").write_text(json.dumps(known, indent=1), encoding="utf-8")


def stop(folder: Path) -> None:
    """Stop all of them."""
    for name, desk in DESKS.items():
        desk.end(folder / name)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    verb, place, *wanted = sys.argv[1:]
    if verb == "start":
        start(Path(place).absolute(), wanted or list(DESKS))
    else:
        stop(Path(place).absolute())
