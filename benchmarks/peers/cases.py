"""What the TypeScript side exports: parameters, batches and the results to agree with."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Literal, NamedTuple

import numpy as np
from safetensors import safe_open

from network import A, Array, B, Network, Tensors, numbered, read_network


class Rows(NamedTuple, Generic[A]):
    """Rows of T tasks as a network is fed with them. For one task, the leading axis is missing."""

    #: int32 ids `[T, B]`, one for each table. Without tables, what the meta block sees `[T, B, M]`,
    #: for support rows only, and what the global block sees `[T, B, F]`.
    features: list[A]
    #: `[T, B]`
    label: A

    def map(self, change: Callable[[A], B]) -> "Rows[B]":
        """The same rows with each array changed."""
        return Rows([change(each) for each in self.features], change(self.label))


class Inputs(NamedTuple, Generic[A]):
    """Rows as the blocks see them; see network.py."""

    #: `[..., B, M]`
    meta: A
    #: `[..., B, F]`
    features: A
    #: `[..., B]`
    label: A


@dataclass(frozen=True)
class Case:
    """One way to adapt: the network, its support sets and the inner loop."""

    network: Network[Array]
    support: Rows[Array]
    inner_steps: int
    inner_rate: float


@dataclass(frozen=True)
class MetaStepCase(Case):
    """A meta-step, and the loss and gradients that it must have."""

    query: Rows[Array]
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
    workload = metadata["workload"]
    adaptation = {
        "network": read_network(tensors, workload),
        "support": _rows(tensors, "support"),
        "inner_steps": int(metadata["innerSteps"]),
        "inner_rate": float(metadata["innerLearningRate"]),
    }
    if "embedding" in tensors:
        return AdaptationCase(**adaptation, embedding=tensors["embedding"])
    return MetaStepCase(
        **adaptation,
        query=_rows(tensors, "query"),
        order=metadata["order"],
        loss=float(tensors["loss"]),
        gradients=read_network(tensors, workload, "grad/").flat(),
    )


def _read(path: Path) -> tuple[Tensors, dict[str, str]]:
    with safe_open(path, framework="numpy") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, file.metadata()


def _require_real_rows(tensors: Tensors, path: Path) -> None:
    """The peers know no masks, which saves them work: a batch with padding is none that they can compute."""
    masks = [tensor for name, tensor in tensors.items() if name.endswith("/mask")]
    if not all(np.all(mask == 1) for mask in masks):
        raise ValueError(f"{path} has padded rows; the peers compute full batches only")


def _rows(tensors: Tensors, part: str) -> Rows[Array]:
    names = [f"{part}/row.{block}" for block in ("meta", "global")]
    dense = [tensors[name] for name in names if name in tensors]
    return Rows(dense + numbered(tensors, f"{part}/row.c"), tensors[f"{part}/label"])
