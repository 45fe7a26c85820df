"""Classes from codes, and images as bits. Acceptance 9."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import neurosim
import stimuli
from neurosim.models.sparsey import CodeReadout, binarise
from tests.neurosim.sparsey.patterns import fill


@pytest.fixture(scope="module")
def digits():
    data = load_digits()
    bits = binarise(data.images / 16, threshold=7 / 16)
    return train_test_split(bits, data.target, test_size=0.5, stratify=data.target, random_state=0)


def digit_score(digits, **settings):
    train, test, train_labels, test_labels = digits
    memory = neurosim.load(
        "sparsey", preset="dense", input_shape=(8, 8), n_modules=50, n_units=100, **settings
    )
    codes = fill(memory, train).code()
    readout = CodeReadout("log_count").fit(codes, train_labels)
    return readout.score(memory.recall(test).code(), test_labels)


def test_digits_are_told_apart_and_freezing_makes_it_possible(digits):
    """Acceptance 9: read out from the codes drawn in learning."""
    frozen = digit_score(digits)
    assert frozen >= 0.78
    assert frozen < 0.927  # logistic regression on the pixels
    assert digit_score(digits, freeze_at=None) <= 0.55


CODES = np.array([[0, 0, 0], [0, 0, 1], [0, 1, 0], [1, 1, 1], [2, 2, 2], [2, 2, 1]])
LABELS = np.array(["a", "a", "a", "b", "b", "b"])


@pytest.mark.parametrize("kind", ["binary", "count", "log_count", "nearest", "svm"])
def test_every_kind_knows_what_it_learned(kind):
    readout = CodeReadout(kind).fit(CODES, LABELS)
    assert readout.score(CODES, LABELS) >= 5 / 6
    assert readout.predict(np.array([[0, 0, 2], [2, 2, 0]])).tolist() == ["a", "b"]
    assert readout.predict(np.array([[-1, 0, 0]])).shape == (1,)


def test_counts_are_those_of_the_equations():
    readout = CodeReadout("log_count").fit(CODES, LABELS)
    probe = np.array([[0, 1, 1]])
    # units (0,0): 3 a, 0 b; (1,1): 1 a, 1 b; (2,1): 1 a, 2 b
    a = np.log(4 / 5) + np.log(2 / 4) + np.log(2 / 5)
    b = np.log(1 / 5) + np.log(2 / 4) + np.log(3 / 5)
    assert readout.predict(probe).tolist() == ["a" if a > b else "b"]
    np.testing.assert_allclose(readout._weights[[0, 4, 7]].sum(axis=0), [a, b])


def test_readouts_refuse():
    with pytest.raises(neurosim.UnknownNameError, match="kind='bayes' is unknown"):
        CodeReadout("bayes")
    with pytest.raises(ValueError, match="does not match codes of shape"):
        CodeReadout().fit(CODES, LABELS[:-1])
    with pytest.raises(ValueError, match="comes before fit"):
        CodeReadout().predict(CODES)
    with pytest.raises(ValueError, match="is of another length"):
        CodeReadout().fit(CODES, LABELS).predict(CODES[:, :2])
    with pytest.raises(ValueError, match="does not match the codes"):
        CodeReadout().fit(CODES, LABELS).score(CODES, LABELS[:-1])


def square():
    image = np.zeros((20, 20))
    image[4:16, 4:16] = 0.9
    return image


def test_images_become_bits():
    whole, edges, bones = (binarise(square(), m) for m in ("threshold", "edges", "skeleton"))
    assert whole.sum() == 144
    assert 0 < bones.sum() < edges.sum() < whole.sum()
    assert (bones & ~whole).sum() == 0
    assert not edges[8:12, 8:12].any()
    stack = binarise(np.stack([square(), 0 * square()]), "edges")
    assert stack.shape == (2, 20, 20)
    assert not stack[1].any()


def test_a_stimulus_becomes_bits_that_are_remembered():
    screen = stimuli.Screen(size=2, ppd=16, fps=25)
    movie = stimuli.noise_1f(screen=screen, seed=0)
    bits = binarise(movie, "edges")
    assert bits.shape == movie.shape
    memory = neurosim.load("sparsey", input_shape=(32, 32))
    fill(memory, bits)
    assert memory.novelty(bits).max() < 1e-9


@pytest.mark.parametrize(
    ("images", "settings", "text"),
    [
        (np.zeros(5), {}, "is no stack of grey images"),
        (np.full((4, 4), 2.0), {}, "values out of range"),
        (np.full((4, 4), np.nan), {}, "values out of range"),
        (np.zeros((4, 4)), {"threshold": 1.0}, "threshold=1.0 is out of range"),
        (np.zeros((4, 4)), {"sigma": 0.0}, "sigma=0.0 is out of range"),
        (np.zeros((4, 4)), {"method": "outline"}, "method='outline' is unknown"),
    ],
)
def test_binarise_refuses(images, settings, text):
    with pytest.raises(ValueError, match=text):
        binarise(images, **settings)
