"""What a model of recall is asked about frames that come without questions."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from neurosim.models.hcam.recall_config import RecallConfig


def step_cues(config: RecallConfig, frames: Tensor) -> Tensor:
    """Ask of every step of a key-value episode: its own key as it was seen, and its place.

    The place is that in its chunk, counted from the end of the episode; steps beyond the last
    place that a question can name have none.

    Parameters
    ----------
    config
        Of task "key_value".
    frames
        (B, T, F).

    Returns
    -------
    queries
        (B, T, G), one for each step.

    Examples
    --------
    >>> frames = torch.zeros(1, 32, 33)
    >>> step_cues(RecallConfig(), frames)[0, 17, 16:].tolist()
    [0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    n_key = config.n_inputs - config.n_classes - 1
    n_steps = frames.shape[1]
    place = torch.arange(-n_steps, 0) % config.chunk_size
    named = place[:, None] == torch.arange(config.n_query - n_key)
    return torch.cat([frames[..., :n_key], named.to(frames).expand(len(frames), -1, -1)], dim=-1)


def home_cues(config: RecallConfig, frames: Tensor) -> Tensor:
    """Ask of each home of a Ballet which dance was seen there, (B, 8, 8).

    Examples
    --------
    >>> home_cues(RecallConfig(n_query=8), torch.zeros(2, 62, 72)).shape
    torch.Size([2, 8, 8])
    """
    return torch.eye(config.n_query).expand(len(frames), -1, -1)


#: Task to ``f(config, frames)``; time of the responses runs over these questions.
CUES: dict[str, Callable[[RecallConfig, Tensor], Tensor]] = {
    "key_value": step_cues,
    "ballet": home_cues,
    "ballet_pixels": home_cues,
}
