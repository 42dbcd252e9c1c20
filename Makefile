# `make demo` and `make test` are all a newcomer needs; both make their own .venv.
PYTHON ?= python3
BIN := .venv/bin
FRESH ?=
PORT ?= 8780

.PHONY: demo install test chaos check pictures format clean

demo: .venv/runtime
	@$(BIN)/bashgah demo --port $(PORT) $(if $(FRESH),--fresh)

install: .venv/everything

test: .venv/everything
	$(BIN)/pytest -n auto

chaos: .venv/everything
	BOOK_STEPS=10000 BOOK_SPENDS=10000 $(BIN)/pytest -s tests/book

check: .venv/everything
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest tests/house

pictures: .venv/everything
	$(BIN)/python -m tests.pictures

format: .venv/everything
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv var

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/runtime: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

.venv/everything: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch .venv/runtime $@
