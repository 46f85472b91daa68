# Two commands matter: `make demo` shows what Mendline does, `make test` checks all of it.
# Both set up what they need; nothing has to be installed before but Python 3.11, a C compiler, git and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCKED := server/locked
export PIP_DISABLE_PIP_VERSION_CHECK := 1
CLIENT := client-vscode
EDITORS := $(or $(MENDLINE_EDITORS),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/mendline-editors)
NODE := $(shell command -v node > /dev/null && command -v npm)
TEST_TOOLS := $(if $(NODE),tests/tools/node_modules/.package-lock.json)
NPM_CI := npm ci --no-audit --no-fund --loglevel=error
PIP_INSTALL := $(BIN)/python -m pip install -qq --progress-bar off --require-hashes --build-constraint $(LOCKED)/build.txt

.PHONY: help demo test editors test-editors pictures check fix unit client check-client lock bench bench-editors clean
.DEFAULT_GOAL := help

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: $(VENV)/.run  ## Set everything up, then show suggestions on sample files
	@$(BIN)/mendline demo

test: check $(TEST_TOOLS)  ## Set up what tests need, then check everything
	@$(BIN)/mendline models pull --quiet smollm2-135m-instruct > /dev/null
	@$(BIN)/mendline models pull --quiet qwen2.5-coder-1.5b-instruct > /dev/null
	@$(BIN)/python -m pytest

editors:  ## Install what the tests in VS Code and Emacs need and the machine lacks (800 MB); `make test` runs them from then on
	@tests/editors/emacs/setup.sh
	@tests/editors/vscode/setup.sh "$(EDITORS)"

test-editors: $(VENV)/.test check-client editors  ## Install editors that are missing (VS Code: 620 MB), then test in all of them
	@$(BIN)/mendline models pull --quiet qwen2.5-coder-1.5b-instruct > /dev/null
	@MENDLINE_EDITORS="$(EDITORS)" $(BIN)/python -m pytest tests/editors

pictures: $(VENV)/.test check-client editors  ## Make the pictures of the extension's README anew
	@MENDLINE_EDITORS="$(EDITORS)" MENDLINE_PICTURES="$(CURDIR)/$(CLIENT)/media/pictures" \
	  $(BIN)/python -m pytest -q tests/editors/test_vscode.py -k pictures

check: $(VENV)/.test check-client  ## Format, lint, types, import rules, generated documents
	@$(BIN)/ruff format --check --quiet . || { echo 'Run `make fix`.'; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

ifeq ($(NODE),)
check-client:
	@echo 'Node.js is not on this machine: the VS Code extension is not checked.'
else
check-client: $(CLIENT)/node_modules/.package-lock.json
	@npm --prefix $(CLIENT) run --silent check
	@said=$$(npm --prefix $(CLIENT) run --silent test 2>&1) || { echo "$$said"; exit 1; }
endif

client: check-client $(CLIENT)/mendline.vsix  ## Check and pack the VS Code extension

$(CLIENT)/mendline.vsix: $(shell find $(CLIENT)/src $(CLIENT)/media -type f) $(wildcard $(CLIENT)/*.json $(CLIENT)/*.md) \
  $(CLIENT)/build.mjs $(CLIENT)/.vscodeignore $(CLIENT)/node_modules/.package-lock.json \
  $(CLIENT)/packaging/node_modules/.package-lock.json
	@npm --prefix $(CLIENT) run --silent build
	@cd $(CLIENT) && said=$$(packaging/node_modules/.bin/vsce package --no-dependencies --allow-missing-repository \
	  --no-rewrite-relative-links --out $(@F) 2>&1) || { echo "$$said"; exit 1; }

$(CLIENT)/node_modules/.package-lock.json $(CLIENT)/packaging/node_modules/.package-lock.json \
  tests/tools/node_modules/.package-lock.json: \
  %/node_modules/.package-lock.json: %/package.json %/package-lock.json
	@cd $* && $(NPM_CI)
	@touch $@

unit: $(VENV)/.test $(TEST_TOOLS)  ## The quick tests only: no real model, no editor
	@$(BIN)/python -m pytest -m 'not model and not editor'

fix: $(VENV)/.test  ## Format, and repair what the linter can
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .
	@$(BIN)/python -m mendline.settings.reference > server/docs/settings.md
	@$(BIN)/python -m mendline.settings.contributes $(CLIENT)/package.json

bench: $(VENV)/.run  ## Measure protocol overhead, cancellation and memory
	@$(BIN)/mendline bench

bench-editors: $(VENV)/.test check-client editors $(CLIENT)/mendline.vsix  ## Measure in the real VS Code with the real model (10 minutes)
	@$(BIN)/mendline models pull --quiet qwen2.5-coder-1.5b-instruct > /dev/null
	@cd tests && MENDLINE_EDITORS="$(EDITORS)" $(abspath $(BIN))/python -m bench.vscode $(if $(SAVE),--save "$(abspath $(SAVE))")

lock: $(VENV)/.run  ## Write server/locked anew (UPGRADE=1: newest versions)
	@PYTHON=$(BIN)/python $(LOCKED)/lock.sh $(if $(UPGRADE),--upgrade)

clean:  ## Remove the environment and caches (models stay)
	rm -rf $(CLIENT)/node_modules $(CLIENT)/packaging/node_modules $(CLIENT)/dist $(CLIENT)/out $(CLIENT)/*.vsix
	rm -rf tests/tools/node_modules
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Mendline needs Python 3.11 or newer; name one with `make PYTHON=/path/to/python3`.'; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || \
	  { echo 'Python lacks its venv module; on Debian and Ubuntu: apt-get install python3-venv'; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$@ -m pip install -qq --require-hashes --requirement $(LOCKED)/pip.txt

$(VENV)/.run: $(VENV)/bin/python pyproject.toml $(LOCKED)/run.txt $(LOCKED)/build.txt
	@command -v cc > /dev/null || { echo 'Mendline builds llama.cpp and needs a C compiler; on Debian and Ubuntu: apt-get install build-essential'; exit 1; }
	@echo 'Setting up $(VENV) (the first time llama.cpp is compiled: about 5 minutes on 2 cores) …'
	@$(PIP_INSTALL) --requirement $(LOCKED)/run.txt
	@$(BIN)/python -m pip install -qq --no-deps --build-constraint $(LOCKED)/build.txt --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.run $(LOCKED)/test.txt
	@$(PIP_INSTALL) --requirement $(LOCKED)/test.txt
	@touch $@
