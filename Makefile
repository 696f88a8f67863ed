# make run     set everything up and start codex-voice; in practice mode where Codex or a model is missing
# make check   the fast lane: lint, types, imports, and the quick tests that need nothing but Python
# make test    set everything up, then run the checks and all tests
# make test-versions  run the tests of the composer and the approvals against older Codexes too
# make test-moshi  a long conversation with the real moshi.server: MINUTES=2; installs torch, 1.1 GB
# make setup   only prepare .venv, with .venv/bin/codex-voice in it
# make fast    build whisper.cpp for this machine into .venv: half as much again as fast (C++ compiler)
# make binary  freeze the program into dist/, for machines without Python (FORMS=folder or file: one)
# make coverage    the fast lane again, with a floor of tested lines for every package
# make lock    write requirements.lock anew: the versions of everything, with their hashes
# make sidecar  freeze the sidecar alone into dist/, and try it as a host does
# make man     write the manual page and the shell completions into build/
# make screenshots  draw docs/screenshot.svg and record docs/demo.cast, from a real run
# make bench   measure (see docs/performance.md)
# make clean   remove what the others made

# The version the tests were written against; the prompts and keys of another may differ.
CODEX_VERSION := 0.169.0

# What runs without a microphone, Codex, Whisper's weights, and a terminal in real time.
FAST := not (microphone or codex or real_model or end_to_end or slow or moshi)

SHELL := /bin/bash
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# Prints a dependency group. pip reads them by itself from 25.1 on; Debian 12 has an older one.
GROUP = $(BIN)/python -c 'import sys, tomllib; \
	groups = tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]; \
	print(*groups[sys.argv[1]], sep="\n")'

# A name on PATH may be a shim for a version that is not there, so each one is tried.
PYTHON = for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
	python=; done; \
	[ -n "$$python" ] || { echo "Python 3.11 or later is needed" >&2; exit 1; }

# Installs Debian packages where that is possible, and names the command where it is not.
INSTALL = install_packages() { \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends "$$@" >/dev/null; \
	else \
		echo "Missing: $$* (Debian: sudo apt-get install $$*)" >&2; false; \
	fi; }

# The other versions that tests/agent are run against: the oldest that is known to work, and one in
# the middle (TESTED_VERSIONS in codex_voice/agent/versions.py).
OLDER_CODEX_VERSIONS := 0.151.0 0.160.1

# Where it is set, every process would compile what it imports anew: the tests start hundreds.
unexport PYTHONDONTWRITEBYTECODE

.SILENT:
.PHONY: setup run check quick test test-versions fast binary man screenshots bench coverage lock clean lint development portaudio pulseaudio chromium tmux codex

setup: .venv/.installed portaudio

run: setup
	if $(BIN)/codex-voice doctor --only codex,model >/dev/null; \
	then exec $(BIN)/codex-voice; \
	else exec $(BIN)/codex-voice --practice; fi

# The types' first reading keeps one core busy for half a minute, so it has company.
check: development
	$(MAKE) --no-print-directory -j2 lint quick

# Two tests at a time for each core: some wait. Each has its own home. The slowest are listed, so that
# they do not creep in.
quick: development
	$(BIN)/pytest -n $$((2 * $$(getconf _NPROCESSORS_ONLN))) -m "$(FAST)" --durations=15 --durations-min=1

# How many tests run at once. More than cores: most of them wait, for sound in real time or for Codex.
WORKERS := 5

# A file is one worker's, so that what its tests share is started once; each worker has a sound server
# of its own, each test a home. What measures seconds comes last, with nothing beside it.
test: lint pulseaudio chromium tmux codex
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not alone and not moshi" \
		--durations=25 --durations-min=10
	$(BIN)/pytest -m alone

test-versions: development codex
	for version in $(OLDER_CODEX_VERSIONS); do \
		prefix=.codex-cli/versions/$$version; \
		[ -e $$prefix/node_modules/.bin/codex ] || \
			npm install --silent --no-audit --no-fund --prefix $$prefix @openai/codex@$$version || exit; \
		echo "Codex $$version:"; \
		CODEX_VOICE_TEST_CODEX=$$PWD/$$prefix/node_modules/.bin/codex \
			$(BIN)/pytest tests/agent tests/session -m codex || exit; \
	done
	$(BIN)/pytest tests/agent tests/session -m codex

# moshi's pin of torch ends before the one build for the processor alone that some indexes have, which
# works; TORCH=torch takes what moshi asks for, with CUDA.
TORCH := torch==2.13.0+cpu
MINUTES := 2

.PHONY: test-moshi
test-moshi: development .venv-moshi/.installed
	CODEX_VOICE_TEST_MOSHI=$$PWD/.venv-moshi/bin/python CODEX_VOICE_TEST_MOSHI_MINUTES=$(MINUTES) \
		$(BIN)/pytest tests/serve/moshi -m moshi

.venv-moshi/.installed:
	echo "Installing Moshi's server (once) ..."
	$(PYTHON); "$$python" -m venv .venv-moshi
	.venv-moshi/bin/python -m pip install --quiet --no-deps moshi==0.2.13 'sphn>=0.2,<0.3' '$(TORCH)'
	.venv-moshi/bin/python -m pip install --quiet 'numpy<2.3' 'aiohttp<3.12' einops filelock fsspec \
		huggingface_hub jinja2 networkx safetensors sentencepiece sympy typing-extensions
	touch $@

lint: development
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy codex_voice tests benchmarks
	$(BIN)/lint-imports --no-cache

# The libraries of such a build are found beside it only with that path in it.
fast: setup
	CMAKE_ARGS='-DGGML_LLAMAFILE=ON -DCMAKE_INSTALL_RPATH=$$ORIGIN -DCMAKE_BUILD_WITH_INSTALL_RPATH=ON' \
		$(PIP) --force-reinstall --no-deps --no-cache-dir --no-binary pywhispercpp 'pywhispercpp>=1.5.1,<1.6'

binary: development portaudio
	$(GROUP) binary >.venv/binary.txt
	$(PIP) --requirement .venv/binary.txt
	packaging/freeze $(FORMS)

# The sidecar alone, for a host to bundle or to download.
.PHONY: sidecar
sidecar: development portaudio
	$(GROUP) binary >.venv/binary.txt
	$(PIP) --requirement .venv/binary.txt
	packaging/freeze-sidecar

man: development
	$(GROUP) binary >.venv/binary.txt
	$(PIP) --requirement .venv/binary.txt
	$(BIN)/python packaging/make_manual.py build

screenshots: development pulseaudio codex
	$(BIN)/python packaging/make_screenshots.py

# With the default options of the fast lane; a package below its floor is an error.
coverage: development
	$(BIN)/pytest -n auto -m "$(FAST)" --cov=codex_voice --cov-report=json:build/coverage.json
	$(BIN)/python packaging/check_coverage.py build/coverage.json

# For every supported Python, Linux and macOS; only for who wants the very same versions.
lock: development
	$(PIP) uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --group dev \
		--generate-hashes --custom-compile-command "make lock" --output-file requirements.lock pyproject.toml

bench: development pulseaudio codex
	for measure in command_line start pane menu "microphone --virtual" recognition voice noise \
		remote_microphone agent_api sidecar; do \
		$(BIN)/python -m benchmarks.$$measure || exit; \
	done

clean:
	rm -rf .venv .venv-moshi .codex-cli build dist
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find codex_voice tests benchmarks -name __pycache__ -prune -exec rm -rf {} +

# Debian keeps venv in a package of its own.
.venv/.installed: pyproject.toml
	echo "Setting up .venv (once) ..."
	$(PYTHON); $(INSTALL); \
	"$$python" -m venv .venv >/dev/null 2>&1 || \
		{ install_packages python3-venv && "$$python" -m venv .venv; }
	$(PIP) --editable .
	touch $@

development: setup .venv/.development

.venv/.development: .venv/.installed
	echo "Installing what the tests need (once) ..."
	$(GROUP) dev >.venv/dev.txt
	$(PIP) --editable '.[fast,resample,noise,serve,moshi]' --requirement .venv/dev.txt
	touch $@

# Without PortAudio the app still starts, and says how to get it.
portaudio: .venv/.installed
	$(BIN)/python -c 'import sounddevice' 2>/dev/null || { $(INSTALL); install_packages libportaudio2 || true; }

# Without these, the tests of the microphone, the page of the agent API, and the real Codex are
# skipped, and say so.
chromium:
	command -v chromium chromium-browser google-chrome google-chrome-stable >/dev/null || \
		{ $(INSTALL); install_packages chromium || true; }

tmux:
	command -v tmux >/dev/null || { $(INSTALL); install_packages tmux || true; }

pulseaudio:
	[ "$$(uname)" != Linux ] || \
		{ command -v pulseaudio pacat && find /usr/lib* -name libasound_module_pcm_pulse.so | grep -q .; } >/dev/null || \
		{ $(INSTALL); install_packages pulseaudio pulseaudio-utils libasound2-plugins || true; }

codex:
	if [ -z "$$CODEX_VOICE_TEST_CODEX" ] && [ ! -e .codex-cli/$(CODEX_VERSION) ]; then \
		echo "Installing the Codex CLI for the tests (once) ..."; \
		$(INSTALL); \
		{ command -v npm >/dev/null || install_packages nodejs npm; } && \
		npm install --silent --no-audit --no-fund --prefix .codex-cli @openai/codex@$(CODEX_VERSION) && \
		touch .codex-cli/$(CODEX_VERSION) || \
		echo "The Codex CLI cannot be installed here: its tests are skipped" >&2; \
	fi
