"""A loop over tasks with learn2learn's `MAML`."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

import torch
from torch import Tensor

import torch_network as net
from cases import AdaptationCase, Case, Inputs, MetaStepCase, Rows
from task_loop import LoopAdaptation, ModuleStep
from torch_modules import Embeddings, GlobalBlock, MetaBlock
from torch_network import use_threads

__all__ = ["adaptation", "meta_step", "use_threads", "versions"]

#: Where make_environment.py unpacks the package.
SOURCE = Path(sys.prefix) / "learn2learn"


def _import_maml() -> type:
    """learn2learn's own class, unchanged, without the rest of the package.

    The package imports its data sets and environments first, whose compiled parts do not build for
    Python 3.11 and newer. Parents that only know where their modules are take their place.
    """
    for name in ("learn2learn", "learn2learn.algorithms"):
        parent = ModuleType(name)
        parent.__path__ = [str(SOURCE.parent / name.replace(".", "/"))]
        sys.modules[name] = parent
    return importlib.import_module("learn2learn.algorithms.maml").MAML


MAML = _import_maml()


def versions() -> dict[str, str]:
    return {"learn2learn": (SOURCE / "VERSION").read_text().strip(), **net.versions()}


class _Adapter:
    """The network and the inner loop of one task."""

    def __init__(self, case: Case, first_order: bool) -> None:
        meta_block = MetaBlock(case.network.meta_block)
        self.maml = MAML(meta_block, lr=case.inner_rate, first_order=first_order)
        self.embeddings = Embeddings(case.network.tables)
        self.global_block = GlobalBlock(case.network)
        self._steps = case.inner_steps

    def adapted(self, support: Inputs[Tensor]) -> torch.nn.Module:
        """The meta block after its inner steps on a support set."""
        learner = self.maml.clone()
        for _ in range(self._steps):
            learner.adapt(self.global_block(learner(support.meta), support))
        return learner


class Learn2learnStep(ModuleStep):
    def __init__(self, case: MetaStepCase) -> None:
        adapter = self._adapter = _Adapter(case, first_order=case.order == "first")
        super().__init__(case, adapter.maml, adapter.embeddings, adapter.global_block)

    def query_loss(self, support: Rows[Tensor], query: Rows[Tensor]) -> Tensor:
        adapter, seen = self._adapter, self._adapter.embeddings(support)
        learner = adapter.adapted(seen)
        return adapter.global_block(learner(seen.meta), adapter.embeddings(query))


class Learn2learnAdaptation(LoopAdaptation):
    def __init__(self, case: AdaptationCase) -> None:
        super().__init__(case)
        self._adapter = _Adapter(case, first_order=True)

    def embedding(self, support: Rows[Tensor]) -> Tensor:
        seen = self._adapter.embeddings(support)
        learner = self._adapter.adapted(seen)
        with torch.no_grad():
            return learner(seen.meta)


meta_step = Learn2learnStep
adaptation = Learn2learnAdaptation
