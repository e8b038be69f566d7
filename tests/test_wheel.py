"""What is installed, away from the checkout. No network: the build tools are those of the running environment."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
OFFLINE = ("--no-index", "--no-deps", "--no-build-isolation", "--quiet")
CLEAN = {key: value for key, value in os.environ.items() if not key.startswith(("FAQBOT_", "PYTHONPATH"))}


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    """The output of a command that has to succeed; what it said, where it does not."""
    done = subprocess.run(command, cwd=cwd, env=CLEAN, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def environment(folder: Path) -> Path:
    """The scripts of a new environment that has the libraries of the running one, and no faqbot."""
    venv.create(folder, with_pip=False, symlinks=True)
    paths = {"base": str(folder), "platbase": str(folder)}
    site = Path(sysconfig.get_path("purelib", "venv", vars=paths))
    libraries = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (site / "libraries.pth").write_text("\n".join(libraries), encoding="utf-8")
    return Path(sysconfig.get_path("scripts", "venv", vars=paths))


def content_of(scripts: Path, cwd: Path) -> str:
    """The folder that an installed faqbot takes its content from."""
    return run(scripts / "python", "-c", "from bot.knowledge import shipped; print(shipped())", cwd=cwd).strip()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(*PIP, "wheel", *OFFLINE, "--wheel-dir", folder, ROOT)
    return next(folder.glob("faqbot-*.whl"))


def test_the_wheel_holds_the_package_and_its_content_and_nothing_else(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()
    content = {path.relative_to(ROOT).as_posix() for name in ("intents", "answers") for path in (ROOT / name).iterdir()}

    assert {name.removeprefix("bot/content/") for name in names if name.startswith("bot/content/")} == content
    assert {"bot/__init__.py", "bot/py.typed", "bot/english.txt", "bot/cli/__init__.py"} <= set(names)
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"bot", "faqbot"}


def test_faqbot_answers_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    scripts = environment(tmp_path / "venv")
    empty = tmp_path / "empty"
    empty.mkdir()
    run(*PIP, "--python", scripts / "python", "install", *OFFLINE, wheel)

    assert Path(content_of(scripts, empty)).is_relative_to(tmp_path / "venv")
    assert "ketamine" in run(scripts / "faqbot", "ask", "is ketamine an opioid?", cwd=empty).lower()
    assert "faqbot" in run(scripts / "python", "-m", "bot", "--help", cwd=empty)


def test_an_editable_install_uses_the_content_of_the_checkout(tmp_path: Path) -> None:
    scripts = environment(tmp_path / "venv")
    run(*PIP, "--python", scripts / "python", "install", *OFFLINE, "--editable", ROOT)

    assert Path(content_of(scripts, tmp_path)) == ROOT
    assert "ketamine" in run(scripts / "faqbot", "ask", "is ketamine an opioid?", cwd=tmp_path).lower()


def test_the_source_distribution_holds_what_building_and_testing_take(tmp_path: Path) -> None:
    run(sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", tmp_path)
    with tarfile.open(next(tmp_path.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    for name in ("pyproject.toml", "Makefile", "bot/__init__.py", "intents/lexicon.yaml", "tests/conftest.py"):
        assert name in names
    assert not [name for name in names if name.startswith((".venv", ".git/"))]
