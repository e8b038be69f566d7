from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Every module imports only from those before it; the modules of a package stand where their package stands.
ORDER = (
    "errors", "compiled", "interval", "text", "features", "spelling", "knowledge", "check", "safety", "matching",
    "gates", "decision", "dialogue", "question", "understanding", "reply", "acting", "refusal", "distress",
    "explanation", "engine", "evaluate", "variants", "contrast", "calibrate", "privacy", "record", "stats",
    "signatures", "mail", "remote", "desks", "handover", "triage", "settings", "channels", "cli", "__main__",
)  # fmt: skip
FAMILIES = ("desks", "channels", "cli")  # packages whose members do not know each other
LIBRARIES = {  # who may import what; a library that is not here has no place yet
    "Stemmer": ("text",),
    "yaml": ("knowledge",),
    "rapidfuzz": ("spelling", "safety", "matching", "gates", "evaluate", "stats", "triage", "channels", "cli"),
    "prompt_toolkit": ("channels.terminal", "cli"),
    "rich": ("channels.terminal", "cli"),
    "sqlalchemy": ("record", "stats"),
    "alembic": ("record",),
    "psycopg": ("record",),
    "httpx": ("remote",),
    "mailparser_reply": ("mail",),
    "inscriptis": ("mail",),
    "lxml": ("mail",),
    "slack_bolt": ("channels.slack",),
    "slack_sdk": ("channels.slack",),
    "fastapi": ("channels.web",),
    "starlette": ("channels.web",),
    "uvicorn": ("channels.web",),
    "limits": ("channels.web",),
    "redis": ("channels.web",),
    "prometheus_client": ("channels.web",),
    "markdown_it": ("channels.web", "channels.slack"),
    "waitress": ("channels.slack",),
    "itsdangerous": ("channels.web",),
    "pydantic": ("channels.web",),
    "uvloop": ("channels.web",),
}
# The same message gets the same reply: no clock, no chance, no network up to and with the engine.
IMPURE = {"asyncio", "http", "random", "secrets", "socket", "ssl", "subprocess", "threading", "time", "urllib", "uuid"}
PURE = ORDER[: ORDER.index("evaluate") + 1]
LOCKED = {("text", "threading")}  # the stemmer keeps its word in one buffer, and a lock
LONGEST_MODULE, LONGEST_FUNCTION = 300, 40  # lines


@dataclass(frozen=True)
class Module:
    """A file of the package: its name without `bot.`, its lines and its tree."""

    name: str
    path: Path

    @cached_property
    def source(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @property
    def top(self) -> str:
        return self.name.partition(".")[0]

    def imports(self) -> Iterator[tuple[int, str]]:
        """The line and the full name of everything that is imported, wherever in the file."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                dots = "." * node.level
                yield from ((node.lineno, f"{dots}{node.module or ''}.{alias.name}") for alias in node.names)

    def within(self, place: str) -> bool:
        return f"{self.name}.".startswith(f"{place}.")


def modules() -> list[Module]:
    """Every module of the package but the one of the public names, which tests/test_public_names.py holds."""
    found = []
    for path in sorted((ROOT / "bot").rglob("*.py")):
        parts = path.relative_to(ROOT / "bot").with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        if name:
            found.append(Module(name, path))
    return found


MODULES = modules()


def own_imports(module: Module) -> Iterator[tuple[int, str]]:
    """The line and the name, without `bot.`, of every import from the package."""
    for line, name in module.imports():
        package, _, rest = name.partition(".")
        if package == "bot":
            yield line, rest


def place(module: Module, line: int) -> str:
    return f"{module.path.relative_to(ROOT)}:{line}"


def test_every_module_has_its_place_in_the_order() -> None:
    assert [module.name for module in MODULES if module.top not in ORDER] == []


def test_imports_go_one_way() -> None:
    breaches = [
        f"{place(module, line)} imports {name}"
        for module in MODULES
        for line, name in own_imports(module)
        if name.partition(".")[0] not in ORDER[: ORDER.index(module.top) + 1]
    ]

    assert breaches == []


def test_only_channels_and_commands_read_the_settings() -> None:
    readers = {module.top for module in MODULES for _, name in own_imports(module) if name.startswith("settings")}

    assert readers - {"settings", "channels", "cli"} == set()


@pytest.mark.parametrize("family", FAMILIES)
def test_siblings_do_not_know_each_other(family: str) -> None:
    members = {module.name.split(".")[1] for module in MODULES if module.top == family and "." in module.name}
    breaches = [
        f"{place(module, line)} imports {name}"
        for module in MODULES
        if module.top == family and "." in module.name
        for line, name in own_imports(module)
        if name.startswith(f"{family}.") and name.split(".")[1] in members - {module.name.split(".")[1]}
    ]

    assert breaches == []


def test_imports_are_absolute_and_name_what_they_take() -> None:
    breaches = [
        f"{place(module, line)} imports {name}"
        for module in MODULES
        for line, name in module.imports()
        if name.startswith(".") or name.endswith(".*")
    ]

    assert breaches == []


def test_every_library_stays_in_its_modules() -> None:
    breaches = [
        f"{place(module, line)} imports {library}"
        for module in MODULES
        for line, name in module.imports()
        if (library := name.partition(".")[0]) not in {"bot", *sys.stdlib_module_names}
        and not any(map(module.within, LIBRARIES.get(library, ())))
    ]

    assert breaches == []


def test_nothing_up_to_the_engine_reads_a_clock_draws_a_number_or_opens_a_connection() -> None:
    breaches = [
        f"{place(module, line)} imports {library}"
        for module in MODULES
        if module.top in PURE
        for line, name in module.imports()
        if (library := name.partition(".")[0]) in IMPURE and (module.name, library) not in LOCKED
    ]

    assert breaches == []


def test_no_module_is_too_long() -> None:
    lengths = {module.path.relative_to(ROOT).as_posix(): len(module.source.splitlines()) for module in MODULES}

    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_no_function_is_too_long() -> None:
    lengths = {
        f"{place(module, node.lineno)} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for module in MODULES
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}


def test_every_module_says_in_a_line_what_it_is_about() -> None:
    first_lines = {module.name: (ast.get_docstring(module.tree) or "").split("\n")[0] for module in MODULES}

    assert {name: line for name, line in first_lines.items() if not line.endswith(".")} == {}
