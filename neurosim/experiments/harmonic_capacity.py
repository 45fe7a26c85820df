"""How much a harmonic code holds, and how well its kernel tells places apart.

No animal and no maze: the code alone, against the mathematics of random phases.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from neurosim.experiments.check import Check
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.model import Model
from neurosim.models.harmonic_search import (
    HarmonicCode,
    edge_store_auc,
    kernel_shape,
    read_edge_store,
    read_superposition,
)
from neurosim.palette import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SOURCE = "own measurement; the paper's body and its numbers are not public to us"
_THEORY = "variance of a mean of cosines of random phases"
_SPACING = _SIGMA = 0.05
_POINT = 0.001  # a kernel so narrow that no two of the random places overlap: crosstalk alone
_N_FEATURES = (64, 128, 256, 512, 1024)
_STORED = (10, 30, 100, 300)
_EDGES = (100, 400, 1600)
_JITTER = 0.8
_MODULES = ((3, 2), (5, 3), (7, 4))
_SCALE, _RATIO = 1.6, 1.42
_SHOWN = {64: (GREY, "D", ":"), 256: (BLUE, "o", "-"), 512: (ORANGE, "s", "--")}
Row = tuple[str, str, int, int, int, float]


@experiment(
    "harmonic_capacity",
    model="harmonic_search",
    claim="a harmonic code errs as random phases do; pairs of places fit into a matrix",
    source="after Baranski & Tani 2024, arXiv 2410.01349, of which only abstracts are known to us: "
    "a reconstruction",
)
def perform(model: Model | None, effort: str, seed: int) -> ExperimentResult:
    """Measure kernels, crosstalk, the store of edges and decoding over codes of many lengths."""
    import pandas as pd

    n_codes = {"quick": 5, "full": 20}[effort]
    rows: list[Row] = []
    for code_seed in np.random.default_rng(seed).integers(0, 2**31, n_codes).tolist():
        for n_features in _N_FEATURES:
            code = HarmonicCode.gaussian(n_features, _SIGMA, seed=code_seed)
            found = [*_kernel_errors(code), *_decode_errors(code, code_seed)]
            rows += [("gaussian", q, n_features, 0, code_seed, value) for q, value in found]
        for n_features in _SHOWN:
            rows += _stores(n_features, code_seed)
        rows += _hexagonal(code_seed)
    rows += _nearest(seed)
    columns = ["law", "quantity", "n_features", "n_stored", "code", "value"]
    table = pd.DataFrame(rows, columns=columns)
    return ExperimentResult(
        name="harmonic_capacity",
        model="harmonic_search" if model is None else model.name,
        table=table,
        checks=tuple(_checks(table)),
        reference="Expected kernel exp(-|dx|^2 / 2 sigma^2) with the error 1/sqrt(2D) far away; "
        "crosstalk sqrt(N / 2D) in one vector, sqrt(N / 2) / D in a matrix. The bounds come from "
        "own measurements.",
        draw=_draw,
    )


def _kernel_errors(code: HarmonicCode) -> Iterator[tuple[str, float]]:
    axis = np.linspace(-1, 1, 61)
    displacement = np.stack(np.meshgrid(axis, axis), axis=-1)
    square = (displacement**2).sum(axis=-1)  # -1 to 1: all there are in the unit square
    error = code.kernel(displacement) - np.exp(-square / (2 * _SIGMA**2))
    far = square > (5 * _SIGMA) ** 2
    yield "far error", float(np.sqrt((error[far] ** 2).mean()))
    yield "largest error", float(np.abs(error).max())


def _nodes() -> np.ndarray:
    axis = np.arange(_SPACING / 2, 1, _SPACING)
    return np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)


def _decode_errors(code: HarmonicCode, seed: int) -> Iterator[tuple[str, float]]:
    """Decode random places with jittered phases to 400 nodes, and refine."""
    draw, nodes = np.random.default_rng([seed, 1]), _nodes()
    places = draw.random((500, 2))
    codes = code.encode(places)
    jittered = codes * np.exp(1j * _JITTER * draw.standard_normal(codes.shape))
    error = np.linalg.norm(code.decode(jittered, nodes) - places, axis=1)
    yield "decode error", float(np.median(error))
    some = slice(0, 40)
    refined = code.decode(jittered[some], nodes, refine=True)
    yield "refined error", float(np.median(np.linalg.norm(refined - places[some], axis=1)))


def _nearest(seed: int) -> Iterator[Row]:
    """Decode random places to 400 nodes: how often to the nearest, in each of 20 codes.

    Where two nodes are almost equally near, the chance anisotropy of a code's frequencies decides,
    so that codes differ more in this than in anything else.
    """
    nodes = _nodes()
    for code_seed in np.random.default_rng([seed, 3]).integers(0, 2**31, 20).tolist():
        code = HarmonicCode.gaussian(256, _SIGMA, seed=code_seed)
        places = np.random.default_rng([code_seed, 4]).random((500, 2))
        nearest = nodes[((places[:, None] - nodes) ** 2).sum(axis=-1).argmin(axis=1)]
        right = (code.decode(code.encode(places), nodes) == nearest).all(axis=1)
        yield "gaussian", "nearest", 256, 0, code_seed, float(right.mean())


def _stores(n_features: int, seed: int) -> Iterator[Row]:
    draw = np.random.default_rng([seed, 2])
    points = HarmonicCode.gaussian(n_features, _POINT, seed=seed)
    probes = draw.random((500, 2))
    for n_stored in _STORED:
        stored = draw.random((n_stored, 2))
        noise = read_superposition(points, stored, probes)
        crosstalk = float(np.sqrt((noise**2).mean()))
        yield "gaussian", "crosstalk, vector", n_features, n_stored, seed, crosstalk
        places = draw.random((2 * n_stored + 200, 2))
        pairs = np.arange(2 * n_stored).reshape(-1, 2)
        others = draw.integers(2 * n_stored, len(places), (500, 2))
        noise = read_edge_store(points, places, pairs, others)
        crosstalk = float(np.sqrt((noise**2).mean()))
        yield "gaussian", "crosstalk, matrix", n_features, n_stored, seed, crosstalk
    code = HarmonicCode.gaussian(n_features, _SIGMA, seed=seed)
    for n_edges in _EDGES:
        auc = edge_store_auc(code, _nodes(), n_edges, n_probes=1000, seed=seed)
        yield "gaussian", "edge AUC", n_features, n_edges, seed, auc


def _hexagonal(seed: int) -> Iterator[Row]:
    for n_modules, n_rotations in _MODULES:
        code = HarmonicCode.hexagonal(_SCALE, _RATIO, n_modules, n_rotations, seed=seed)
        shape = kernel_shape(code)
        yield "hexagonal", "core radius", code.n_features, 0, seed, shape.core
        yield "hexagonal", "worst beyond .2", code.n_features, 0, seed, shape.worst


def _values(table: pd.DataFrame, quantity: str) -> pd.DataFrame:
    """Return the values of a quantity, one column a code."""
    found = table[table["quantity"] == quantity]
    return found.pivot(index=["n_features", "n_stored"], columns="code", values="value")


def _n_codes(table: pd.DataFrame) -> int:
    return _values(table, "far error").shape[1]


def _checks(table: pd.DataFrame) -> Iterator[Check]:
    least, most = Check.at_least, Check.at_most
    far, largest = _values(table, "far error"), _values(table, "largest error")
    off = np.abs(far.loc[(512, 0)] * np.sqrt(2 * 512) - 1).max()
    yield most("D = 512: far error against 1/sqrt(2D), worst code", off, 0.25, source=_THEORY)
    yield most(
        "D = 512: largest error of K, worst code", largest.loc[(512, 0)].max(), 0.15, source=_SOURCE
    )
    ratio = far.loc[(64, 0)] / far.loc[(1024, 0)]
    yield least("far error, D = 64 over 1024, least", ratio.min(), 3.0, source=_THEORY)
    yield most("far error, D = 64 over 1024, greatest", ratio.max(), 5.5, source=_THEORY)
    nearest = _values(table, "nearest").loc[(256, 0)].median()
    yield least("D = 256: nearest of 400 nodes, median of 20 codes", nearest, 0.97, source=_SOURCE)
    error = _values(table, "decode error").loc[(256, 0)].max()
    yield most("phase jitter .8 rad, D = 256: median error", error, 0.025, source=_SOURCE)
    auc = _values(table, "edge AUC")
    few, many = auc.loc[(256, 400)], auc.loc[(256, 1600)]
    yield least("D = 256: AUC of 400 stored edges, worst code", few.min(), 0.99, source=_SOURCE)
    yield most("and it falls by 1600: change", (many - few).max(), 0.0, source=_SOURCE)
    worst = _values(table, "worst beyond .2").max(axis=1).to_numpy()
    yield most(
        "hexagonal, 3, 5, 7 modules: step of the worst K beyond .2",
        np.diff(worst).max(),
        0.0,
        source=_SOURCE,
    )


def _draw(result: ExperimentResult) -> Figure:
    import matplotlib.pyplot as plt

    table = result.table
    figure, axes = plt.subplots(2, 3, figsize=(11, 7), layout="constrained")
    for axis, (n_modules, n_rotations) in zip(axes[0], _MODULES, strict=True):
        shape = kernel_shape(HarmonicCode.hexagonal(_SCALE, _RATIO, n_modules, n_rotations))
        ends = (-shape.extent, shape.extent) * 2
        picture = axis.imshow(
            shape.kernel, origin="lower", extent=ends, cmap="cividis", vmin=-0.3, vmax=1
        )
        axis.set(
            title=f"{n_modules} modules x {n_rotations} rotations\n"
            f"K > .5 to {shape.core:.3f}, beyond .2: {shape.worst:.2f}",
            xlabel="displacement (sides)",
        )
    axes[0, 0].set_ylabel("displacement (sides)")
    figure.colorbar(picture, ax=axes[0], label="kernel K", shrink=0.8)
    _draw_crosstalk(axes[1, 0], table)
    _draw_store(axes[1, 1], table)
    _draw_decoding(axes[1, 2], table)
    return figure


def _draw_crosstalk(axis: Axes, table: pd.DataFrame) -> None:
    n_stored = np.array(_STORED)
    for quantity, fill in (("crosstalk, vector", "full"), ("crosstalk, matrix", "none")):
        found = _values(table, quantity).mean(axis=1)
        for n_features, (colour, mark, line) in _SHOWN.items():
            n, d = n_stored, n_features
            expected = np.sqrt(n / (2 * d)) if fill == "full" else np.sqrt(n / 2) / d
            axis.plot(n, expected, line, color=colour, linewidth=1)
            axis.plot(n, found.loc[n_features], mark, color=colour, fillstyle=fill)
    axis.plot([], [], "ko", label="in one vector")
    axis.plot([], [], "ko", fillstyle="none", label="pairs in a matrix")
    axis.plot([], [], "k-", linewidth=1, label="expected (colours: D, right)")
    axis.set(xscale="log", yscale="log", xlabel="items stored", ylabel="crosstalk (s.d., signal 1)")
    axis.set_title(f"crosstalk\nn = {_n_codes(table)} codes, mean")
    axis.set_ylim(top=30)
    axis.legend(frameon=False, fontsize=8, loc="upper left")


def _draw_store(axis: Axes, table: pd.DataFrame) -> None:
    auc = _values(table, "edge AUC")
    for n_features, (colour, mark, line) in _SHOWN.items():
        found = auc.loc[n_features]
        axis.plot(_EDGES, found, mark, color=colour, alpha=0.35, markersize=4)
        axis.plot(
            _EDGES, found.mean(axis=1), line, marker=mark, color=colour, label=f"D = {n_features}"
        )
    axis.set(xscale="log", ylim=(0.6, 1.02), xlabel="edges stored in W")
    axis.set_xticks(_EDGES, [str(n) for n in _EDGES])
    axis.minorticks_off()
    axis.set_ylabel("AUC, stored against random pair")
    axis.set_title(f"edges among 400 nodes\nn = {_n_codes(table)} codes, and mean")
    axis.legend(frameon=False, loc="lower left")


def _draw_decoding(axis: Axes, table: pd.DataFrame) -> None:
    for quantity, label, colour, line in (
        ("decode error", "nearest node", BLUE, "o-"),
        ("refined error", "refined", ORANGE, "s--"),
    ):
        found = _values(table, quantity)
        axis.plot(_N_FEATURES, found, line[0], color=colour, alpha=0.35, markersize=4)
        axis.plot(_N_FEATURES, found.mean(axis=1), line, color=colour, label=label)
    axis.set(xscale="log", xlabel="features D", ylabel="median error (sides)")
    axis.set_xticks(_N_FEATURES, [str(n) for n in _N_FEATURES])
    axis.minorticks_off()
    axis.set_ylim(0, 0.032)
    title = f"400 nodes, phase jitter {_JITTER} rad\n"
    axis.set_title(f"{title}n = {_n_codes(table)} codes, and mean")
    axis.legend(frameon=False, loc="upper right")
