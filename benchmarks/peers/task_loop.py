"""What the peers that loop over tasks share: the loop."""

import numpy as np
import torch
from torch import Tensor, nn

from cases import AdaptationCase, MetaStepCase, Rows
from torch_network import TorchStep, tasks_of


class LoopStep(TorchStep):
    """A meta-step, the tasks one after the other; each adds its gradients."""

    def __init__(self, case: MetaStepCase, parameters: list[Tensor]) -> None:
        super().__init__(parameters)
        self._episodes = list(zip(tasks_of(case.support), tasks_of(case.query), strict=True))

    def query_loss(self, support: Rows[Tensor], query: Rows[Tensor]) -> Tensor:
        """Adapts to the support set of one task; the loss on its query set."""
        raise NotImplementedError

    def backward(self) -> float:
        return sum(self.backward_of(support, query) for support, query in self._episodes)

    def backward_of(self, support: Rows[Tensor], query: Rows[Tensor]) -> float:
        """Adds the gradients of one task; returns its share of the loss."""
        loss = self.query_loss(support, query) / len(self._episodes)
        loss.backward()
        return loss.item()


class ModuleStep(LoopStep):
    """A meta-step on modules, whose kernels are transposed: `[out, in]`."""

    def __init__(self, case: MetaStepCase, *modules: nn.Module) -> None:
        named = [each for module in modules for each in module.named_parameters()]
        self._are_kernels = [name.endswith(".weight") for name, _ in named]
        super().__init__(case, [parameter for _, parameter in named])

    def gradients(self) -> tuple[float, list[np.ndarray]]:
        loss, gradients = super().gradients()
        pairs = zip(gradients, self._are_kernels, strict=True)
        return loss, [gradient.T if is_kernel else gradient for gradient, is_kernel in pairs]


class LoopAdaptation:
    """Adaptation, the entities one after the other."""

    def __init__(self, case: AdaptationCase) -> None:
        self._supports = tasks_of(case.support)

    def embedding(self, support: Rows[Tensor]) -> Tensor:
        """Adapts to the support set of one task; its meta embedding `[D]`."""
        raise NotImplementedError

    def run(self) -> np.ndarray:
        return torch.stack([self.embedding(support) for support in self._supports]).numpy()
