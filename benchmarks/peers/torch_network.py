"""The network and the outer update in PyTorch, as the PyTorch peers share them."""

from typing import TypeAlias

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from cases import Array, Layers, Network, Query, Support

TorchLayers: TypeAlias = list[tuple[Tensor, Tensor]]

#: As in the TypeScript benchmark.
LEARNING_RATE = 1e-4

bce = binary_cross_entropy_with_logits


def versions() -> dict[str, str]:
    return {"torch": torch.__version__}


def use_threads(threads: int) -> None:
    torch.set_num_threads(threads)
    torch.set_num_interop_threads(1)


def tensor(array: Array) -> Tensor:
    """A copy that PyTorch owns."""
    return torch.tensor(array)


def parameter(array: Array) -> Tensor:
    return tensor(array).requires_grad_()


def trainable(network: Network) -> tuple[TorchLayers, TorchLayers]:
    """Leaf tensors of both blocks."""
    return _trainable(network.meta_block), _trainable(network.global_block)


def _trainable(layers: Layers) -> TorchLayers:
    return [(parameter(kernel), parameter(bias)) for kernel, bias in layers]


def flat(*blocks: TorchLayers) -> list[Tensor]:
    """All parameters in the order of layers."""
    return [tensor for block in blocks for layer in block for tensor in layer]


def paired(tensors: list[Tensor] | tuple[Tensor, ...]) -> TorchLayers:
    """Layers from their parameters: the inverse of `flat` for one block."""
    return list(zip(tensors[::2], tensors[1::2], strict=True))


def mlp(layers: TorchLayers, x: Tensor) -> Tensor:
    """Dense layers with relu between them, on rows `[B, in]`."""
    for kernel, bias in layers[:-1]:
        x = torch.relu(torch.addmm(bias, x, kernel))
    kernel, bias = layers[-1]
    return torch.addmm(bias, x, kernel)


def embed(meta_block: TorchLayers, x: Tensor) -> Tensor:
    """The meta embedding `[D]` of one task: the mean of the meta block's outputs over its rows."""
    return mlp(meta_block, x).mean(0)


def loss_of(
    global_block: TorchLayers, embedding: Tensor, features: Tensor, label: Tensor
) -> Tensor:
    """Mean cross-entropy of one task's rows."""
    rows = torch.cat([embedding.expand(len(features), -1), features], 1)
    return bce(mlp(global_block, rows).squeeze(1), label)


def tensors_of(sets: Support | Query) -> list[Tensor]:
    """The tensors of support or query sets, in the order of their fields."""
    return [tensor(array) for array in vars(sets).values()]


def tasks_of(sets: Support | Query) -> list[tuple[Tensor, ...]]:
    """The same for each task: without the leading axis."""
    return list(zip(*tensors_of(sets), strict=True))


class TorchStep:
    """A meta-step: subclasses leave the gradients in the parameters, Adam does the rest."""

    def __init__(self, parameters: list[Tensor]) -> None:
        self._parameters = parameters
        # The fused form is the fastest of PyTorch's three on small parameters.
        self._optimizer = torch.optim.Adam(parameters, lr=LEARNING_RATE, fused=True)

    def backward(self) -> float:
        """Adds the gradients to the parameters' `grad`; returns the loss."""
        raise NotImplementedError

    def gradients(self) -> tuple[float, list[np.ndarray]]:
        self._optimizer.zero_grad()
        loss = self.backward()
        return loss, [each.grad.numpy() for each in self._parameters]

    def run(self) -> None:
        self._optimizer.zero_grad()
        self.backward()
        self._optimizer.step()
