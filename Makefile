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

# This version ships the face model and synthetic portraits: the demo draws both and prints where the pictures are.
demo: $(VENV)/.installed ## install into .venv, draw the face model and a sheet of portraits into out
	$(BIN)/toonface models show --out out/face-model
	$(BIN)/toonface synth --count 24 --size 192 --style pair --sheet out/portraits.jpg

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
