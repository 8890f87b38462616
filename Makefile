# Needs Python 3.11 or newer and a package registry; everything else is fetched into .venv.

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.requirements-installed
READY := $(VENV)/.mentorbot-installed

# A name on the PATH may be a shim that does not start: try each one by running it.
CANDIDATES := python3.13 python3.12 python3.11 python3
RUNS := -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
PYTHON ?= $(shell for python in $(CANDIDATES); do $$python $(RUNS) && echo $$python && break; done)

PYTEST := $(BIN)/python -m pytest
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock"

.PHONY: install migration help demo test check lint types contracts dependencies audit bench browser format lock
.DEFAULT_GOAL := help

help: ## what can be made
	@sed -n 's/^\([a-z]*\):[^#]*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 14

install: $(READY) ## the program, into .venv/bin/mentorbot

demo: $(READY) ## the bot with a page that shows everyone's phone; ARGS="--port 0" takes a free port
	$(BIN)/mentorbot demo $(ARGS)

test: $(READY) browser ## all tests; ARGS="-k consent" and the like choose some
	$(PYTEST) --numprocesses 3 --dist worksteal $(ARGS)

check: lint types contracts dependencies audit ## the five checks below

lint: $(READY) ## style and common mistakes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY) ## mypy, strict
	$(BIN)/mypy

contracts: $(READY) ## imports point down only
	$(BIN)/lint-imports --no-logo

dependencies: $(READY) ## what is imported is required, and what is required is used
	$(BIN)/deptry .

audit: $(READY) ## known vulnerabilities in what is pinned
	$(BIN)/python .ci/audit.py $(BIN)/pip-audit --requirement requirements-dev.txt --disable-pip \
		--progress-spinner off --format json

bench: $(READY) ## measurements, printed as ratios to a bare bot
	$(BIN)/python -m bench $(ARGS)

migration: $(READY) ## write one: make migration STORE=data MESSAGE="what changes"
	$(BIN)/python -m storage.migrations $(STORE) "$(MESSAGE)"

format: $(READY) ## let ruff put things right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(READY) ## choose and pin the newest versions that pyproject.toml allows
	$(LOCK) --upgrade --group dev --output-file requirements-dev.txt
	$(LOCK) --upgrade --constraint requirements-dev.txt --output-file requirements.txt

browser: $(READY)
	@.ci/browser $(BIN)/python

$(INSTALLED): requirements-dev.txt
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer with venv found; name one: make PYTHON=..." >&2; exit 1; }
	@echo "Fetching what mentorbot and its tests need; once, a few minutes."
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-dev.txt
	@touch $@

$(READY): $(INSTALLED) pyproject.toml
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
