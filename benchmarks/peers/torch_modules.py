"""The network as `torch.nn` modules, for libraries that adapt modules."""

import torch
from torch import Tensor, nn

import torch_network as net
from cases import Inputs, Rows
from network import Array, Layers, Network


class Embeddings(nn.Module):
    """Rows to what the blocks see of them."""

    def __init__(self, tables: list[Array]) -> None:
        super().__init__()
        self.tables = nn.ParameterList(nn.Parameter(net.tensor(table)) for table in tables)

    def forward(self, rows: Rows[Tensor]) -> Inputs[Tensor]:
        return net.inputs_of(list(self.tables), rows)


class MetaBlock(nn.Module):
    """Rows `[B, M]` to the meta embedding `[D]`, their mean."""

    def __init__(self, layers: Layers[Array]) -> None:
        super().__init__()
        self.tower = _tower(layers)

    def forward(self, x: Tensor) -> Tensor:
        return self.tower(x).mean(0)


class GlobalBlock(nn.Module):
    """The loss of rows `[B, F]` with an embedding `[D]`."""

    def __init__(self, network: Network[Array]) -> None:
        super().__init__()
        self.cross = nn.ModuleList(_linear(*layer) for layer in network.cross)
        self.towers = nn.Sequential(*map(_tower, network.towers))

    def forward(self, embedding: Tensor, inputs: Inputs[Tensor]) -> Tensor:
        repeated = embedding.expand(len(inputs.features), -1)
        x = x0 = torch.cat([repeated, inputs.features], 1)
        for layer in self.cross:
            x = torch.addcmul(x, x0, layer(x))
        return net.bce(self.towers(x).squeeze(1), inputs.label)


def _tower(layers: Layers[Array]) -> nn.Sequential:
    modules = [module for layer in layers for module in (_linear(*layer), nn.ReLU())]
    return nn.Sequential(*modules[:-1])


def _linear(kernel: Array, bias: Array) -> nn.Linear:
    linear = nn.Linear(*kernel.shape)
    with torch.no_grad():
        linear.weight.copy_(net.tensor(kernel).T)
        linear.bias.copy_(net.tensor(bias))
    return linear
