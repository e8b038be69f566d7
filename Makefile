# From a bare checkout: make chat, make test. Another interpreter: make PYTHON=python3.12 chat
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help chat test format clean
.DEFAULT_GOAL := help

help: ## show this
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' Makefile

chat: .venv/installed ## talk to the bot
	@$(BIN)/faqbot chat

test: .venv/installed-dev ## formatter check, linter, types, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -n auto

format: .venv/installed-dev ## mend what formatter and linter can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## remove .venv and every cache
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist

.venv/installed: pyproject.toml | .venv/bin/pip
	$(BIN)/pip install --quiet --editable .
	@touch $@

.venv/installed-dev: pyproject.toml | .venv/bin/pip
	$(BIN)/pip install --quiet --editable '.[dev]'
	@touch .venv/installed $@

# Debian's python3 comes without ensurepip, which is in python3-venv: root can install that, others are told.
READY := $(PYTHON) -c 'import ensurepip, venv; ensurepip.version()' 2>/dev/null
.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "faqbot needs Python 3.11 or later, and $(PYTHON) is none: name one, for example make PYTHON=python3.12 chat" >&2; exit 1; }
	@$(READY) || [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null || \
	  { echo "Installing python3-venv" && apt-get -qq update && DEBIAN_FRONTEND=noninteractive \
	    apt-get -qq install --no-install-recommends python3-venv </dev/null >/dev/null; }
	@$(READY) || { echo "$(PYTHON) cannot make virtual environments: as root, run apt-get install python3-venv, then this again" >&2; exit 1; }
	@$(PYTHON) -m venv --clear .venv
