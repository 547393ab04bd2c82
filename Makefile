# make run: the demo on http://127.0.0.1:8000 (PORT changes it). make test: the whole suite.
.DELETE_ON_ERROR:
.PHONY: run test lint bench faults measure messages lock screenshots clean

PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
CATALOGUE := locale/ja/LC_MESSAGES/django

# What the demo needs; a real installation sets its own (see README).
DEMO = DEBUG=off HTTPS=off ALLOWED_HOSTS=127.0.0.1,localhost SITE_URL=http://127.0.0.1:$(PORT) SECRET_KEY=$$(cat var/secret_key)
MANAGE = $(BIN)/python manage.py

run: .venv/base.stamp $(CATALOGUE).mo var/secret_key
	@$(DEMO) $(MANAGE) migrate --verbosity 0
	@$(DEMO) $(MANAGE) createcachetable --verbosity 0
	@$(DEMO) $(MANAGE) collectstatic --no-input --verbosity 0
	@$(DEMO) $(MANAGE) load_demo
	@echo "Tsunagari: http://127.0.0.1:$(PORT)/   year on one screen: http://127.0.0.1:$(PORT)/dashboard/?year=2016"
	@# Ctrl-C or a signal to make ends both. A worker that dies is started again.
	@export $(DEMO); \
	trap 'trap "" INT TERM; kill $$server $$sender 2>/dev/null; wait; exit 0' INT TERM; \
	$(BIN)/gunicorn config.wsgi --bind 127.0.0.1:$(PORT) --threads 8 --log-level warning & server=$$!; \
	( trap 'kill $$worker 2>/dev/null; wait; exit' TERM; \
	while $(MANAGE) send_notices --follow & worker=$$!; ! wait $$worker; do \
	echo "The sending worker died; starting it again." >&2; sleep 2; done ) >/dev/null & sender=$$!; \
	wait $$server; status=$$?; kill $$sender 2>/dev/null; wait; exit $$status

test: .venv/dev.stamp $(CATALOGUE).mo
	DEBUG=on $(BIN)/python -m pytest -n auto --dist loadscope

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# BENCH_MAIL="--part sending --scale 0.1" narrows the mails down.
bench: .venv/dev.stamp $(CATALOGUE).mo
	DEBUG=on $(BIN)/python -m tests.bench
	DEBUG=on $(BIN)/python -m tests.bench_years
	$(BIN)/python -m tests.bench_mail $(BENCH_MAIL)

measure: .venv/dev.stamp $(CATALOGUE).mo
	$(BIN)/python -m tests.measure_form

# FAULTS="--database sqlite --part reports --scale 0.01" narrows it down.
faults: .venv/dev.stamp $(CATALOGUE).mo
	$(BIN)/python -m tests.faults $(FAULTS)

messages: .venv/dev.stamp
	$(BIN)/python -m tests.messages

screenshots: .venv/dev.stamp $(CATALOGUE).mo
	DEBUG=on $(BIN)/python -m tests.screenshots

lock: .venv/dev.stamp
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" pyproject.toml -o requirements/base.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" pyproject.toml --extra dev -c requirements/base.txt -o requirements/dev.txt

clean:
	rm -rf .venv var $(CATALOGUE).mo

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed.") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv

.venv/base.stamp: requirements/base.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/base.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

$(CATALOGUE).mo: $(CATALOGUE).po .venv/base.stamp
	@$(BIN)/pybabel --quiet compile --directory locale --domain django

var/secret_key: .venv/base.stamp
	@mkdir -p var
	@umask 077 && $(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))' > $@
