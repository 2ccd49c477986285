# Command Centre: a dozen verbs. `make demo` and `make test` need nothing but Debian with Python 3.11+.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
DEV    := $(VENV)/.ready-dev
SITE   ?= config.yaml

.DEFAULT_GOAL := help
.PHONY: help demo run test check bench screens format requirements clean

help:            ## show this list
	@grep -hE '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { rm -rf $(VENV); \
	  echo "Python has no venv here; asking Debian for python3-venv" >&2; \
	  apt-get update -qq && apt-get install -y -qq python3-venv && $(PYTHON) -m venv $(VENV); }

$(READY): requirements.txt | $(VENV)/bin/pip
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(DEV): requirements-dev.txt | $(VENV)/bin/pip
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ $(READY)

demo: $(READY)   ## the simulated city, collectors and screens on http://127.0.0.1:8050
	$(BIN)/python run.py demo --config $(SITE)

run: $(READY)    ## what config.yaml describes
	$(BIN)/python run.py all --config $(SITE)

test: $(DEV) check   ## static checks first, then every test
	$(BIN)/pytest -n 2 --dist loadgroup $(PYTEST)

check: $(DEV)    ## ruff, mypy strict, import rules, the shipped configuration
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python run.py check --config $(SITE)

bench: $(DEV)    ## speed and size, as ratios against a peer or a floor measured in the same run
	$(BIN)/python -m tests.benchmarks

screens: $(DEV)  ## pictures of every wall of the running demo, into docs/screens/
	$(BIN)/python -m tests.support.screens

format: $(DEV)   ## put the code in the house style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

requirements: $(DEV)   ## pin again, with hashes and without any registry's address
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --extra dev pyproject.toml -o requirements-dev.txt

clean:           ## everything that can be made again, except the database
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis data/demo
