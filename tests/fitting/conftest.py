"""One BLAS thread: small factorisations on two threads spend their time waiting for each other."""

import numpy as np
import pytest
from scipy import signal
from threadpoolctl import threadpool_limits


@pytest.fixture(scope="package", autouse=True)
def _one_thread():
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="session")
def gabor_energy():
    """Features of (n, 64, 64) grey images: 3 scales, 6 orientations, magnitude every 4 px."""

    def features(grey):
        y, x = np.mgrid[-24:25, -24:25]
        found = []
        for sf in (1 / 4, 1 / 8, 1 / 16):
            envelope = np.exp(-(x**2 + y**2) * sf**2 / (2 * 0.4**2))
            for orientation in np.arange(6) * np.pi / 6:
                along = x * np.cos(orientation) + y * np.sin(orientation)
                gabor = envelope * np.exp(2j * np.pi * sf * along)
                gabor -= envelope * gabor.sum() / envelope.sum()
                energy = signal.fftconvolve(grey, gabor[None], mode="same", axes=(1, 2))
                found.append(np.abs(energy[:, ::4, ::4]).reshape(len(grey), -1))
        return np.hstack(found)

    return features
