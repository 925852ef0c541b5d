# `make` alone lists what can be done. Each target makes .venv when it is missing or older than pyproject.toml.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help run test fuzz lint bench screenshots

help:  ## list these targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 14

run: $(READY)  ## open the app; without a terminal, do the notebook's whole job headless
	@if [ -t 0 ] && [ -t 1 ]; then $(BIN)/mftui; else $(BIN)/mftui notebook; fi

test: $(READY)  ## run the tests
	$(BIN)/python -m pytest -n 2 --dist loadfile

fuzz: $(READY)  ## throw a million damaged files at the readers (N=, SEED=)
	$(BIN)/python -W error -m tests.fuzz $(or $(N),1000000) $(or $(SEED),0)

lint: $(READY)  ## check style, types and import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)  ## measure against the peers, side by side (SCALE=25m for the large run)
	$(BIN)/python -m tests.benchmarks

screenshots: $(READY)  ## make the README's pictures anew
	$(BIN)/python assets/screenshots.py

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	@touch $(READY)
