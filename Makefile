# netlite: what can be done with a checkout.  `make help` lists it.

SHELL := /bin/sh
VENV := .venv
PYTHON := $(VENV)/bin/python
PYTEST_OPTIONS ?=
MINUTES ?= 10
# Tests at a time: more than processors, for many wait for an answer that does not come.
WORKERS ?= $(shell [ $$(nproc) = 1 ] && echo 6 || echo 12)

.DEFAULT_GOAL := help
.PHONY: help demo test fuzz compiled schemas runs why docs bench peers soak lint dist clean

help:  ## list the targets
	@echo "usage: make TARGET"
	@sed -n 's/^\([a-z]*\):.*## /  \1|/p' Makefile | while IFS='|' read -r name text; do printf '  %-10s %s\n' $$name "$$text"; done

demo:  ## a guided tour through a network of virtual routers, on this machine alone (SCENE=loop: another)
	@packaging/prepare run $(VENV)
	@$(PYTHON) -I -m netlite.programs.lab.tour $(SCENE)

test:  ## install what is missing, then run every test (WORKERS=1: one after the other)
	@packaging/prepare test $(VENV)
	@packaging/originals
	@parallel=$$($(PYTHON) -I -c "import xdist; print('-n', $(WORKERS))" 2>/dev/null); \
	if PYTHONDONTWRITEBYTECODE= $(PYTHON) -m pytest $$parallel $(PYTEST_OPTIONS); \
	then echo "make test: all tests passed (the skipped ones, if any, are listed above)"; \
	else status=$$?; echo "make test: FAILED, see above"; exit $$status; fi

fuzz:  ## random tables, changes, probes and bytes beside the originals (SECONDS=60 SEED=n TARGET=name EXECUTIONS=n)
	@packaging/prepare test $(VENV)
	@packaging/originals
	@$(PYTHON) tests/fuzz/make_fuzz.py --seconds $(or $(SECONDS),60) $(if $(SEED),--seed $(SEED)) $(if $(TARGET),--target $(TARGET)) $(if $(EXECUTIONS),--executions $(EXECUTIONS))

compiled:  ## write packets/compiled.py and system/netlink/compiled.py anew from scapy and pyroute2
	@packaging/prepare run $(VENV)
	$(PYTHON) -I -m netlite.packets.generate
	$(PYTHON) -I -m netlite.system.netlink.generate

schemas:  ## write docs/json.rst anew from netlite/schemas
	@packaging/prepare run $(VENV)
	$(PYTHON) -I packaging/json_page.py

docs:  ## the documentation as pages, build/docs/index.html; a warning is an error
	@packaging/prepare docs $(VENV)
	@$(PYTHON) -I packaging/pages.py build/docs-source build/docs
	@echo build/docs/index.html

runs:  ## write packaging/plain_runs.txt anew, which modules the code file has together
	@packaging/prepare run $(VENV)
	$(PYTHON) -I packaging/plain_runs.py

why:  ## write docs/why.rst anew from the engine and the lab
	@packaging/prepare run $(VENV)
	$(PYTHON) -I packaging/why_page.py

bench:  ## measure the programs beside others, and write docs/benchmarks.rst (root; ROWS=start: start-up alone; BEFORE=COMMIT)
	@packaging/prepare peers build/peers
	@packaging/originals bench
	@build/peers/bin/python -I -m bench.run "$(ROWS)" $(BEFORE)

peers:  ## the programs of examples/ beside the same done with other libraries (root; minutes; a venv in build/peers)
	@packaging/prepare peers build/peers
	@build/peers/bin/python -I -m bench.beside_peers

soak:  ## let the programs work for MINUTES=10, and count every packet (root)
	@packaging/prepare run $(VENV)
	@$(PYTHON) -I -m bench.soak $(MINUTES)

lint:  ## check the style and the types
	@packaging/prepare dev $(VENV)
	$(PYTHON) -m ruff check --line-length 120 --select E,F,W,B --ignore W291,B905,E402,B018,B020 \
	    --per-file-ignores "tests/**:E501" --exclude compiled.py .
	$(PYTHON) -m mypy

dist:  ## a wheel, netlite.pyz (the programs in one file for any Python 3.11), and netlite-full.pyz (their libraries too)
	@packaging/prepare run $(VENV)
	$(PYTHON) -m pip wheel --quiet --no-deps --wheel-dir dist .
	$(PYTHON) -I packaging/zipapp.py dist/netlite.pyz
	$(PYTHON) -I packaging/zipapp.py dist/netlite-full.pyz scapy pyroute2 tabulate

clean:  ## remove what the targets above made
	rm -rf $(VENV) build dist .pytest_cache .hypothesis .mypy_cache .ruff_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
