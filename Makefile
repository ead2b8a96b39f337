# The door to the project: `make` lists what there is.

PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin
ROOMS := activations lessons figures ui app_pages

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run lint test bench chromium clean

help:
	@sed -n 's/^## \([a-z]*\): \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

## run: serve the app on port 8501, or another one: PORT=9000 make run
run: $(VENV)/run.stamp
	$(BIN)/python -m streamlit run app.py --server.port $(PORT)

## lint: format, style, types, and the rules of the house
lint: $(VENV)/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_house.py

## test: everything lint does, then every test, those in a real browser included
test: lint chromium
	$(BIN)/python -m pytest -n 2 --dist worksteal

## bench: the table of measurements; one bench alone: make bench BENCH=core
bench: $(VENV)/dev.stamp
	$(BIN)/python -m benchmarks $(BENCH)

## chromium: find a Chromium for the browser tests, or install one
chromium: $(VENV)/dev.stamp
	$(BIN)/python -m tests.browser.chromium --install

## clean: remove the virtual environment and every cache
clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find $(wildcard $(ROOMS)) tests benchmarks -name __pycache__ -prune -exec rm -rf {} +

# A stamp is younger than the requirements that it stands for: they are installed once, and again after a change.
$(VENV)/run.stamp: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed, and '$(PYTHON)' is not one (or not there)."; \
	  echo "Name another: PYTHON=python3.12 make $(MAKECMDGOALS)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "The virtual environment could not be made; on Debian: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/run.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
