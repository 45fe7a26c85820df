"""Maximum likelihood of many psychometric functions at once: a data set and its resamples.

psi(x) = g + (1 - g - l) F(u), u = (z - a) exp(b), with z = x, or log x for the Weibull. The four
parameters (a, b, g, l) lie in a box; a fixed one has a box without extent.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import expit, ndtr, xlogy

__all__ = ["SHAPES", "log_likelihood", "maximise", "probability"]

#: Steps of scoring; a fit needs about ten.
MOST_STEPS = 200
#: A fit is done once a step gains less log likelihood than this.
ENOUGH = 1e-11
#: Probabilities nearer to 0 or 1 than this are rounding.
TINY = 1e-12


def _logistic_density(u: np.ndarray) -> np.ndarray:
    return expit(u) * expit(-u)


def _normal_density(u: np.ndarray) -> np.ndarray:
    return np.exp(-(u**2) / 2) / np.sqrt(2 * np.pi)


def _weibull(u: np.ndarray) -> np.ndarray:
    return -np.expm1(-np.log(2) * np.exp(np.minimum(u, 50)))


def _weibull_density(u: np.ndarray) -> np.ndarray:
    rate = np.log(2) * np.exp(np.minimum(u, 50))
    return rate * np.exp(-rate)


#: Cumulative function and density by name; each is one half at u = 0.
SHAPES: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "gaussian": (ndtr, _normal_density),
    "logistic": (expit, _logistic_density),
    "weibull": (_weibull, _weibull_density),
}


def probability(z: np.ndarray, theta: np.ndarray, shape: str) -> np.ndarray:
    """Psi at each level, for each set of parameters.

    Parameters
    ----------
    z
        (n_levels,) stimulus levels, or their logarithms.
    theta
        (n_fits, 4) parameters a, b, g, l.
    shape
        Key of `SHAPES`.

    Returns
    -------
    numpy.ndarray
        (n_fits, n_levels) probabilities.

    Examples
    --------
    >>> probability(np.array([0.0]), np.array([[0.0, 0.0, 0.5, 0.0]]), "logistic")
    array([[0.75]])
    """
    a, b, g, l = (theta[:, [i]] for i in range(4))
    return g + (1 - g - l) * SHAPES[shape][0]((z - a) * np.exp(b))


def log_likelihood(n_correct: np.ndarray, n_trials: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Binomial log likelihood, without the constant.

    Parameters
    ----------
    n_correct
        (n_fits, n_levels) or (n_levels,) successes.
    n_trials
        (n_levels,) trials.
    p
        (n_fits, n_levels) probabilities.

    Returns
    -------
    numpy.ndarray
        (n_fits,) in nats.

    Examples
    --------
    >>> log_likelihood(np.array([1]), np.array([2]), np.array([[0.5]])).round(3)
    array([-1.386])
    """
    p = np.clip(p, TINY, 1 - TINY)
    return (xlogy(n_correct, p) + xlogy(n_trials - n_correct, 1 - p)).sum(axis=-1)


def maximise(
    z: np.ndarray,
    n_correct: np.ndarray,
    n_trials: np.ndarray,
    start: np.ndarray,
    box: np.ndarray,
    shape: str,
) -> tuple[np.ndarray, np.ndarray]:
    """Fisher scoring in a box, damped until the likelihood rises, of all fits together.

    Parameters
    ----------
    z
        (n_levels,) stimulus levels, or their logarithms.
    n_correct
        (n_fits, n_levels) successes.
    n_trials
        (n_levels,) trials.
    start
        (n_fits, 4) first parameters, in the box.
    box
        (2, 4) smallest and largest parameters.
    shape
        Key of `SHAPES`.

    Returns
    -------
    theta
        (n_fits, 4) parameters of the largest likelihood found.
    value
        (n_fits,) log likelihood, without the constant.

    Examples
    --------
    >>> box = np.array([[-9.0, -3.0, 0.0, 0.0], [9.0, 3.0, 0.0, 0.0]])
    >>> x, n = np.array([-1.0, 1.0]), np.array([100, 100])
    >>> theta, _ = maximise(x, np.array([[20, 80]]), n, np.zeros((1, 4)), box, "logistic")
    >>> np.exp(theta[0, 1]).round(3)
    np.float64(1.386)
    """
    theta = np.array(start, dtype=np.float64)
    value = log_likelihood(n_correct, n_trials, probability(z, theta, shape))
    damping = np.full(len(theta), 1e-3)
    running = np.arange(len(theta))
    for _ in range(MOST_STEPS):
        k = n_correct[running]
        step = _scoring_step(z, k, n_trials, theta[running], box, shape, damping[running])
        proposed = np.clip(theta[running] + step, box[0], box[1])
        reached = log_likelihood(k, n_trials, probability(z, proposed, shape))
        gain = reached - value[running]
        better = gain >= 0
        theta[running[better]], value[running[better]] = proposed[better], reached[better]
        damping[running] *= np.where(better, 0.2, 10)
        done = (better & (gain < ENOUGH)) | (damping[running] > 1e12)
        running = running[~done]
        if not running.size:
            break
    return theta, value


def _scoring_step(
    z: np.ndarray,
    n_correct: np.ndarray,
    n_trials: np.ndarray,
    theta: np.ndarray,
    box: np.ndarray,
    shape: str,
    damping: np.ndarray,
) -> np.ndarray:
    """(I + damping diag I)^-1 score, where I is the expected information sum n p' p'^T / (p q).

    Parameters at a wall of the box that the score pushes against stay there.
    """
    a, b, g, l = (theta[:, [i]] for i in range(4))
    cumulative, density = SHAPES[shape]
    scale = np.exp(b)
    u = (z - a) * scale
    F, f, height = cumulative(u), density(u), 1 - g - l
    p = np.clip(g + height * F, TINY, 1 - TINY)
    slopes = np.stack([-height * f * scale, height * f * u, 1 - F, -F], axis=-1)
    weight = 1 / (p * (1 - p))
    score = np.einsum("kl,klp->kp", (n_correct - n_trials * p) * weight, slopes)
    held = ((theta <= box[0]) & (score <= 0)) | ((theta >= box[1]) & (score >= 0))
    score[held] = 0
    slopes = np.where(held[:, None, :], 0, slopes)
    information = np.einsum("kl,klp,klq->kpq", n_trials * weight, slopes, slopes)
    diagonal = np.einsum("kpp->kp", information)
    # a held parameter gets information 1, so that the system can be solved and its step is 0
    diagonal += np.where(held, 1.0, damping[:, None] * diagonal + TINY)
    return np.linalg.solve(information, score[..., None])[..., 0]
