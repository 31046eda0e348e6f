"""What the TypeScript side exports: parameters, batches and the results to agree with."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from safetensors import safe_open

Array = np.ndarray
Tensors = dict[str, Array]

#: Dense layers, each a kernel `[in, out]` and a bias `[out]`.
Layers = list[tuple[Array, Array]]


@dataclass(frozen=True)
class Network:
    """A meta block and a global block of dense layers with relu between them."""

    meta_block: Layers
    global_block: Layers

    def flat(self) -> list[Array]:
        """All parameters in the order of layers: the meta block, then the global block."""
        return [parameter for layer in self.meta_block + self.global_block for parameter in layer]


@dataclass(frozen=True)
class Support:
    """Support sets of T tasks: meta features `[T, S, M]`, features `[T, S, F]`, labels `[T, S]`."""

    meta: Array
    features: Array
    label: Array


@dataclass(frozen=True)
class Query:
    """Query sets of T tasks: features `[T, Q, F]`, labels `[T, Q]`."""

    features: Array
    label: Array


@dataclass(frozen=True)
class Case:
    """One way to adapt: the network, its support sets and the inner loop."""

    network: Network
    support: Support
    inner_steps: int
    inner_rate: float


@dataclass(frozen=True)
class MetaStepCase(Case):
    """A meta-step, and the loss and gradients that it must have."""

    query: Query
    order: Literal["first", "second"]
    loss: float
    gradients: list[Array]


@dataclass(frozen=True)
class AdaptationCase(Case):
    """An adaptation, and the meta embeddings `[T, D]` that it must give."""

    embedding: Array


def read_case(path: Path) -> MetaStepCase | AdaptationCase:
    """Reads a case; the one with query sets is a meta-step."""
    tensors, metadata = _read(path)
    _require_real_rows(tensors, path)
    adaptation = {
        "network": Network(_layers(tensors, "meta"), _layers(tensors, "global")),
        "support": _support(tensors),
        "inner_steps": int(metadata["innerSteps"]),
        "inner_rate": float(metadata["innerLearningRate"]),
    }
    if "embedding" in tensors:
        return AdaptationCase(**adaptation, embedding=tensors["embedding"])
    return MetaStepCase(
        **adaptation,
        query=Query(tensors["query/row.global"], tensors["query/label"]),
        order=metadata["order"],
        loss=float(tensors["loss"]),
        gradients=Network(_layers(tensors, "grad/meta"), _layers(tensors, "grad/global")).flat(),
    )


def _read(path: Path) -> tuple[Tensors, dict[str, str]]:
    with safe_open(path, framework="numpy") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, file.metadata()


def _require_real_rows(tensors: Tensors, path: Path) -> None:
    """The peers know no masks, which saves them work: a batch with padding is none that they can compute."""
    masks = [tensor for name, tensor in tensors.items() if name.endswith("/mask")]
    if not all(np.all(mask == 1) for mask in masks):
        raise ValueError(f"{path} has padded rows; the peers compute full batches only")


def _support(tensors: Tensors) -> Support:
    names = ("row.meta", "row.global", "label")
    return Support(*(tensors[f"support/{name}"] for name in names))


def _layers(tensors: Tensors, block: str) -> Layers:
    count = sum(name.startswith(f"{block}/") and name.endswith("/kernel") for name in tensors)
    prefixes = [f"{block}/layers/{i}" for i in range(count)]
    return [(tensors[f"{prefix}/kernel"], tensors[f"{prefix}/bias"]) for prefix in prefixes]
