.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BENCH := .venv-bench
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
	@$(COMPILED)
	@rm $(UNFINISHED) && touch $@

# What serves is compiled, even where Python is told to keep nothing compiled: the first start waits for
# no compiler.
COMPILED = PYTHONDONTWRITEBYTECODE= $(BIN)/python -c \
  "import skillbridge.entrypoints.asgi, skillbridge.entrypoints.in_memory"

# Without Python's own tools for it, a uv that is already on the machine does as well.
MAKE_VENV = if $(PYTHON) -c 'import venv, ensurepip' 2>/dev/null; then $(PYTHON) -m venv $(VENV); \
  else uv venv --quiet --allow-existing --python $(PYTHON) $(VENV) 2>/dev/null; fi
GET_UV = if $(BIN)/python -c 'import pip' 2>/dev/null || $(BIN)/python -m ensurepip >/dev/null 2>&1; \
  then $(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.13,<1"; \
  else ln -sf "$$(command -v uv)" $(UV) && $(UV) --version >/dev/null; fi

run: setup ## start everything here: make run PORT=8001, make run ARGS=--no-seed
	@$(BIN)/skillbridge up $(ARGS)

test: setup ## every test, coverage >= 95 %, then Rust; narrower: make test T=tests/unit
	@$(if $(T),:,$(call CARGO,build --release --quiet --package matcher-server)) # no test waits for it
	@$(BIN)/python -m pytest -n 2 $(if $(T),$(T),--cov --cov-report=term)
	@$(if $(T),:,$(MAKE) --no-print-directory test-rust)

test-rust:
	@$(call CARGO,test --workspace --all-features --quiet)

smoke: setup ## the main path over HTTP, on a running stack: make smoke PORT=8001, or URL=http://…
	@$(if $(PORT),PORT=$(PORT)) $(BIN)/skillbridge demo $(if $(URL),--url $(URL))

check: check-python check-sql check-edge check-lock check-places check-rust ## lint, types, import law, SQL, Deno, locks, Rust

fix: setup ## mend what can be mended by itself: lint, form of Python and Rust
	@$(BIN)/ruff check --quiet --fix . || true
	@$(BIN)/ruff format --quiet .
	@cd deploy/supabase/functions && $(CURDIR)/$(BIN)/deno fmt --quiet
	@$(call CARGO,fmt --all)

check-python check-sql check-edge check-lock: setup

check-python:
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo --config importlinter.ini

check-sql:
	@$(BIN)/squawk --reporter gcc migrations/sql/*.sql migrations/sql/current/*.sql

check-edge:
	@cd deploy/supabase/functions && for what in "fmt --check" lint "check */index.ts"; do \
	  $(CURDIR)/$(BIN)/deno $$what --quiet || exit 1; done

# With the lock itself as the wish, nothing moves unless pyproject.toml asks for it.
check-lock:
	@set -e; new=$$(mktemp); trap 'rm -f "$$new"' EXIT; for of in $(LOCKS); do \
	  old=requirements$${of#*:}.lock; cp $$old "$$new"; \
	  set -- $$($(WISHES)) --output-file "$$new"; \
	  $(COMPILE) --offline "$$@" 2>/dev/null || $(COMPILE) "$$@" \
	    || { echo "$$old: not compared, the package index is out of reach"; continue; }; \
	  diff $$old "$$new" || { echo "$$old does not match pyproject.toml: run make lock"; exit 1; }; \
	done; echo "lock files match pyproject.toml"

# What names one machine or one registry works for nobody else.
PLACES = (^|[^A-Za-z0-9_.$$~/-])/([w]ork|[r]oot|[h]ome|[U]sers)/|--[e]xtra-index-url|--[i]ndex-url|registry[+]http
check-places:
	@! git grep --untracked -nIE '$(PLACES)' -- . ':!Makefile' \
	  || { echo "these lines name a machine or a registry"; exit 1; }

check-rust:
	@$(call CARGO,fmt --all --check)
	@$(call CARGO,clippy --workspace --all-targets --all-features --quiet -- -D warnings)

# A machine without Rust skips what is Rust, and says so.
CARGO = if command -v cargo >/dev/null; then (cd matcher-rs && cargo $(1)); \
  else echo "cargo is not here: skipped cargo $(firstword $(1))"; fi

scan: setup .venv-scan/.ready .venv-wapiti/.ready ## scanners of others: make scan ARGS=--write for the report
	@$(BIN)/python -m tools.scan $(ARGS)

.venv-%/.ready: requirements-%.lock | $(READY)
	@$(UV) venv --quiet --clear --python $(BIN)/python .venv-$*
	@$(UV) pip install --quiet --no-config --python .venv-$*/bin/python --require-hashes -r requirements-$*.lock
	@touch $@

docs: setup ## write the generated pages again: docs/generated, docs/problems.md, .env.example
	@$(BIN)/python -m tools.docs

migration: setup ## a new migration with its files: make migration m="add threads"
	@test -n "$(m)" || { echo 'say what it does: make migration m="add threads"'; exit 2; }
	@set -e; was=$$(ls migrations/versions | grep '^[0-9]' | tail -n 1 | cut -c 1-4); \
	  n=$$(printf '%04d' $$(expr "$$was" + 1)); \
	  $(BIN)/alembic revision --message "$(m)" --rev-id $$n; \
	  up=$$(basename migrations/versions/$${n}_*.py .py).sql; \
	  printf -- '-- %s: say why it is so.\n' "$(m)" > migrations/sql/$$up; \
	  printf -- '-- Back to %s: say what is lost.\n' $$was > migrations/sql/$${n}_down.sql; \
	  echo "write migrations/sql/$$up and $${n}_down.sql; CONTRIBUTING.md: what else a table or a function wants"

bench: $(BENCH)/.ready ## measure us beside others: make bench ARGS="--only matcher"
	@$(BENCH)/bin/python -m bench $(ARGS)

bench-rust: setup ## did the matcher's core become slower? make bench-rust ARGS=--keep for a new baseline
	@$(if $(shell command -v cargo),$(BIN)/python -m bench.baseline $(ARGS),echo "cargo is not here: skipped")

prove: export INSTANCES ?= 100000
prove: setup ## long random searches: make prove P=assignments, make prove P=edge INSTANCES=1000
	@$(if $(PROVE_$(P)),$(PROVE_$(P)),echo "say which: make prove P=assignments, P=deadlines, P=edge, P=contract, P=access, P=privacy, P=tenancy, P=clients, P=limits, P=tutorial or P=mutants"; exit 2)
# Small problems, each solved in every way and by trying every way.
PROVE_assignments = $(call CARGO,test --release --quiet --package matcher-core --test small)
# So many deadlines at any step of a search, each answer certified; and 60 in seconds.
DEADLINES ?= 10000
PROVE_deadlines = export DEADLINES=$(DEADLINES); $(call CARGO,test --release --quiet --package matcher-core --test deadlines -- --nocapture)
# Random methods, paths, headers, framings and bodies at a real server: no fault, health in time.
PROVE_edge = $(BIN)/python -m pytest -q -s -n 0 --timeout 0 tests/integration/http/test_edge.py
# What the contract allows and forbids, asked as each role: every boundary, and random cases.
EXAMPLES ?= 3
PROVE_contract = PROVE=1 EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest -q -s -n 0 --timeout 0 \
  tests/integration/http/test_schemathesis.py
# Any order of what an owner and a stranger can do around an account: nothing without its own proof.
# Then each protection that docs/generated/asvs.md names is removed in turn, and a test must fail.
ORDERS ?= 10000
PROVE_access = ORDERS=$(ORDERS) $(BIN)/python -m pytest -q -s -n 0 --timeout 0 \
  tests/application/accounts/test_all_orders.py && $(BIN)/python -m tests.mutants.removals
# Two tenants, every route as each role, every table: no cell tells or changes what is the other's.
PROVE_tenancy = PROVE=1 $(BIN)/python -m pytest -q -s -n 0 --timeout 0 \
  tests/integration/walls/test_tenant_matrix.py
# Each protection of people's data is removed in turn, and a test must fail; none is taken from an earlier run.
PROVE_privacy = LAYER=privacy FRESH=1 $(BIN)/python -m tests.mutants
# Linters, two generators of clients and a collection of Postman; wants Node.js.
PROVE_clients = $(BIN)/python -m pytest -q -s -n 0 --timeout 0 tests/integration/http/generated_clients.py
# A carrier's crowd beside stuffing, several processes, and Redis in every state: the figures.
PROVE_limits = $(BIN)/python -m pytest -q -s -n 0 --timeout 0 --show-capture=no \
  tests/unit/accounts/test_carrier.py tests/unit/entrypoints/test_meter.py \
  tests/integration/http/test_limits_served.py
# docs/first-feature.md, followed to its end in a copy of the tree.
PROVE_tutorial = PROVE=1 $(BIN)/python -m pytest -q -s -n 0 --timeout 0 \
  tests/integration/test_first_feature.py
# What is broken on purpose, one thing at a time: do the tests see it? CONTRIBUTING.md tells more.
PROVE_mutants = $(BIN)/python -m tests.mutants

SECONDS ?= 60
fuzz: ## fuzz the matcher, each target in turn: make fuzz SECONDS=600, make fuzz TARGETS=wire
	@$(call CARGO,fuzz --version) >/dev/null || { echo "cargo install cargo-fuzz --locked"; exit 1; }
	@set -e; cd matcher-rs/fuzz; for target in $(TARGETS); do echo "== $$target"; \
	  mkdir -p corpus/$$target seeds/$$target; \
	  cargo +nightly fuzz run --fuzz-dir . $$target corpus/$$target seeds/$$target -- \
	    -max_total_time=$(SECONDS) -max_len=4096 -dict=words.dict -print_final_stats=1; done
TARGETS = assign rank wire words

# Django, FastAPI, OR-Tools and the like stay out of the project's own environment.
$(BENCH)/.ready: $(READY) requirements-bench.lock
	@$(UV) venv --quiet --clear --python $(BIN)/python $(BENCH)
	@$(UV) pip install --quiet --python $(BENCH)/bin/python --require-hashes -r requirements-bench.lock
	@$(UV) pip install --quiet --python $(BENCH)/bin/python --no-deps --no-build-isolation --editable .
	@touch $@

lock: ## pin every dependency again, with hashes
	@for of in $(LOCKS); do \
	  $(COMPILE) $$($(WISHES)) --output-file requirements$${of#*:}.lock || exit 1; done

# Extras stand on the project, groups by themselves, without what [tool.uv] says of the project's.
LOCKS = project: extra:-dev extra:-bench group:-scan group:-wapiti
WISHES = case $$of in project:*) echo pyproject.toml;; extra:*) echo pyproject.toml --extra $${of\#*:-};; \
  group:*) echo --no-config --group $${of\#*:-};; esac
COMPILE = $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url \
  --no-emit-find-links --python-version 3.11 --custom-compile-command "make lock"

.PHONY: help setup fix run bench bench-rust prove fuzz test test-rust smoke check check-python check-sql check-edge \
  check-lock check-places check-rust scan docs migration lock
