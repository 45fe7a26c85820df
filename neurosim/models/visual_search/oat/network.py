"""The network: items and target are encoded, fixations so far are decoded, items are chosen."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from neurosim.models.visual_search.oat.batch import START, Items
from neurosim.models.visual_search.oat.config import OATConfig
from neurosim.models.visual_search.oat.position_code import position_code

_N_HEADS = 2  # of the attention over items
_CHANNELS = (8, 16)


class OAT(nn.Module):
    """Object-level attention transformer, after Fang et al. (2024).

    A token is appearance, code of the row, code of the column, code of being the target. The
    encoder takes the items, in no order, and one more token for the target. The decoder takes a
    blank token in the middle of the display and then the fixated items, with a sinusoidal code of
    their order; it does not see ahead.

    Parameters
    ----------
    config
        Sizes and seed.

    Examples
    --------
    >>> sum(p.numel() for p in OAT(OATConfig(weights=None)).parameters())
    187139
    """

    def __init__(self, config: OATConfig) -> None:
        super().__init__()
        self.config = config
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            self._build(config)
        self.register_buffer(
            "code", position_code(config.n_places, config.n_code, sigma=config.sigma)
        )

    def _build(self, c: OATConfig) -> None:
        self.appearance = Appearance(c.n_appearance, c.crop)
        kind = {"dropout": c.dropout, "batch_first": True}
        sizes = (c.n_units, c.n_heads, c.n_hidden)
        self.encoder = nn.TransformerEncoder(
            nn.TransformerEncoderLayer(*sizes, **kind),
            c.n_layers,
            norm=nn.LayerNorm(c.n_units),
            enable_nested_tensor=False,
        )
        self.decoder = nn.TransformerDecoder(
            nn.TransformerDecoderLayer(*sizes, **kind), c.n_layers, norm=nn.LayerNorm(c.n_units)
        )
        self.choice = ItemAttention(c.n_units)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.xavier_uniform_(parameter)

    def encode(self, items: Items) -> tuple[Tensor, Tensor]:
        """Return the encoded items and target token, and what the decoder is shown of items.

        Returns
        -------
        encoded
            (B, N + 1, n_units); the last is the target token.
        tokens
            (B, N + 1, n_units) of the decoder: every item, flagged where it is the target, and
            last the blank.
        """
        of_kind = self.appearance(items.kinds)
        looks = of_kind[items.kind]
        rows = torch.arange(len(looks))
        flags = torch.zeros_like(items.present)
        target = self._tokens(
            looks[rows, items.target],
            items.places[rows, items.target],
            torch.ones_like(rows, dtype=torch.bool),
        )
        shown = torch.cat([self._tokens(looks, items.places, flags), target[:, None]], 1)
        encoded = self.encoder(shown, src_key_padding_mask=_absent(items))
        flags[rows, items.target] = True
        blank = self._tokens(
            of_kind[:1].expand(len(rows), 1, -1),
            torch.full_like(items.places[:, :1], self.config.n_places // 2),
            torch.zeros_like(flags[:, :1]),
        )
        return encoded, torch.cat([self._tokens(looks, items.places, flags), blank], 1)

    def forward(self, items: Items, seen: Tensor) -> Tensor:
        """Return the logits of what is fixated next, after each of the fixations so far.

        Parameters
        ----------
        items
            Of B displays.
        seen
            (B, L) int64, START and then fixated items.

        Returns
        -------
        logits
            (B, L, N + 2): items, END, and the class of filling up. -inf where there is no item,
            and for END before the first fixation.
        """
        return self.after(items, *self.encode(items), seen)

    def after(self, items: Items, encoded: Tensor, tokens: Tensor, seen: Tensor) -> Tensor:
        """Return the logits after fixations of displays that `encode` has encoded."""
        n_items, length = items.present.shape[1], seen.shape[1]
        chosen = torch.where(seen == START, n_items, seen)
        shown = tokens.gather(1, chosen[:, :, None].expand(-1, -1, tokens.shape[2]))
        decoded = self.decoder(
            shown + order_code(length, tokens.shape[2]),
            encoded,
            tgt_mask=torch.ones(length, length, dtype=torch.bool).triu(1),
            memory_key_padding_mask=_absent(items),
        )
        logits = self.choice(decoded, encoded)
        closed = torch.zeros_like(logits, dtype=torch.bool)
        closed[:, :, :n_items] = ~items.present[:, None]
        closed[:, 0, n_items] = True  # a path has a fixation
        return logits.masked_fill(closed, -math.inf)

    def _tokens(self, looks: Tensor, places: Tensor, flags: Tensor) -> Tensor:
        # The two flags are as unlike as the two ends of an axis.
        codes = self.code[places].flatten(-2), self.code[-flags.long()]
        return torch.cat([looks, *codes], -1)


class Appearance(nn.Module):
    """What a crop looks like: two convolutions with pooling, and a linear readout.

    Examples
    --------
    >>> Appearance(16, 24)(torch.ones(5, 3, 24, 24)).shape
    torch.Size([5, 16])
    """

    def __init__(self, n_units: int, crop: int) -> None:
        super().__init__()
        first, second = _CHANNELS
        side = ((crop - 4) // 2 - 2) // 3
        self.layers = nn.Sequential(
            nn.Conv2d(3, first, 5),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(first, second, 3),
            nn.ReLU(),
            nn.MaxPool2d(3),
            nn.Flatten(),
            nn.Linear(second * side**2, n_units),
        )

    def forward(self, crops: Tensor) -> Tensor:
        """Return (K, n_units) of (K, 3, crop, crop)."""
        return self.layers(crops)


class ItemAttention(nn.Module):
    """How much each item is attended by each decoded token; the target token stands for END.

    For each of two heads D W_d (E W_e)^T / sqrt(n_units), and a constant 0 for filling up; a
    learned weight merges the heads.

    Examples
    --------
    >>> ItemAttention(8)(torch.ones(1, 3, 8), torch.ones(1, 5, 8)).shape
    torch.Size([1, 3, 6])
    """

    def __init__(self, n_units: int) -> None:
        super().__init__()
        self.of_items = nn.Linear(n_units, _N_HEADS * n_units)
        self.of_steps = nn.Linear(n_units, _N_HEADS * n_units)
        self.merge = nn.Linear(_N_HEADS, 1)

    def forward(self, decoded: Tensor, encoded: Tensor) -> Tensor:
        """Return (B, L, N + 2) of (B, L, n_units) and (B, N + 1, n_units)."""
        steps = self.of_steps(decoded).unflatten(-1, (_N_HEADS, -1))
        items = self.of_items(encoded).unflatten(-1, (_N_HEADS, -1))
        logits = torch.einsum("blhu,bnhu->blnh", steps, items) / math.sqrt(decoded.shape[-1])
        return self.merge(nn.functional.pad(logits, (0, 0, 0, 1))).squeeze(-1)


def _absent(items: Items) -> Tensor:
    """(B, N + 1) bool; the target token is always there."""
    return nn.functional.pad(~items.present, (0, 1), value=False)


def order_code(length: int, n_units: int) -> Tensor:
    """Return sinusoids (length, n_units) of the place in a sequence (Vaswani et al. 2017).

    Examples
    --------
    >>> order_code(2, 4)[0].tolist()
    [0.0, 1.0, 0.0, 1.0]
    """
    place = torch.arange(length)[:, None]
    rate = 10000.0 ** (-torch.arange(0, n_units, 2) / n_units)
    code = torch.stack([torch.sin(place * rate), torch.cos(place * rate)], -1)
    return code.flatten(1)[:, :n_units]
