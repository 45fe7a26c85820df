"""Draw ``tour.png``, the picture of the README: stimulus, model, brain."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np

import neurosim
import stimuli

SCREEN = stimuli.Screen(size=4, ppd=16, fps=25)


def main() -> None:
    """Needs the recordings of ``cowley_v4``; see ``neurosim.datasets``."""
    plt.rcParams.update({"font.size": 12})
    figure = plt.figure(figsize=(13, 4.4), layout="constrained")
    left, middle, right = figure.add_gridspec(1, 3, width_ratios=(1, 1, 1.1))
    draw_stimulus(figure.add_subplot(left))
    model = neurosim.load("motion_energy")
    draw_tuning(figure.add_subplot(middle, projection="polar"), model)
    draw_scores(figure.add_subplot(right), model)
    figure.savefig(Path(__file__).with_name("tour.png"), dpi=80)


def draw_stimulus(ax: plt.Axes) -> None:
    movie = stimuli.plaid(
        directions=(60, -60), speeds=(2, 2), sfs=(1, 1), duration=0.44, screen=SCREEN, seed=0
    )
    ax.imshow(movie.frames[0], cmap="gray", vmin=0, vmax=1, extent=(-2, 2, -2, 2))
    flow = movie.truth["flow"][0]
    grid = np.linspace(6, 57, 5).astype(int)
    x, y = np.meshgrid((grid - 31.5) / 16, (31.5 - grid) / 16)
    u, v = flow[np.ix_(grid, grid)].transpose(2, 0, 1)
    ax.quiver(x, y, u, -v, color="#D55E00", scale=30, width=0.012)
    ax.set(xlabel="x (deg)", ylabel="y (deg)", title="1. A plaid, and its exact flow")


def draw_tuning(ax: plt.Axes, model: neurosim.Model) -> None:
    tuning = neurosim.physiology.direction_tuning(model, directions=24, sf=(1, 2), tf=(2.5, 5))
    curves = tuning.curve("direction")
    keen = np.argsort(-tuning.direction_selectivity() * (np.ptp(curves, axis=1) > 1))
    angle = np.radians(np.append(tuning.axes["direction"], 0))
    shown, colors = [], ("#0072B2", "#009E73", "#CC79A7", "#E69F00")
    for unit in keen:
        preferred = tuning.preferred("direction")[unit]
        if all(abs((preferred - other + 180) % 360 - 180) > 60 for other in shown):
            color = colors[len(shown)]
            ax.plot(angle, np.append(curves[unit], curves[unit][0]), color=color)
            ax.fill(angle[:-1], curves[unit], color=color, alpha=0.2)
            shown.append(preferred)
        if len(shown) == len(colors):
            break
    ax.set_yticklabels([])
    ax.set_title("2. Units of model V1: direction tuning")


def draw_scores(ax: plt.Axes, model: neurosim.Model) -> None:
    energy = neurosim.score(model, "cowley_v4").per_unit["V1"]
    pixels = neurosim.score("pixels", "cowley_v4").per_unit["pixels"]
    ax.plot(pixels, energy, "o", color="#0072B2", alpha=0.6)
    ax.plot([0, 0.8], [0, 0.8], color="#7F7F7F", linewidth=1)
    ax.set(
        xlabel="pixels, Pearson r",
        ylabel="model V1, Pearson r",
        title=f"3. Macaque V4, n = {len(energy)} units, held-out images",
        aspect="equal",
    )


if __name__ == "__main__":
    main()
