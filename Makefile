# Dudao 督导. Needs Python 3.11 or newer and make; everything else is installed into .venv.
#   make demo        start everything in the foreground (PORT=8000, DATA_DIR=var; DATABASE_URL, REDIS_URL)
#   make demo-reset  the same from an empty data folder
#   make test        the gate's tests (make test-long: those that take longer)
#   make lint        style, types, layers, settings, migrations, translations
#   make bench      how fast it is: SIZE=1k, 10k, 100k or 1m (docs/benchmarks.md)
#   make install     the environment alone, for a server (docs/operations.md)
#   make screenshots the pictures of the guide and the README from the demo
#   make lock        compile the requirements anew

PYTHON ?= python3
SIZE ?= 10k
VENV := .venv
BIN := $(VENV)/bin
COMPILE := $(VENV)/bin/python -c "from pathlib import Path; from supervision.core.catalogues import compile_changed; compile_changed(Path())"
UP_ENVIRONMENT := DJANGO_SETTINGS_MODULE=supervision.config.settings.local

# The stamps carry the lock's hash: another lock, another stamp, another installation.
LOCK_HASH := $(shell cksum < requirements.lock | tr ' ' '-')
DEV_HASH := $(shell cksum < requirements-dev.lock | tr ' ' '-')
RUNTIME := $(VENV)/.runtime-$(LOCK_HASH)
DEVELOPMENT := $(VENV)/.development-$(DEV_HASH)

.PHONY: demo demo-reset install test test-long lint bench screenshots lock
.DELETE_ON_ERROR:

$(RUNTIME):
	@$(PYTHON) scripts/install.py $(VENV) requirements.lock $@

$(DEVELOPMENT):
	@$(PYTHON) scripts/install.py $(VENV) requirements-dev.lock $@ $(RUNTIME)

demo: $(RUNTIME)
	@$(UP_ENVIRONMENT) exec $(BIN)/python manage.py up

demo-reset: $(RUNTIME)
	@$(UP_ENVIRONMENT) exec $(BIN)/python manage.py up --reset

install: $(RUNTIME)
	@$(COMPILE)

test: $(DEVELOPMENT)
	@$(COMPILE)
	@exec $(BIN)/python scripts/test.py

test-long: $(DEVELOPMENT)
	@$(COMPILE)
	@exec $(BIN)/python scripts/test.py --long

lint: $(DEVELOPMENT)
	@exec $(BIN)/python scripts/lint.py

bench: $(DEVELOPMENT)
	@exec $(BIN)/python scripts/bench.py $(SIZE)

screenshots: $(DEVELOPMENT)
	@exec $(BIN)/python scripts/screenshots.py

lock: $(DEVELOPMENT)
	@exec $(BIN)/python scripts/install.py --lock $(VENV) requirements.in requirements-dev.in
