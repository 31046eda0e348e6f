"""The network as `torch.nn` modules, for libraries that adapt modules."""

import numpy as np
import torch
from torch import Tensor, nn

import torch_network as net
from cases import Layers


class MetaBlock(nn.Module):
    """Rows `[B, M]` to the meta embedding `[D]`, their mean."""

    def __init__(self, layers: Layers) -> None:
        super().__init__()
        self.tower = _tower(layers)

    def forward(self, x: Tensor) -> Tensor:
        return self.tower(x).mean(0)


class GlobalBlock(nn.Module):
    """The loss of rows `[B, F]` with an embedding `[D]`."""

    def __init__(self, layers: Layers) -> None:
        super().__init__()
        self.tower = _tower(layers)

    def forward(self, embedding: Tensor, features: Tensor, label: Tensor) -> Tensor:
        rows = torch.cat([embedding.expand(len(features), -1), features], 1)
        return net.bce(self.tower(rows).squeeze(1), label)


def _tower(layers: Layers) -> nn.Sequential:
    modules = [module for layer in layers for module in (_linear(*layer), nn.ReLU())]
    return nn.Sequential(*modules[:-1])


def _linear(kernel: np.ndarray, bias: np.ndarray) -> nn.Linear:
    linear = nn.Linear(*kernel.shape)
    with torch.no_grad():
        linear.weight.copy_(net.tensor(kernel).T)
        linear.bias.copy_(net.tensor(bias))
    return linear
