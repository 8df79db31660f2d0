# Set-up, demo and tests. Needs Python 3.11 or later and make; everything else is installed into .venv.

VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.done
PIP := $(BIN)/python -m pip --disable-pip-version-check
PIP_COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header \
	--no-annotate --no-emit-index-url --no-emit-find-links --no-emit-trusted-host
PYTEST_WORKERS ?= 2
PYTHON_SOURCES := src tests tools benchmarks

# What `make bench` measures against; each in an environment of its own, never imported by the product.
PEERS := benchmarks/.peers
PEER_NAMES := $(basename $(notdir $(wildcard benchmarks/requirements/*.in)))
PEER_COMPILE = cd benchmarks/requirements && ../../$(PIP_COMPILE) $(UPGRADE)

# Which Python makes .venv; without a name the first fitting one is taken.
PYTHON ?=

FRONTEND_SOURCES := $(wildcard frontend/*.* frontend/*/*.scss frontend/*/*.js) \
	$(wildcard src/tongban/node/frontend.py src/tongban/node/locale/*/LC_MESSAGES/*.po)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup setup-dev setup-spark demo test bench lint format lock lock-peers upgrade clean

help:
	@echo "make setup        install everything into .venv; start nothing"
	@echo "make demo         two nodes with sample people on this machine; Ctrl-C stops them"
	@echo "make demo ONCE=1  the same, one application across the border, then stop"
	@echo "make test         all tests; ONLY=postgres for those that tell PostgreSQL servers apart"
	@echo "make bench        the benchmarks, peers included; ONLY=topic for one, QUICK=1 for a small try"
	@echo "make lint         style, types, import directions, state of the tree"
	@echo "make clean        remove the demo's data and everything that was built"

setup: $(STAMPS)/frontend

setup-dev: setup $(STAMPS)/dev $(STAMPS)/counterparts

# Spark is large and needs Java; its test runs where it is installed.
setup-spark: setup-dev $(STAMPS)/spark

demo: setup
	@$(BIN)/tongban demo $(if $(filter-out 0,$(ONCE)),--once)

test: setup-dev
	@(command -v chromium || command -v chromium-browser || command -v google-chrome) >/dev/null \
		|| echo "[tongban] no Chromium found: the tests in a real browser are skipped (Debian: apt install chromium)"
	@echo "[tongban] running the tests"
	@$(BIN)/python -m pytest -n $(PYTEST_WORKERS) $(if $(ONLY),-m $(ONLY))

bench: setup-dev $(PEER_NAMES:%=$(PEERS)/%/.done)
	@$(BIN)/python -m benchmarks $(if $(filter-out 0,$(QUICK)),--quick) $(ONLY)

lint: setup-dev
	$(BIN)/ruff check $(PYTHON_SOURCES)
	$(BIN)/ruff format --check $(PYTHON_SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/check_tree.py

format: setup-dev
	$(BIN)/ruff check --fix $(PYTHON_SOURCES)
	$(BIN)/ruff format $(PYTHON_SOURCES)

# Lock what pyproject.toml newly names, or with `make upgrade` newer versions of everything. Both need the dev
# set-up; the result is reviewed and committed.
lock: $(STAMPS)/dev
	$(PIP_COMPILE) $(UPGRADE) --extra node --build-deps-for editable -o requirements/product.txt pyproject.toml
	$(PIP_COMPILE) $(UPGRADE) --extra node --extra dev --build-deps-for editable -c requirements/product.txt \
		-o requirements/dev.txt pyproject.toml
	$(PIP_COMPILE) $(UPGRADE) --extra node --extra spark --build-deps-for editable -c requirements/dev.txt \
		-o requirements/spark.txt pyproject.toml

lock-peers: $(STAMPS)/dev
	$(foreach peer,$(PEER_NAMES),$(PEER_COMPILE) -o $(peer).txt $(peer).in &&) true

upgrade:
	@$(MAKE) lock lock-peers UPGRADE=--upgrade

clean:
	@if [ -x $(BIN)/tongban ]; then $(BIN)/python -m tongban.federation.removal; fi
	rm -rf .tongban $(VENV) frontend/node_modules tests/counterparts/node_modules build src/tongban/node/static/built src/*.egg-info
	rm -rf $(PEERS) benchmarks/results
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests benchmarks -name __pycache__ -prune -exec rm -rf {} +

$(BIN)/python:
	@sh tools/make_venv.sh $(VENV) $(PYTHON)

$(STAMPS)/product: requirements/product.txt pyproject.toml | $(BIN)/python
	@echo "[tongban] installing the product's packages (about a minute the first time)"
	@mkdir -p $(STAMPS)
	@$(PIP) install --quiet --require-hashes -r requirements/product.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(STAMPS)/dev: requirements/dev.txt $(STAMPS)/product
	@echo "[tongban] installing what the tests need (about a minute the first time)"
	@$(PIP) install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

$(STAMPS)/spark: requirements/spark.txt $(STAMPS)/dev
	@echo "[tongban] installing Spark (some minutes)"
	@$(PIP) install --quiet --require-hashes -r requirements/spark.txt
	@touch $@

$(STAMPS)/counterparts: tests/counterparts/package.json tests/counterparts/package-lock.json $(STAMPS)/product
	@echo "[tongban] installing independent implementations that the tests compare with"
	@$(BIN)/python tools/install_counterparts.py
	@touch $@

$(STAMPS)/frontend: $(FRONTEND_SOURCES) $(STAMPS)/product
	@echo "[tongban] building styles, scripts and translations"
	@$(BIN)/python -m tongban.node.frontend
	@touch $@

$(PEERS)/%/.done: benchmarks/requirements/%.txt | $(BIN)/python
	@echo "[tongban] installing $* to measure against"
	@rm -rf $(PEERS)/$*
	@$(BIN)/python -m venv $(PEERS)/$*
	@$(PEERS)/$*/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes -r $<
	@touch $@
