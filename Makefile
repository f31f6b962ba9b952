# The two commands of the README are `run` and `test`; everything else serves them.
# Needs Python 3.11 or later, a compiler and the package registries. Nothing is installed outside this folder,
# except Debian's packages that tests need (tools/system.sh), and only where root runs them.

PORT ?= 8000
PYTHON ?= python3
BIN := .venv/bin
MESSAGES := $(wildcard src/austausch/*/locale/de/LC_MESSAGES/django.po)
SCRIPTS := $(wildcard src/austausch/*/browser/* src/austausch/*/browser/*/*) src/austausch/core/frontend_scripts.py

.PHONY: run demo demo-clear test lint format lock bench-network bench-pages bench-relevance bench-search clean

run: var/assets
	@$(BIN)/austausch setup
	@$(BIN)/austausch serve --port $(PORT)

# A made-up ministry, three towns and a person for every role. Only in the embedded default.
demo: var/assets
	@$(BIN)/austausch setup
	@$(BIN)/austausch demo --apply

demo-clear: var/assets
	@$(BIN)/austausch demo --clear --apply

test: lint var/assets
	@sh tools/test.sh

lint: .venv/dev var/assets
	@sh tools/lint.sh

format: .venv/dev
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format --quiet .

# Front-end parts and compiled translations, again only when what they are made of has changed.
var/assets: package-lock.json src/austausch/core/frontend.py $(SCRIPTS) $(MESSAGES) | .venv/base
	@$(BIN)/austausch build_frontend
	@$(BIN)/python tools/messages.py compile
	@touch $@

# Each stamp is newer than the lock file it installed, so an unchanged lock costs nothing. Both sets share their
# versions: installing the small one into the large one changes nothing.
.venv/base: requirements/base.txt requirements/bootstrap.txt pyproject.toml packages/vdseal/pyproject.toml | .venv/bin/python
	@echo "Installing the Python packages …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/bootstrap.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements/base.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable packages/vdseal --editable .
	@touch $@

.venv/dev: requirements/dev.txt .venv/base
	@echo "Installing the development packages …"
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable packages/vdseal --editable .
	@touch $@

.venv/bin/python:
	@$(PYTHON) -m venv .venv

lock: .venv/base
	sh tools/lock.sh

bench-network: .venv/dev var/assets
	$(BIN)/python -m bench.network

bench-pages: .venv/dev var/assets
	$(BIN)/python -m bench.pages

bench-relevance: .venv/dev
	$(BIN)/python -m bench.relevance

bench-search: .venv/dev
	$(BIN)/python -m bench.search

clean:
	rm -rf .venv node_modules var
