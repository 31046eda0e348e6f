"""The network and the outer update in PyTorch, as the PyTorch peers share them."""

from typing import TypeAlias

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, embedding

from cases import Inputs, Rows
from network import Array, Layers, Network

TorchLayers: TypeAlias = Layers[Tensor]

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


def paired(tensors: list[Tensor] | tuple[Tensor, ...]) -> TorchLayers:
    """Layers from their parameters: the inverse of `flat`."""
    return list(zip(tensors[::2], tensors[1::2], strict=True))


def inputs_of(tables: list[Tensor], rows: Rows[Tensor]) -> Inputs[Tensor]:
    """What the blocks see of rows: of ids, their embeddings side by side."""
    if not tables:
        return Inputs(rows.features[0], rows.features[-1], rows.label)
    pairs = zip(rows.features, tables, strict=True)
    x = torch.cat([embedding(ids, table) for ids, table in pairs], -1)
    return Inputs(x, x, rows.label)


def mlp(layers: TorchLayers, x: Tensor) -> Tensor:
    """Dense layers with relu between them, on rows `[B, in]`."""
    for kernel, bias in layers[:-1]:
        x = torch.relu(torch.addmm(bias, x, kernel))
    kernel, bias = layers[-1]
    return torch.addmm(bias, x, kernel)


def cross(layers: TorchLayers, x0: Tensor) -> Tensor:
    """The cross network on rows `[B, in]`."""
    x = x0
    for kernel, bias in layers:
        x = torch.addcmul(x, x0, torch.addmm(bias, x, kernel))
    return x


def logits_of(network: Network[Tensor], x: Tensor) -> Tensor:
    """The global block on rows `[B, D + F]`."""
    x = cross(network.cross, x)
    for tower in network.towers:
        x = mlp(tower, x)
    return x.squeeze(1)


def embed(meta_block: TorchLayers, x: Tensor) -> Tensor:
    """The meta embedding `[D]` of one task: the mean of the meta block's outputs over its rows."""
    return mlp(meta_block, x).mean(0)


def loss_of(network: Network[Tensor], embedding: Tensor, inputs: Inputs[Tensor]) -> Tensor:
    """Mean cross-entropy of one task's rows."""
    repeated = embedding.expand(len(inputs.features), -1)
    return bce(logits_of(network, torch.cat([repeated, inputs.features], 1)), inputs.label)


def tasks_of(rows: Rows[Array]) -> list[Rows[Tensor]]:
    """The rows of each task: without the leading axis."""
    tensors = rows.map(tensor)
    return [tensors.map(lambda each: each[task]) for task in range(len(rows.label))]


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
