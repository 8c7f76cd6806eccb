.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
READY := $(VENV)/.ready
UNFINISHED := $(VENV)/.unfinished

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  \033[1m%-10s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## make the environment (uv is installed into it by pip)

# An interrupted setup leaves $(UNFINISHED) behind; the next one then starts from nothing.
$(READY): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo >&2 \
	  "SkillBridge needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>/dev/null || echo absent)." \
	  "Name another: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@test ! -e $(UNFINISHED) || rm -rf $(VENV)
	@mkdir -p $(VENV) && touch $(UNFINISHED)
	@$(BIN)/python -c '' 2>/dev/null || $(MAKE_VENV) || { rm -rf $(VENV); echo >&2 \
	  "$(PYTHON) cannot make a virtual environment: its venv or ensurepip module is missing." \
	  "On Debian or Ubuntu: apt-get install python3-venv. Or install uv (docs.astral.sh/uv)."; exit 1; }
	@$(UV) --version >/dev/null 2>&1 || $(GET_UV) || { echo >&2 \
	  "uv could not be installed into $(VENV): see pip's message above."; exit 1; }
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@rm $(UNFINISHED) && touch $@

# Without Python's own tools for it, a uv that is already on the machine does as well.
MAKE_VENV = if $(PYTHON) -c 'import venv, ensurepip' 2>/dev/null; then $(PYTHON) -m venv $(VENV); \
  else uv venv --quiet --allow-existing --python $(PYTHON) $(VENV) 2>/dev/null; fi
GET_UV = if $(BIN)/python -c 'import pip' 2>/dev/null || $(BIN)/python -m ensurepip >/dev/null 2>&1; \
  then $(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.13,<1"; \
  else ln -sf "$$(command -v uv)" $(UV) && $(UV) --version >/dev/null; fi

run: setup ## start everything here: make run PORT=8001, make run ARGS=--no-seed
	@$(BIN)/skillbridge up $(ARGS)

lock: ## pin every dependency again, with hashes
	@for extra in "" dev bench; do \
	  $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	    --python-version 3.11 --custom-compile-command "make lock" $${extra:+--extra $$extra} \
	    pyproject.toml --output-file requirements$${extra:+-$$extra}.lock || exit 1; done

.PHONY: help setup run lock
