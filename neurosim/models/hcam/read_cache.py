"""What a read of the same memory need not compute again: summaries and projections."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import torch
from torch import Tensor, nn

from neurosim.models.hcam.chunk_summaries import summarise

if TYPE_CHECKING:
    from neurosim.models.hcam.attention import HCAMAttention
    from neurosim.models.hcam.within_chunk import Inside

__all__ = ["ReadCache"]

_T = TypeVar("_T")


class ReadCache:
    """Summaries, projected summaries and projected chunks of one memory, for one module.

    It is passed to `HCAMAttention` with each read. What is kept is used only as long as memory and
    weights are the same tensors and torch has counted no change in place since: writing to the
    memory, a step of an optimiser, loading weights or moving them to a device make it compute anew.
    Torch counts no change that is made through ``.data`` or numpy: call `clear` after it. Where
    a gradient has to pass, nothing is kept and nothing kept is used. It holds on to the memory.

    A read with few queries projects neither chunks nor summaries. There it saves only the
    summaries, which a `ChunkMemory` has anyway.

    Attributes
    ----------
    n_hits, n_misses
        How often something was at hand, and how often it was computed.

    Examples
    --------
    >>> from neurosim.models.hcam import HCAMAttention
    >>> read, cache = HCAMAttention(dim=4, heads=2, k=2), ReadCache()
    >>> queries, contents = torch.ones(1, 1, 4), torch.ones(1, 3, 2, 4)
    >>> _ = read(queries, contents, cache=cache), read(queries, contents, cache=cache)
    >>> contents[0, 0] = 2
    >>> _ = read(queries, contents, cache=cache)
    >>> cache.n_hits, cache.n_misses
    (1, 2)
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[list[Any], Any]] = {}
        self.n_hits = self.n_misses = 0

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()

    def summaries(self, contents: Tensor, step_mask: Tensor | None) -> Tensor:
        """Return the mean of each chunk, (B, M, D)."""
        sources = [contents, *([] if step_mask is None else [step_mask])]
        return self._get("summaries", sources, lambda: summarise(contents, step_mask))

    def keys(self, module: HCAMAttention, keys: Tensor) -> Tensor:
        """Return the projected summaries, (B, M, S)."""
        sources = [keys, *module.summary_key.parameters()]
        return self._get("keys", sources, lambda: module.summary_key(keys))

    def chunks(self, inside: Inside, contents: Tensor) -> tuple[Tensor, Tensor]:
        """Return keys and values of all steps, (B, M, C, S) each."""
        from neurosim.models.hcam.unique_chunks import project_steps

        sources = _chunk_sources(inside.key, inside.value, contents)
        return self._get("chunks", sources, lambda: project_steps(contents, None, inside))

    def has_chunks(self, module: HCAMAttention, contents: Tensor) -> bool:
        """Whether the projected chunks are at hand."""
        sources = _chunk_sources(module.key, module.value, contents)
        return self._at_hand("chunks", sources)

    def may_keep_chunks(self, inside: Inside, contents: Tensor) -> bool:
        """Whether projected chunks can be kept: changes are counted, and no gradient passes."""
        return _countable(_chunk_sources(inside.key, inside.value, contents))

    def _get(self, name: str, sources: list[Tensor], compute: Callable[[], _T]) -> _T:
        if self._at_hand(name, sources):
            self.n_hits += 1
            return self._kept[name][1]
        self.n_misses += 1
        result = compute()
        if _countable(sources):
            self._kept[name] = ([_State(source) for source in sources], result)
        return result

    def _at_hand(self, name: str, sources: list[Tensor]) -> bool:
        if name not in self._kept or not _countable(sources):
            return False
        states = self._kept[name][0]
        return len(states) == len(sources) and all(
            state.holds(source) for state, source in zip(states, sources, strict=True)
        )


class _State:
    """A tensor as it was: where its numbers lie, and how often torch has changed them."""

    def __init__(self, tensor: Tensor) -> None:
        # Holding on to the storage, so that no other tensor can come to lie at the same address.
        self._tensor = tensor.detach()
        self._version = tensor._version

    def holds(self, tensor: Tensor) -> bool:
        """Whether ``tensor`` is the same one, and unchanged."""
        mine = self._tensor
        return (
            tensor.data_ptr() == mine.data_ptr()
            and tensor.device == mine.device
            and tensor.dtype == mine.dtype
            and tensor.shape == mine.shape
            and tensor.stride() == mine.stride()
            and tensor._version == self._version
        )


def _chunk_sources(key: nn.Linear, value: nn.Linear, contents: Tensor) -> list[Tensor]:
    return [contents, *key.parameters(), *value.parameters()]


def _countable(sources: list[Tensor]) -> bool:
    """Whether changes are counted, and no gradient has to pass.

    Tensors that were made in ``torch.inference_mode`` have no count.
    """
    if any(source.is_inference() for source in sources):
        return False
    return not (torch.is_grad_enabled() and any(source.requires_grad for source in sources))
