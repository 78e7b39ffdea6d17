# `make demo` and `make test` set up everything they need; run `make help` for the rest.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3.11
BIN := .venv/bin
READY := .venv/.ready
SPARK_READY := .venv/.ready-spark
UV := $(shell command -v uv 2>/dev/null)

.PHONY: help setup demo test check format bench screenshots lock clean

help: ## tell what can be made
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | sort

# Redone only when the lock changes.
$(READY): requirements.lock
ifdef UV
	@$(UV) venv --quiet --clear --python $(PYTHON) .venv
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
else
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
endif
	@touch $(READY)

# Spark is an extra of half a gigabyte, which only the tests ask for.
$(SPARK_READY): requirements-spark.lock $(READY)
ifdef UV
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements-spark.lock
else
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-spark.lock
endif
	@touch $(SPARK_READY)

setup: $(READY) ## make the virtual environment

demo: $(READY) ## from nothing to a running service with limits from a trained model
	@$(BIN)/bolanggu demo

# The console is tested in Debian's Chromium; where it cannot be installed the tests say what to run.
CHROMIUM := $(shell command -v chromium 2>/dev/null)
.PHONY: chromium
chromium:
ifndef CHROMIUM
	@if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
	    apt-get update -qq && apt-get install -qq -y chromium fonts-noto-cjk > /dev/null; fi || true
endif

test: $(SPARK_READY) chromium ## all tests
	@$(BIN)/pytest -n 2

check: $(READY) ## formatting, lint, types, import contracts
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo > /tmp/lint-imports.$$$$ || { cat /tmp/lint-imports.$$$$; exit 1; }
	@echo "check: formatting, lint, types and import contracts hold"

format: $(READY) ## mend formatting and what ruff can mend
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --quiet --fix .

bench: $(READY) ## every benchmark, as ratios
	@$(BIN)/bolanggu bench all

screenshots: $(READY) chromium ## pictures of the console's pages, into docs/screenshots
	@$(BIN)/pytest tests/serving/web/browser/shoot.py

lock: ## renew requirements.lock and requirements-spark.lock (needs uv)
	@uv pip compile pyproject.toml --extra dev --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --quiet --custom-compile-command "make lock" -o requirements.lock
	@sed -n '/^spark = \[/,/^\]/s/^ *"\(.*\)",$$/\1/p' pyproject.toml | uv pip compile - --constraint requirements.lock \
	    --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	    --quiet --custom-compile-command "make lock" -o requirements-spark.lock

clean: ## remove the environment, caches and local data
	@rm -rf .venv .bolanggu .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
