# Two commands matter: `make demo` shows what this version does, `make test` checks everything.
# Needs Python 3.11 or newer with its venv module, and nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# More threads than cores make small arrays slower; pytest already runs one process per core.
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 NUMBA_NUM_THREADS=1

.DEFAULT_GOAL := help
.PHONY: help test demo lint model clean

help: ## list the commands
	@sed -nE 's/^([a-z]+):.*## (.*)/make \1\t\2/p' $(firstword $(MAKEFILE_LIST))

test: lint ## install everything into .venv, run the linters, the type checker and the tests
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
