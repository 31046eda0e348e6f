"""What the peers that loop over tasks share: the loop."""

import numpy as np
import torch
from torch import Tensor, nn

from cases import AdaptationCase, MetaStepCase
from torch_network import TorchStep, tasks_of

#: Meta features, features and labels of a task's support set.
Support = tuple[Tensor, ...]

#: Features and labels of a task's query set.
Query = tuple[Tensor, ...]


class LoopStep(TorchStep):
    """A meta-step, the tasks one after the other; each adds its gradients."""

    def __init__(self, case: MetaStepCase, parameters: list[Tensor]) -> None:
        super().__init__(parameters)
        self._episodes = list(zip(tasks_of(case.support), tasks_of(case.query), strict=True))

    def query_loss(self, support: Support, query: Query) -> Tensor:
        """Adapts to the support set; the loss on the query set."""
        raise NotImplementedError

    def backward(self) -> float:
        return sum(self.backward_of(support, query) for support, query in self._episodes)

    def backward_of(self, support: Support, query: Query) -> float:
        """Adds the gradients of one task; returns its share of the loss."""
        loss = self.query_loss(support, query) / len(self._episodes)
        loss.backward()
        return loss.item()


class ModuleStep(LoopStep):
    """A meta-step on modules, whose kernels are transposed: `[out, in]`."""

    def __init__(self, case: MetaStepCase, *modules: nn.Module) -> None:
        super().__init__(case, [each for module in modules for each in module.parameters()])

    def gradients(self) -> tuple[float, list[np.ndarray]]:
        loss, gradients = super().gradients()
        return loss, [gradient.T for gradient in gradients]


class LoopAdaptation:
    """Adaptation, the entities one after the other."""

    def __init__(self, case: AdaptationCase) -> None:
        self._supports = tasks_of(case.support)

    def embedding(self, support: Support) -> Tensor:
        """Adapts to the support set; the meta embedding `[D]`."""
        raise NotImplementedError

    def run(self) -> np.ndarray:
        return torch.stack([self.embedding(support) for support in self._supports]).numpy()
