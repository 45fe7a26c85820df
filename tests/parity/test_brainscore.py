"""The numbers of Brain-Score's metrics against the package itself (acceptance 3).

Run by `make test-brainscore`, in an environment of its own.
"""

import numpy as np
import pytest

from fitting import brainscore_metrics, brainscore_splits

pytestmark = [
    pytest.mark.brainscore,
    # the peer's own, and those of the old libraries that it pins
    pytest.mark.filterwarnings("ignore"),
]

N_STIMULI, N_UNITS, N_REPEATS = 60, 7, 3
RNG = np.random.default_rng(0)
#: Rows are in no order of the ids, and those of the features are in another order.
IDS = np.array([f"image{i:02d}" for i in RNG.permutation(N_STIMULI)])
ORDER = RNG.permutation(N_STIMULI)
CATEGORIES = np.array([f"o{i % 4}" for i in range(N_STIMULI)])
#: Features for the primal and for the dual solutions, at least as many as Brain-Score's components.
FEATURES = {p: RNG.standard_normal((N_STIMULI, p)) for p in (30, 100)}


def responses(p):
    """Each unit is a mixture of features and noise of its own, each time it is shown."""
    rng = np.random.default_rng(p)
    signal = FEATURES[p] @ rng.standard_normal((p, N_UNITS)) / np.sqrt(p)
    return signal + 0.5 * rng.standard_normal((N_REPEATS, N_STIMULI, N_UNITS))


def assembly(values, rows=slice(None), **more):
    """(presentation, neuroid) values of the stimuli `rows` as the package wants them."""
    from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly

    units = [f"unit{i:03d}" for i in range(values.shape[1])]
    coords = {
        "stimulus_id": ("presentation", IDS[rows]),
        "object_name": ("presentation", CATEGORIES[rows]),
        "neuroid_id": ("neuroid", units),
        "region": ("neuroid", ["IT"] * len(units)),
    }
    return NeuroidAssembly(values, coords=coords | more, dims=["presentation", "neuroid"])


def assert_close(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("p", FEATURES)
@pytest.mark.parametrize("stratified", [True, False])
@pytest.mark.parametrize("name", ["pls", "ridge", "neuron_to_neuron"])
def test_acceptance_3_cross_validated_metrics(brainscore, name, stratified, p):
    """Acceptance 3: each unit in each split, the score and its error."""
    X, Y = FEATURES[p], responses(p).mean(axis=0)
    options = {} if stratified else {"stratification_coord": None}
    metric = brainscore.load_metric(name, crossvalidation_kwargs=options)
    theirs = metric(assembly(X[ORDER], ORDER), assembly(Y))
    ours = brainscore_metrics.METRICS[name](
        X[ORDER],
        Y,
        stimulus_ids=IDS,
        source_ids=IDS[ORDER],
        stratify=CATEGORIES if stratified else None,
    )
    assert_close(ours.splits, theirs.attrs["raw"].transpose("split", "neuroid").values)
    assert_close(ours.raw, float(theirs))
    assert_close(ours.error, float(theirs.attrs["error"]))


@pytest.mark.parametrize("p", FEATURES)
def test_acceptance_3_ridgecv_split(brainscore, p):
    """Acceptance 3: `ridgecv_split` is given one split at a time."""
    X, Y = FEATURES[p], responses(p).mean(axis=0)
    ours = brainscore_metrics.ridgecv(X, Y, stimulus_ids=IDS, stratify=CATEGORIES)
    for k, (train, test) in enumerate(brainscore_splits(N_STIMULI, stratify=CATEGORIES)):
        theirs = brainscore.load_metric("ridgecv_split")(
            source_train=assembly(X[train], train),
            source_test=assembly(X[test], test),
            target_train=assembly(Y[train], train),
            target_test=assembly(Y[test], test),
        )
        assert_close(ours.splits[k], theirs.attrs["raw"].values)


@pytest.mark.parametrize("p", FEATURES)
@pytest.mark.parametrize("name", ["rdm", "cka", "cka_biased"])
def test_acceptance_3_similarities(brainscore, name, p):
    """Acceptance 3: similarities of whole representations."""
    X, Y = FEATURES[p], responses(p).mean(axis=0)
    if name == "rdm":
        ours = brainscore_metrics.rdm(X, Y)
    else:
        ours = brainscore_metrics.cka(X, Y, unbiased=name == "cka")
    theirs = brainscore.load_metric(name)(assembly(X[ORDER], ORDER), assembly(Y))
    assert_close(ours.raw, float(theirs))


@pytest.mark.parametrize("p", FEATURES)
def test_acceptance_3_internal_consistency(brainscore, p):
    """Acceptance 3: the ceiling, each unit in each random half of the repetitions."""
    repeats = responses(p)
    shown = np.tile(np.arange(N_STIMULI), N_REPEATS)
    repetition = ("presentation", np.repeat(np.arange(N_REPEATS), N_STIMULI))
    together = assembly(repeats.reshape(-1, N_UNITS), shown, repetition=repetition)
    theirs = brainscore.load_ceiling("internal_consistency")(together)
    ours = brainscore_metrics.internal_consistency(repeats)
    assert_close(ours.splits, theirs.attrs["raw"].transpose("split", "neuroid").values)
    assert_close(ours.raw, float(theirs))
    assert_close(ours.error, float(theirs.attrs["error"]))


def test_acceptance_3_a_unit_that_does_not_vary(brainscore):
    """Acceptance 3: it has no correlation and is left out of the median, by both."""
    X, Y = FEATURES[30], responses(30).mean(axis=0)
    Y[:, 2] = 1.0
    theirs = brainscore.load_metric("ridge")(assembly(X), assembly(Y))
    ours = brainscore_metrics.ridge(X, Y, stimulus_ids=IDS, stratify=CATEGORIES)
    assert_close(ours.raw, float(theirs))
    assert_close(ours.splits, theirs.attrs["raw"].transpose("split", "neuroid").values)
    assert ours.n_undefined == 1
