"""Two-dimensional convolution with many kernels, one matrix product per output row."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.autograd.function import FunctionCtx, once_differentiable

__all__ = ["convolve_rows"]


def convolve_rows(padded: Tensor, kernels: Tensor) -> Tensor:
    """Convolve every frame with every kernel, without padding of its own.

    A true convolution, so the kernels are flipped:

        out[y, k, n, x] = sum_{i,j} kernels[k, i, j] padded[n, y + K-1-i, x + K-1-j].

    Parameters
    ----------
    padded
        (N, h+K-1, w+K-1) frames with their margins.
    kernels
        (n_kernels, K, K).

    Returns
    -------
    response
        (h, n_kernels, N * w): rows first, columns ordered (frame, x). This is the order in which
        the products come out, and the one that `temporal.window_energy` takes.

    Notes
    -----
    K shifted copies Z[y, j, (n, x)] = padded[n, y, x + j] of the frames are stored with the rows
    outermost. The K² x (N w) operand of output row y is then the contiguous block Z[y : y+K], so
    that each row is one product with the (n_kernels, K²) matrix and no patch is ever copied K²
    times. Differentiable once, in both arguments.

    Examples
    --------
    >>> import torch
    >>> impulse = torch.zeros(1, 3, 3); impulse[0, 1, 1] = 1.0
    >>> convolve_rows(impulse, torch.arange(4.0).reshape(1, 2, 2)).flatten().tolist()
    [0.0, 1.0, 2.0, 3.0]
    """
    return _RowConvolution.apply(padded, kernels)


class _RowConvolution(torch.autograd.Function):
    @staticmethod
    def forward(ctx: FunctionCtx, padded: Tensor, kernels: Tensor) -> Tensor:
        ctx.save_for_backward(padded, kernels)
        size = kernels.shape[-1]
        flipped = kernels.flip(-2, -1).reshape(len(kernels), -1)
        shifted = _shifted_copies(padded, size)
        height, columns = len(shifted) - size + 1, shifted.shape[-1]
        response = padded.new_empty(height, len(kernels), columns)
        for y in range(height):
            torch.mm(flipped, shifted[y : y + size].view(-1, columns), out=response[y])
        return response

    @staticmethod
    @once_differentiable
    def backward(ctx: FunctionCtx, gradient: Tensor) -> tuple[Tensor | None, Tensor | None]:
        padded, kernels = ctx.saved_tensors
        size = kernels.shape[-1]
        flipped = kernels.flip(-2, -1).reshape(len(kernels), -1)
        shifted = _shifted_copies(padded, size)
        of_kernels = of_padded = None
        if ctx.needs_input_grad[1]:
            of_kernels = torch.zeros_like(flipped)
            for y, row in enumerate(gradient):
                of_kernels.addmm_(row, shifted[y : y + size].view(flipped.shape[1], -1).T)
            of_kernels = of_kernels.view_as(kernels).flip(-2, -1)
        if ctx.needs_input_grad[0]:
            of_shifted = torch.zeros_like(shifted)
            for y, row in enumerate(gradient):
                of_shifted[y : y + size] += (flipped.T @ row).view(size, size, -1)
            of_padded = _sum_of_copies(of_shifted, padded)
        return of_padded, of_kernels


def _shifted_copies(padded: Tensor, size: int) -> Tensor:
    """(N, H, W) -> (H, size, N * w): copy j of a row starts at its column j."""
    copies = padded.unfold(2, size, 1).permute(1, 3, 0, 2).contiguous()
    return copies.flatten(2)


def _sum_of_copies(copies: Tensor, like: Tensor) -> Tensor:
    """The transpose of `_shifted_copies`: add the copies up where they came from."""
    total = torch.zeros_like(like)
    height, size, _ = copies.shape
    copies = copies.view(height, size, len(like), -1)
    for j in range(size):
        total[:, :, j : j + copies.shape[-1]] += copies[:, j].transpose(0, 1)
    return total
