# `make demo` and `make test` do everything on a fresh machine; the rest are their parts.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT := demo-output
SUDO := $(if $(filter-out 0,$(shell id -u)),sudo)

.PHONY: help install install-test demo test check lint types imports unit golden docs bench wheel clean
.DEFAULT_GOAL := help

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

$(VENV)/.installed: pyproject.toml constraints.txt
	@scripts/system-packages demo
	@test -d $(VENV) || { echo "making a virtual environment in $(VENV)"; $(PYTHON) -m venv $(VENV); }
	@echo "installing bookpost and its libraries into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[language]'
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed tests/package.json
	@scripts/system-packages test
	@echo "installing what the tests need"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,ua]'
	@ELECTRON_SKIP_BINARY_DOWNLOAD=1 PUPPETEER_SKIP_DOWNLOAD=1 npm ci --prefix tests --no-audit --no-fund --loglevel=error
	@touch $@

install: $(VENV)/.installed  ## bookpost in a virtual environment (.venv)

install-test: $(VENV)/.installed-test  ## … and everything the tests need

demo: install  ## the main job on the shipped examples: convert, check, send
	@scripts/demo $(BIN)/bookpost $(OUT)

test: install-test check unit wheel  ## all checks and all tests

check: lint types imports  ## style, types, layers

lint: $(VENV)/.installed-test
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(VENV)/.installed-test
	@$(BIN)/mypy

imports: $(VENV)/.installed-test
	@$(BIN)/lint-imports

unit: $(VENV)/.installed-test  ## the tests; only root may start the Postfix that they send through
	$(SUDO) $(BIN)/python -m pytest -n auto --dist loadgroup

golden: $(VENV)/.installed-test  ## write the golden files anew (then read the difference)
	$(BIN)/python -m pytest tests/golden --write-golden

docs: $(VENV)/.installed-test  ## write the generated reference pages anew
	$(BIN)/python scripts/write_docs.py

wheel: $(VENV)/.installed-test  ## build the wheel, install it outside the tree, make one book with it
	@scripts/try-wheel $(BIN)/python

bench: $(VENV)/.installed-test  ## the benchmarks (see benchmarks/README.md)
	$(BIN)/python benchmarks/convert.py

clean:  ## remove what was made
	rm -rf $(VENV) $(OUT) build dist tests/node_modules
