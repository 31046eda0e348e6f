"""The networks of the workloads: what their parameters are, and how the exported files name them.

A task's rows come as dense features, or as ids of categorical features, each with a table of embeddings:

    x = row.meta, row.global        or        x = [table_0[id_0]; table_1[id_1]; ...] for both blocks
    e = mean over support rows of mlp(x)
    z = towers(cross([e ; x]))
"""

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

import numpy as np

Array = np.ndarray
Tensors = dict[str, Array]

#: An array of NumPy or of a peer's framework.
A = TypeVar("A")
B = TypeVar("B")

#: Dense layers, each a kernel `[in, out]` and a bias `[out]`.
Layers = list[tuple[A, A]]


class Network(NamedTuple, Generic[A]):
    """All parameters. An MLP is a network without tables and cross layers, and with one tower."""

    #: Dense layers with relu between them: all that the inner loop adapts.
    meta_block: Layers[A]
    #: Embeddings `[U, D]`, one table for each categorical feature.
    tables: list[A]
    #: The cross network of DCN-v2: `x = x0 * dense(x) + x`.
    cross: Layers[A]
    #: Dense layers with relu between them, but not between towers.
    towers: list[Layers[A]]

    def flat(self) -> list[A]:
        """All parameters in the order of the fields."""
        rest = [flat(block) for block in (self.cross, *self.towers)]
        return sum(rest, [*flat(self.meta_block), *self.tables])

    def map(self, change: Callable[[A], B]) -> "Network[B]":
        """The same network with each parameter changed."""
        meta_block, cross, *towers = (
            [(change(kernel), change(bias)) for kernel, bias in block]
            for block in (self.meta_block, self.cross, *self.towers)
        )
        return Network(meta_block, [change(table) for table in self.tables], cross, towers)


def flat(layers: Layers[A]) -> list[A]:
    """The parameters of dense layers."""
    return [parameter for layer in layers for parameter in layer]


def read_network(tensors: Tensors, workload: str, prefix: str = "") -> Network[Array]:
    """A workload's parameters, or with the prefix `grad/` their gradients."""
    return NETWORKS[workload](tensors, prefix)


def _mlp(tensors: Tensors, prefix: str) -> Network[Array]:
    meta_block, tower = (_layers(tensors, f"{prefix}{block}") for block in ("meta", "global"))
    return Network(meta_block, tables=[], cross=[], towers=[tower])


def _dcn(tensors: Tensors, prefix: str) -> Network[Array]:
    meta_block, cross, deep = (
        _layers(tensors, f"{prefix}{block}") for block in ("meta", "global/cross", "global/deep")
    )
    last = _dense(tensors, f"{prefix}global/last")
    return Network(meta_block, numbered(tensors, f"{prefix}table/row.c"), cross, [deep, [last]])


#: How to read the network of a workload.
NETWORKS = {"small": _mlp, "large": _mlp, "dcn": _dcn}


def numbered(tensors: Tensors, prefix: str) -> list[Array]:
    """Tensors whose names differ by a number at the end, in its order."""
    count = sum(name.startswith(prefix) for name in tensors)
    return [tensors[f"{prefix}{i}"] for i in range(count)]


def _layers(tensors: Tensors, block: str) -> Layers[Array]:
    count = sum(
        name.startswith(f"{block}/layers/") and name.endswith("/kernel") for name in tensors
    )
    return [_dense(tensors, f"{block}/layers/{i}") for i in range(count)]


def _dense(tensors: Tensors, layer: str) -> tuple[Array, Array]:
    return tensors[f"{layer}/kernel"], tensors[f"{layer}/bias"]
