"""What a motion cloud is made of: its envelope, blocks of frames, and blocks without end."""

import math
from collections.abc import Callable

import numpy as np
from numpy import fft
from numpy.typing import NDArray

from stimuli.screen import Screen, unit_vector
from stimuli.spectra import around_direction, copies, frequencies, log_gaussian

ROUNDING = 2.0**-24  # of float32: amplitudes below this part of the largest change nothing


class Envelope:
    """Amplitude spectrum of a motion cloud, on a grid or anywhere.

    Parameters
    ----------
    centre
        Centre of the log-Gaussian, cycles/deg.
    spread
        Its sd in ln f.
    direction, orientation_sd
        Degrees.
    speed, speed_sd
        Deg/s.
    temporal
        "gauss" or "oneoverf".

    Examples
    --------
    >>> cloud = Envelope(2.0, 0.3, 0.0, 10.0, 4.0, 1.0, "gauss")
    >>> on_plane = cloud.temporal(np.array(2.0), np.array(0.0), np.array(-8.0))
    >>> float(on_plane)
    1.0
    """

    def __init__(
        self,
        centre: float,
        spread: float,
        direction: float,
        orientation_sd: float,
        speed: float,
        speed_sd: float,
        temporal: str,
    ) -> None:
        self._centre, self._spread = centre, spread
        self._direction, self._orientation_sd = direction, orientation_sd
        self._velocity = tuple(speed * part for part in unit_vector(direction))
        self._speed_sd, self._form = speed_sd, temporal

    def spatial(self, fx: NDArray, fy: NDArray) -> NDArray[np.float64]:
        """Return the factor of space, (1/f) log-Gaussian(f) von-Mises(direction); 0 at f = 0."""
        f = np.hypot(fx, fy)
        inverse = np.divide(1.0, f, out=np.zeros(f.shape), where=f > 0)
        oriented = around_direction(fx, fy, self._direction, self._orientation_sd)
        return inverse * log_gaussian(f, self._centre, self._spread) * oriented

    def temporal(self, fx: NDArray, fy: NDArray, ft: NDArray) -> NDArray:
        """Return the factor of time, a function of (ft + f . V) / (speed_sd f), in fx's dtype."""
        width = self._speed_sd * np.hypot(fx, fy)
        off_plane = ft + (fx * self._velocity[0] + fy * self._velocity[1])
        ratio = np.divide(
            off_plane, width, out=np.zeros(off_plane.shape, fx.dtype), where=width > 0
        )
        np.square(ratio, out=ratio)
        if self._form == "gauss":
            return np.exp(-0.5 * ratio, out=ratio)
        return 1.0 / np.sqrt(1.0 + ratio)

    def beyond(self, screen: Screen, *, moves: bool) -> float:
        """Return the part of the energy beyond the Nyquist limits of screen and frame rate.

        By sums over ln f and direction; summed over ft, energy is spatial^2 f for each (fx, fy).
        """
        octaves = np.linspace(-6.0, 6.0, 121)[:, None] * self._spread
        span = math.radians(min(90.0, 8.0 * self._orientation_sd))
        angle = math.radians(self._direction) + np.linspace(-span, span, 181)
        f = self._centre * np.exp(octaves)
        fx, fy = f * np.cos(angle), f * np.sin(angle)
        energy = self.spatial(fx, fy) ** 2 * f**3  # f from the sum over ft, f^2 d(ln f) d(angle)
        seen = energy * (np.maximum(np.abs(fx), np.abs(fy)) < screen.ppd / 2)
        if moves:
            plane = fx * self._velocity[0] + fy * self._velocity[1]
            width = np.broadcast_to(self._speed_sd * f, plane.shape)
            limit = screen.fps / 2
            seen *= self._below((plane + limit) / width) - self._below((plane - limit) / width)
        return float(1.0 - seen.sum() / energy.sum())

    def _below(self, ratio: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the part of the temporal energy below a ratio: of exp(-r^2), or 1/(1 + r^2)."""
        if self._form == "oneoverf":
            return 0.5 + np.arctan(ratio) / np.pi
        return 0.5 + 0.5 * np.frompyfunc(math.erf, 1, 1)(ratio).astype(np.float64)


class Block:
    """One period of the cloud; variance 1 in expectation, or exactly.

    It is kept as frames of spatial spectra, half the grid in complex64, so that a block takes no
    more memory than its frames and one frame costs one inverse FFT. Noise is drawn in the Fourier
    domain, where white noise is white too, and only where the envelope is above rounding.

    Parameters
    ----------
    envelope
        Its spectrum.
    screen, n_frames
        Its grid.
    noise
        Gives the random generator of a row of the Fourier domain, so that the noise at a frequency
        is the same whatever the envelope is.
    exact
        Whether this sample has variance 1, or the expectation.

    Examples
    --------
    >>> cloud = Envelope(2.0, 0.3, 0.0, 10.0, 4.0, 1.0, "gauss")
    >>> block = Block(cloud, Screen(size=2), 30, np.random.default_rng, exact=True)
    >>> round(float(np.var([block.frame(t) for t in range(30)])), 4)
    1.0
    """

    def __init__(
        self,
        envelope: Envelope,
        screen: Screen,
        n_frames: int,
        noise: Callable[[int], np.random.Generator],
        *,
        exact: bool,
    ) -> None:
        self._shape = height, width = screen.shape
        fx, fy = frequencies(screen)
        spatial = envelope.spatial(fx, fy)
        if n_frames == 1:  # a still is the sum over ft, whose energy grows as f
            spatial = spatial * np.sqrt(np.hypot(fx, fy))
        matters = spatial > ROUNDING * spatial.max()
        n_columns = int(np.flatnonzero(matters.any(axis=0))[-1]) + 1
        counts = copies(width)[:n_columns]
        spatial = spatial[:, :n_columns].astype(np.float32)
        fx, fy = fx[0, :n_columns, None].astype(np.float32), fy.astype(np.float32)
        ft = (fft.fftfreq(n_frames) * screen.fps).astype(np.float32)
        self._spectra = np.zeros((n_frames, height, n_columns), np.complex64)
        expected = 0.0
        for row in np.flatnonzero(matters.any(axis=1)):
            amplitude = np.broadcast_to(spatial[row, :, None], (n_columns, n_frames))
            if n_frames > 1:
                amplitude = amplitude * envelope.temporal(fx, fy[row], ft)
            expected += 2.0 * float(counts @ np.square(amplitude).sum(axis=1, dtype=float))
            white = noise(int(row)).standard_normal((n_columns, 2 * n_frames), np.float32)
            self._spectra[:, row] = fft.ifft(amplitude * white.view(np.complex64), axis=1).T
        self._make_real(counts)
        power = self._power(counts) * n_frames if exact else expected
        self._spectra *= np.float32(height * width * n_frames / math.sqrt(power))

    def _make_real(self, counts: NDArray[np.float64]) -> None:
        """Give the columns that are their own mirrors the symmetry of a real frame.

        (X(ky) + conj X(-ky)) / sqrt 2 keeps the variance of independent X.
        """
        for column in np.flatnonzero(counts == 1.0):
            plane = self._spectra[:, :, column]
            mirror = np.roll(plane[:, ::-1], 1, axis=1).conj()
            self._spectra[:, :, column] = (plane + mirror) * np.float32(math.sqrt(0.5))

    def _power(self, counts: NDArray[np.float64]) -> float:
        """Return the sum of squares of all spectra over the full grid (Parseval)."""
        total = 0.0
        for spectrum in self._spectra:
            parts = spectrum.view(np.float32)  # real and imaginary, side by side
            total += float(np.einsum("ij,ij->j", parts, parts) @ counts.repeat(2))
        return total

    def frame(self, t: int) -> NDArray[np.float32]:
        """Return (H, W), mean 0."""
        return fft.irfft2(self._spectra[t], s=self._shape)


def endless(
    block: Callable[[int], Block], block_frames: int, n_frames: int
) -> Callable[[int], NDArray[np.float32]]:
    """Return a function that gives frame t of an endless cloud; it needs two blocks at a time.

    Block k + 1 fades in while block k fades out, with weights whose squares sum to 1, so that the
    variance stays the same.
    """
    if n_frames <= block_frames:
        return lambda t: block(0).frame(t)
    half = block_frames // 2

    def frame(t: int) -> NDArray[np.float32]:
        k, i = divmod(t, half)
        fade = 0.5 * np.pi * i / half
        old = block(k).frame(half + i)
        return old * np.float32(math.cos(fade)) + block(k + 1).frame(i) * np.float32(math.sin(fade))

    return frame
