"""Draw ``tour.png``, the picture of the README: stimulus, model, brain."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np

import neurosim
import stimuli

SCREEN = stimuli.Screen(size=4, ppd=16, fps=25)
BLUE, GREEN, PURPLE, ORANGE = "#0072B2", "#009E73", "#CC79A7", "#E69F00"  # Okabe & Ito
VERMILION, GREY = "#D55E00", "#7F7F7F"


def main() -> None:
    """Needs the recordings of ``cowley_v4``; see ``neurosim.datasets``."""
    # Large type: the README shows the picture at about half its size.
    plt.rcParams.update({"font.size": 17, "axes.titlesize": 17, "axes.linewidth": 1.2})
    figure = plt.figure(figsize=(16, 5.6), layout="constrained")
    figure.get_layout_engine().set(wspace=0.06)
    left, middle, right = figure.add_gridspec(1, 3)
    draw_stimulus(figure.add_subplot(left))
    model = neurosim.load("motion_energy", preset="paper")
    draw_tuning(figure.add_subplot(middle, projection="polar"), model)
    draw_scores(figure.add_subplot(right), model)
    figure.savefig(Path(__file__).with_name("tour.png"), dpi=80, bbox_inches="tight")


def draw_stimulus(ax: plt.Axes) -> None:
    movie = stimuli.plaid(
        directions=(60, -60), speeds=(2, 2), sfs=(1, 1), duration=0.44, screen=SCREEN, seed=0
    )
    ax.imshow(movie.frames[0], cmap="gray", vmin=0, vmax=1, extent=(-2, 2, -2, 2))
    flow = movie.truth["flow"][0]
    grid = np.linspace(6, 57, 5).astype(int)
    x, y = np.meshgrid((grid - 31.5) / SCREEN.ppd, (31.5 - grid) / SCREEN.ppd)
    u, v = flow[np.ix_(grid, grid)].transpose(2, 0, 1)
    # Arrows are as long as the way in two frames.
    scale = {"angles": "xy", "scale_units": "xy", "scale": SCREEN.ppd / 2}
    ax.quiver(x, y, u, -v, color=VERMILION, width=0.014, pivot="mid", **scale)
    ax.set(xlabel="x (deg)", ylabel="y (deg)", xticks=range(-2, 3), yticks=range(-2, 3))
    ax.set_title(f"1. A plaid and its exact flow,\n{movie.truth['speed']:g} deg/s to the right")


def draw_tuning(ax: plt.Axes, model: neurosim.Model) -> None:
    """Four units of the finest scale, at the sf and tf that each likes best of those shown."""
    tuning = neurosim.physiology.direction_tuning(
        model, directions=48, sf=(0.8, 1.13, 1.6, 2.26), tf=(2.5, 5)
    )
    curves = tuning.curve("direction")
    curves = curves / curves.max(axis=1, keepdims=True)
    width = (curves >= 0.5).sum(axis=1) * 7.5  # deg, full width at half height
    sf, tf = tuning.units["sf"], tuning.units["tf"]
    fits = (tuning.units["scale"] == 0) & (sf > 0.8) & (sf < 2.26) & (tf > 1.25)
    typical = np.flatnonzero(fits & (width >= np.median(width[fits])))
    angle = np.radians(np.append(tuning.axes["direction"], 0))
    for wanted, color in zip((20, 120, 210, 310), (BLUE, GREEN, PURPLE, ORANGE), strict=True):
        off = np.abs((tuning.mean_direction()[typical] - wanted + 180) % 360 - 180)
        unit = typical[off.argmin()]
        ax.plot(angle, np.append(curves[unit], curves[unit][0]), color=color, linewidth=2.5)
        ax.fill(angle[:-1], curves[unit], color=color, alpha=0.3)
        print(f"unit {unit}: {tuning.mean_direction()[unit]:.0f} deg, full width {width[unit]:g}")
    print(f"finest scale: n = {fits.sum()}, median full width {np.median(width[fits]):g} deg")
    ax.set(yticks=(0.5, 1), yticklabels=[], ylim=(0, 1.05), xticks=np.radians(range(0, 360, 45)))
    ax.set_title("2. Recording from a model of V1:\ndirection tuning of 4 units", pad=14)


def draw_scores(ax: plt.Axes, model: neurosim.Model) -> None:
    energy = neurosim.score(model, "cowley_v4").per_unit["V1"]
    pixels = neurosim.score("pixels", "cowley_v4").per_unit["pixels"]
    ax.axhline(0, color=GREY, linewidth=0.8)
    ax.axvline(0, color=GREY, linewidth=0.8)
    ax.plot([-0.1, 0.75], [-0.1, 0.75], color=GREY, linewidth=1.5)
    ax.plot(pixels, energy, "o", color=BLUE, alpha=0.65, markersize=8, markeredgewidth=0)
    ticks = (0, 0.2, 0.4, 0.6)
    ax.set(
        xlabel="predicted by pixels (Pearson r)",
        ylabel="predicted by model V1 (r)",
        title=f"3. Held against the brain:\n{len(energy)} units of macaque V4",
        aspect="equal",
        xticks=ticks,
        yticks=ticks,
        xlim=(-0.12, 0.75),
        ylim=(-0.12, 0.75),
    )


if __name__ == "__main__":
    main()
