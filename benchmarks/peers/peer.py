"""What a peer is, and the list of them.

A peer is a module with these functions:

    versions() -> dict[str, str]                       what it is made of
    use_threads(threads: int) -> None                  called once, before anything is computed
    meta_step(case: MetaStepCase) -> MetaStep
    adaptation(case: AdaptationCase) -> Adaptation
"""

import importlib
from types import ModuleType
from typing import Protocol

import numpy as np


class MetaStep(Protocol):
    """Forward, inner steps, all gradients and the outer Adam update, on one batch in memory."""

    def gradients(self) -> tuple[float, list[np.ndarray]]:
        """The loss and the gradients of all parameters, in the order of `Network.flat`."""

    def run(self) -> None:
        """One meta-step."""


class Adaptation(Protocol):
    """Support sets in, meta embeddings out."""

    def run(self) -> np.ndarray:
        """The meta embeddings `[T, D]`."""


#: Modules by name: the peers, and what multiplies large matrices.
MODULES = {
    "learn2learn": "learn2learn_maml",
    "higher": "higher_loop",
    "torch-loop": "torch_loop",
    "torch-batched": "torch_batched",
    "torch-func": "torch_func",
    "torch-compile": "torch_compiled",
    "jax": "jax_vmap",
    "peak-numpy": "peak_numpy",
    "peak-torch": "peak_torch",
}


def load(name: str) -> ModuleType:
    """Imports a peer with its framework, which takes seconds."""
    return importlib.import_module(MODULES[name])
