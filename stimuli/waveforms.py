"""Periodic waveforms, kept exact on a pixel grid: by their harmonics, or by area averages.

A wave w(u) has period 1 in u (cycles) and its crest, or the middle of its bright bar, at u = 0.

Every waveform here is a sum of periodic Bernoulli polynomials B_n(u mod 1). Their antiderivative is
again one, B_{n+1}/(n+1), so that the average of a wave over a box (a pixel's side as the grating
crosses it, or an open shutter) is a difference of two of them: exact, also across an edge.
"""

import itertools
import math

import numpy as np
from numpy.typing import NDArray

WAVEFORMS = ("sine", "square", "triangle", "sawtooth", "missing_fundamental")
NARROW = 1e-4  # a box narrower than this part of the widest one changes nothing visible

# B_1 ... B_5, coefficients from the constant upwards
BERNOULLI = {
    1: (-1 / 2, 1),
    2: (1 / 6, -1, 1),
    3: (0, 1 / 2, -3 / 2, 1),
    4: (-1 / 30, 0, 1, -2, 1),
    5: (0, -1 / 6, 0, 5 / 3, -5 / 2, 1),
}


def _terms(waveform: str, duty: float) -> tuple[int, float, list[tuple[float, float]]]:
    """Return n, constant and (weight, shift) with w(u) = constant + sum weight B_n(u + shift)."""
    if waveform == "square":  # 1 for |u| < duty/2, else -1
        return 1, 2 * duty - 1, [(2.0, -duty / 2), (-2.0, duty / 2)]
    if waveform == "missing_fundamental":  # the cosine is subtracted by the caller
        return 1, 0.0, [(2.0, -0.25), (-2.0, 0.25)]
    if waveform == "sawtooth":  # rises from -1 to 1 over the cycle, 0 at u = 0
        return 1, 0.0, [(2.0, 0.5)]
    return 2, 0.0, [(4.0, 0.0), (-4.0, 0.5)]  # triangle: 1 at u = 0, -1 at u = 1/2


def _horner(
    x: NDArray[np.float64], coefficients: tuple[float, ...], scale: float
) -> NDArray[np.float64]:
    """Return scale * sum_k coefficients[k] x^k, with one array beside x."""
    value = np.full_like(x, scale * coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        value *= x
        value += scale * coefficient
    return value


def area_average(
    waveform: str, cycles: NDArray[np.float64], boxes: tuple[float, ...], *, duty: float = 0.5
) -> NDArray[np.float64]:
    """Return the average of a wave over boxes around each point.

    Parameters
    ----------
    waveform
        One of `WAVEFORMS` except "sine".
    cycles
        (...) positions u, cycles.
    boxes
        Widths, cycles; the average over several is taken one after the other.
    duty
        Bright part of the cycle of a "square".

    Returns
    -------
    mean
        (...) in [-1, 1].

    Examples
    --------
    >>> area_average("square", np.array([0.0, 0.25]), (0.1,)).round(12).tolist()
    [1.0, 0.0]
    """
    widths = [box for box in boxes if box > NARROW * max(boxes)]
    degree, constant, terms = _terms(waveform, duty)
    top = degree + len(widths)
    # B_n integrated r times is n!/(n+r)! B_{n+r}
    scale = math.factorial(degree) / math.factorial(top) / math.prod(widths)
    total = np.zeros_like(cycles)
    for signs in itertools.product((1, -1), repeat=len(widths)):
        reach = sum(sign * width / 2 for sign, width in zip(signs, widths, strict=True))
        for weight, shift in terms:
            inside = cycles + (shift + reach)
            inside -= np.floor(inside)
            total += _horner(inside, BERNOULLI[top], math.prod(signs) * weight)
    total *= scale
    total += constant
    if waveform == "missing_fundamental":
        blur = math.prod(np.sinc(width) for width in widths)
        total -= 4 / np.pi * blur * np.cos(2 * np.pi * cycles)
    return total


def harmonics(waveform: str, n_harmonics: int, *, duty: float = 0.5) -> NDArray[np.complex128]:
    """Return the Fourier coefficients of a wave, w(u) = Re sum_k c_k exp(2 pi i k u).

    Parameters
    ----------
    waveform
        One of `WAVEFORMS`.
    n_harmonics
        The highest k.
    duty
        Bright part of the cycle of a "square".

    Returns
    -------
    coefficients
        (n_harmonics + 1,) c_0, c_1, ...

    Examples
    --------
    >>> abs(harmonics("missing_fundamental", 5)).round(3).tolist()
    [0.0, 0.0, 0.0, 0.424, 0.0, 0.255]
    """
    k = np.arange(1, n_harmonics + 1)
    coefficients = np.zeros(n_harmonics + 1, complex)
    if waveform == "sine":
        coefficients[1:2] = 1.0
    elif waveform == "square":  # 4/(pi k) sin(pi k duty): (4/pi) (1, 0, -1/3, 0, 1/5...) at 1/2
        coefficients[0] = 2 * duty - 1
        coefficients[1:] = 4 / (np.pi * k) * np.sin(np.pi * k * duty)
    elif waveform == "missing_fundamental":
        coefficients[1:] = 4 / (np.pi * k) * np.sin(np.pi * k / 2)
        coefficients[1:2] = 0.0
    elif waveform == "sawtooth":  # (2/pi) sum (-1)^(k+1) sin(2 pi k u) / k
        coefficients[1:] = 1j * 2 / np.pi * (-1.0) ** k / k
    else:  # triangle: (8/pi^2) sum over odd k of cos(2 pi k u) / k^2
        coefficients[1:] = np.where(k % 2 == 1, 8 / (np.pi * k) ** 2, 0.0)
    coefficients[np.abs(coefficients) < 1e-15] = 0.0  # sin(pi k / 2) at even k
    return coefficients
