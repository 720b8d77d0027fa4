# Everything a person types. Needs Python 3.11 or newer; the rest is installed into .venv from the package index.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
GOLD ?= ../shared/gold
PIP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --constraint constraints.txt

# Dozens of processes start, and each would compile the package anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run test chaos check quality enrichment-report bench profile train schemas metrics seeds clean

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "newsflow needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@echo "creating $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { echo "python cannot create a virtual environment: on Debian, apt install python3-venv"; exit 1; }

$(VENV)/.run: $(BIN)/python pyproject.toml constraints.txt $(wildcard pipeline/native/source/* pipeline/native/*.py)
	@echo "installing newsflow (about a minute)"
	@$(PIP) --editable '.[broker]'
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	@echo "installing the tools for tests and checks"
	@$(PIP) --editable '.[dev]'
	@touch $@

run: $(VENV)/.run ## start Kafka and every stage, replay the seed articles, show where each ended, stop
	@$(BIN)/newsflow run --fresh --replay seeds/articles

test: $(VENV)/.dev ## every test, the Kafka ones on real brokers; three processes, for most tests wait for something
	@$(BIN)/python -m pytest -n 3 --dist loadfile

chaos: $(VENV)/.dev ## the tests that take minutes: thousands of pages, workers, crawler and broker killed meanwhile
	@$(BIN)/python -m pytest -m chaos -s --timeout 900

check: $(VENV)/.dev ## lint, format, types, import contracts, schemas
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m pipeline.schemas check

quality: $(VENV)/.dev ## score the gold pages in GOLD against the floors, as HTML and as flattened text
	@$(BIN)/python -m tests.quality $(GOLD)

enrichment-report: $(VENV)/.dev ## what the enrichment is worth on the gold pages in GOLD, each figure beside its goal
	@$(BIN)/python -m tests.quality.enrichment_report $(GOLD)

bench: $(VENV)/.dev ## time the clean stage against stock trafilatura, interleaved
	@$(BIN)/python -m tests.bench $(GOLD)

profile: $(VENV)/.dev ## draw a flame graph of the clean stage
	@$(PIP) py-spy
	@mkdir -p newsflow-data
	@$(BIN)/py-spy record --rate 250 --output newsflow-data/profile.svg -- $(BIN)/python -m tests.bench.profile $(GOLD)

train: $(VENV)/.dev ## train the learned judges of lines and of page kinds from the gold pages in GOLD
	@$(PIP) catboost scikit-learn
	@$(BIN)/python -m tests.quality.train $(GOLD) --write
	@$(BIN)/python -m tests.quality.train_flattened $(GOLD) --write
	@$(BIN)/python -m tests.quality.train_kinds $(GOLD) --write

schemas: $(VENV)/.dev ## write the JSON Schemas of new record versions
	@$(BIN)/python -m pipeline.schemas write

metrics: $(VENV)/.dev ## write docs/metrics.md, the table of all metrics
	@$(BIN)/python -m pipeline.edges.metrics_page docs/metrics.md

seeds: $(VENV)/.dev ## write seeds/expected.jsonl again; review its diff
	@$(BIN)/newsflow process seeds/articles --output seeds/expected.jsonl
	@git diff --stat -- seeds/expected.jsonl

clean: ## remove .venv, caches and the broker's data
	rm -rf $(VENV) newsflow-data build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
