# Everything a developer or a new user runs. Needs Python 3.11 or newer, make and a package index; nothing else by hand.
# The first Python that is new enough; `make PYTHON=/path/to/python3.12` overrides.
NEW_ENOUGH := -c 'import sys; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11; do $$each $(NEW_ENOUGH) 2>/dev/null && echo $$each && break; done)
VENV := .venv
BIN := $(VENV)/bin
define NEED_PYTHON
if test -z "$(PYTHON)" || ! "$(PYTHON)" $(NEW_ENOUGH) 2>/dev/null; then \
  found=$$("$(or $(PYTHON),python3)" -V 2>/dev/null | head -n 1); \
  echo "Policywatch needs Python 3.11 or newer; $(or $(PYTHON),python3) here is $${found:-missing}." >&2; \
  echo "Install one from https://www.python.org/downloads/ or your system's packages (Debian, Ubuntu: apt install python3.12 python3.12-venv; macOS: brew install python), then run make again, or make PYTHON=/path/to/python3.12" >&2; \
  exit 2; \
fi
endef
.DEFAULT_GOAL := help
.PHONY: help setup run demo test check format lint types contracts bench corpus lock clean

help:  ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@$(NEED_PYTHON)

# Two stamps: running needs the run-time lock only, so that a new user does not wait for the development tools.
$(VENV)/.python:
	@$(NEED_PYTHON)
	@"$(PYTHON)" -m venv $(VENV) || { echo "Python's venv module is missing; on Debian or Ubuntu: apt install python3-venv" >&2; exit 2; }
	@touch $@

$(VENV)/.run: requirements.txt pyproject.toml $(VENV)/.python
	@printf 'Preparing $(VENV) (first time only) … '
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@; echo done

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@printf 'Adding the development tools … '
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@; echo done

setup: $(VENV)/.run  ## create .venv with the locked dependencies and the project in it

run: $(VENV)/.run  ## worker and web in one process on config/, SQLite in var/; alerts in the terminal without a Slack token
	@$(BIN)/policywatch run

demo: $(VENV)/.run  ## a tour of under a minute: no network, no Slack
	@$(BIN)/policywatch demo

test: $(VENV)/.dev  ## the whole test suite (PostgreSQL too where a server answers)
	@$(BIN)/python -m pytest -n 2 --dist loadfile -q

check: format-check lint types contracts test  ## what CI runs

format: $(VENV)/.dev  ## format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

.PHONY: format-check
format-check: $(VENV)/.dev
	@$(BIN)/ruff format --check .
lint: $(VENV)/.dev
	@$(BIN)/ruff check .
types: $(VENV)/.dev
	@$(BIN)/mypy
contracts: $(VENV)/.dev
	@$(BIN)/lint-imports

bench: $(VENV)/.dev  ## the benchmarks, as ratios against peers in the same run
	@$(BIN)/python -m benchmarks

corpus: $(VENV)/.dev  ## detection and story quality on the labelled corpora
	@$(BIN)/python -m benchmarks.corpus

LOCK = $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' --quiet
lock: $(VENV)/.dev  ## compile both locks anew (hashes, no index address)
	@$(LOCK) -o requirements.txt
	@$(LOCK) --extra dev -c requirements.txt -o requirements-dev.txt

clean:  ## remove .venv, caches and var/
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build var
