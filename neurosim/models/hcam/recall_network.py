"""A network that remembers steps and answers queries about them, whatever reads the memory."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from neurosim.errors import checked_seed
from neurosim.models.hcam.attention import Read
from neurosim.models.hcam.read_checks import wrong_value
from neurosim.models.hcam.readers import READER_MODULES
from neurosim.models.hcam.recall_config import RecallConfig
from neurosim.models.hcam.step_encoders import ENCODERS

__all__ = ["RecallNetwork"]


class RecallNetwork(nn.Module):
    """Encode steps and queries, read, and classify: only the reader differs between models.

    z = encoder(steps), x = Wq query; y = x + read(LN x, z); y = y + W2 relu(W1 LN y) with 2 D
    hidden units; logits = W y. Without the residual around W1, W2 some seeds never leave chance.

    Parameters
    ----------
    config
        `RecallConfig`; its weights are not loaded here.
    seed
        Of all weights.

    Raises
    ------
    TypeError, ValueError
        If ``seed`` is no int of 0 or more.

    Examples
    --------
    >>> network = RecallNetwork(RecallConfig(), seed=0)
    >>> network(torch.zeros(2, 128, 33), torch.zeros(2, 3, 24)).shape
    torch.Size([2, 3, 16])
    """

    def __init__(self, config: RecallConfig, seed: int = 0) -> None:
        super().__init__()
        seed = checked_seed("RecallNetwork", seed)
        self.config = config
        dim = config.dim
        # The caller's generator is left as it was found.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.encoder = ENCODERS[config.task](config)
            self.query_encoder = nn.Linear(config.n_query, dim)
            self.norm = nn.LayerNorm(dim)
            self.reader = READER_MODULES[config.reader](config, seed)
            self.hidden = nn.Sequential(
                nn.LayerNorm(dim), nn.Linear(dim, 2 * dim), nn.ReLU(), nn.Linear(2 * dim, dim)
            )
            self.classes = nn.Linear(dim, config.n_classes)

    def forward(self, steps: Tensor, queries: Tensor) -> Tensor:
        """Return logits (B, Q, classes) for steps (B, N, F) and queries (B, Q, G)."""
        return self.read(steps, queries)[0]

    def read(self, steps: Tensor, queries: Tensor) -> tuple[Tensor, Read | None]:
        """Answer queries, and say where the answers were found.

        Parameters
        ----------
        steps
            (B, N, F).
        queries
            (B, Q, G).

        Returns
        -------
        logits
            (B, Q, classes).
        read
            `Read` with the chunks that were selected and the attention inside them; None of the
            readers that have no chunks.

        Raises
        ------
        ValueError
            If the numbers in a step or in a query are not those of the configuration.
        """
        self._check("steps", steps, self.config.n_inputs)
        self._check("queries", queries, self.config.n_query)
        asked = self.query_encoder(queries)
        found, read = self.reader(self.norm(asked), self.encoder(steps))
        y = asked + found
        return self.classes(y + self.hidden(y)), read

    @staticmethod
    def _check(name: str, value: Tensor, n_features: int) -> None:
        if value.ndim != 3 or value.shape[-1] != n_features:
            problem, expected = f"has the shape {tuple(value.shape)}", f"(B, N, {n_features})"
            raise wrong_value("RecallNetwork", name, value, problem, expected, "Reshape it")
