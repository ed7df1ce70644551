# Everything a developer or a first-time user types. `make` alone lists it.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
ARGS ?=
ON_ODOO := tests/contract tests/integration/odoo
WITH_ODOO := tests/e2e/test_cli_on_odoo.py tests/e2e/test_cli_wrong_odoo.py tests/e2e/test_own_database.py \
	tests/integration/trust/test_rotation.py tests/integration/inbox/test_waiting_for_odoo.py
# Where this is set every process compiles its libraries anew, which takes two seconds of each.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo odoo static check test test-on-odoo test-the-rest test-with-odoo evals bench attacks smoke mutants lock clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(BIN)/.ready  ## create .venv with everything in it

$(BIN)/.ready: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Expediter needs Python 3.11 or newer; on Debian or Ubuntu: apt install python3 python3-venv"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python's venv module is missing; on Debian or Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Installing Expediter into .venv (a minute or two the first time)"
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9,<1'
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

demo: setup  ## the whole tour on a demo company, then keep serving (ARGS=--once ends after the tour)
	@$(BIN)/expediter demo $(ARGS)

odoo: setup  ## start a real Odoo 19 with demo data on this machine (root, Debian) and write odoo.env
	@$(BIN)/python dev/odoo-env

static: setup
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

check: static  ## format, lint, types, import contracts, unit tests: under two minutes
	@$(BIN)/pytest tests/unit -q --numprocesses=auto --dist=worksteal $(ARGS)

test: static  ## everything: check, then all tests on a real PostgreSQL and a real Odoo; ARGS=PATH for some of them
ifeq ($(strip $(ARGS)),)
	@$(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync=target test-on-odoo test-the-rest test-with-odoo
else
	@$(BIN)/pytest $(ARGS)
endif

# Side by side: much of each is waiting, for Odoo's answers, for processes that start, and for what comes by itself.
test-on-odoo:
	@$(BIN)/pytest $(ON_ODOO)

# A file at a time, and the slowest, which are the first, begin first. Each process has a PostgreSQL of its own.
test-the-rest:
	@$(BIN)/pytest $(ON_ODOO:%=--ignore=%) $(WITH_ODOO:%=--ignore=%) --numprocesses=2 --dist=loadfile --no-loadscope-reorder

# One process, because each would start an Odoo; begun when one of the others has ended.
test-with-odoo:
	@$(BIN)/pytest $(WITH_ODOO)

evals: setup  ## score the assistant on the committed cases; fails under the baseline
	@$(BIN)/python -m evals $(ARGS)

bench: setup  ## measure the bars, each beside what it is compared with
	@$(BIN)/python -m evals.bench $(ARGS)

attacks: setup  ## nightly: all 390 published injections through chat too, where `make test` takes every other
	@$(BIN)/pytest tests/e2e/test_injections.py --every-injection --timeout=3600 $(ARGS)

smoke: setup  ## nightly: Slack as another program plays it (npm's local-slack), over HTTP and Socket Mode
	@$(BIN)/python dev/slack-smoke $(ARGS)

mutants: setup  ## nightly: change the guardrails in every small way; fails when tests notice under 85 %; ARGS=approvals for one module
	@$(BIN)/python dev/mutants $(ARGS)

lock: setup  ## resolve requirements.lock anew from pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --extra dev pyproject.toml -o requirements.lock

clean:  ## remove .venv and caches
	@rm -rf .venv mutants .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
