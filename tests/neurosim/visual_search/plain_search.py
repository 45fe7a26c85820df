"""The published search written down a second time, plainly: whole windows, nothing reused.

Only the features come from the code under test; Acceptance 3 holds them against stored arrays.
"""

import numpy as np
from scipy import ndimage

BUFFER = 64  # px of background beyond the display's reach


def kernel_of(size, sigma):
    if (size, sigma) == (3, 0):
        return np.array([1, 2, 1]) / 4
    values = [np.exp(-((i - size // 2) ** 2) / (2 * sigma**2)) for i in range(size)]
    return np.array(values) / sum(values)


def filtered(a, size, sigma):
    kernel = kernel_of(size, sigma)
    return ndimage.correlate1d(
        ndimage.correlate1d(a, kernel, 0, mode="mirror"), kernel, 1, mode="mirror"
    )


def area_matrix(n, side):
    """(side, n): what each enlarged pixel takes of each small one."""
    matrix = np.zeros((side, n))
    for i in range(side):
        j = (i * n) // side
        f = ((i + 1) * n - (j + 1) * side) / n
        f = 0 if f <= 0 else f - np.floor(f)
        matrix[i, j] += 1 - f
        matrix[i, min(j + 1, n - 1)] += f
    return matrix


def correlation(features, template):
    channels, high, wide = template.shape
    before = (high - 1) // 2, (wide - 1) // 2
    pads = [(0, 0), (before[0], high - 1 - before[0]), (before[1], wide - 1 - before[1])]
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(features, pads), (channels, high, wide)
    )[0]
    return np.einsum("yxcij,cij->yx", windows, template, optimize=True)


def plain_search(network, display, kernels):
    """Return fixations (display px), found, and the map (display part) of each saccade."""
    truth, side = display.truth, display.shape[1]
    light = np.float32(255) * display.frames[0]
    image = np.stack([light] * 3, axis=2) if light.ndim == 2 else light.copy()
    grey = np.broadcast_to(np.float32(255) * np.float32(truth["display"]["background"]), 3)
    tile = np.float32(255) * truth["target"]
    tile = np.stack([tile] * 3, axis=2) if tile.ndim == 2 else tile
    templates = [t.numpy().astype(float) for t in network.target(tile)]
    reach = side + BUFFER
    open_cells = {i: tuple(cell) for i, cell in enumerate(truth["cells"].tolist())}
    fixations, maps, found = [(side // 2, side // 2)], [], False
    while open_cells and not found:
        row, column = fixations[-1]
        canvas = np.empty((side + 2 * reach,) * 2 + (3,), np.float32)
        canvas[:] = grey
        canvas[reach : reach + side, reach : reach + side] = image
        allowed = np.zeros(canvas.shape[:2], bool)
        for left, top, right, bottom in open_cells.values():
            allowed[reach + top : reach + bottom, reach + left : reach + right] = True
        window = np.s_[row : row + 2 * reach, column : column + 2 * reach]
        taps = network.search(canvas[window][None])
        raw = [
            correlation(tap[0].numpy().astype(float), template)
            for tap, template in zip(taps, templates, strict=True)
        ]
        peaks = np.array([one.max() for one in raw])
        unit = [(one - one.min()) / (one.max() - one.min()) for one in raw]
        a = sum(w * one for w, one in zip(peaks / peaks.sum(), unit, strict=True))
        for _ in range(3):
            a = a + filtered(a, *kernels[0]) - filtered(a, *kernels[1])
        to_px = area_matrix(len(a), 2 * reach)
        a = to_px @ a @ to_px.T
        a = (a - a.min()) * allowed[window]
        y, x = (int(at) - reach for at in np.unravel_index(a.argmax(), a.shape))
        y, x = y + row, x + column
        shown = np.s_[reach - row : reach - row + side, reach - column : reach - column + side]
        maps.append(a[shown])
        fixations.append((y, x))
        found = bool(truth["gt_cells"][max(y - 5, 0) : y + 5, max(x - 5, 0) : x + 5].any())
        for number, (left, top, right, bottom) in list(open_cells.items()):
            if left <= x < right and top <= y < bottom:
                del open_cells[number]
                image[top:bottom, left:right] = grey
    return fixations, found, maps
