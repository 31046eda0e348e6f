"""A loop over tasks with higher's differentiable optimiser."""

from importlib.metadata import version

import higher
import torch
from torch import Tensor, nn

import torch_network as net
from cases import AdaptationCase, Case, Inputs, MetaStepCase, Rows
from task_loop import LoopAdaptation, ModuleStep
from torch_modules import Embeddings, GlobalBlock, MetaBlock
from torch_network import use_threads

__all__ = ["adaptation", "meta_step", "use_threads", "versions"]


def versions() -> dict[str, str]:
    return {"higher": version("higher"), **net.versions()}


class _Adapter:
    """The network and the inner loop of one task."""

    def __init__(self, case: Case, second: bool) -> None:
        self.meta_block = MetaBlock(case.network.meta_block)
        self.embeddings = Embeddings(case.network.tables)
        self.global_block = GlobalBlock(case.network)
        self._steps, self._second = case.inner_steps, second
        self._inner = torch.optim.SGD(self.meta_block.parameters(), lr=case.inner_rate)

    def adapted(self, support: Inputs[Tensor]) -> nn.Module:
        """The meta block after its inner steps on a support set."""
        with higher.innerloop_ctx(
            self.meta_block,
            self._inner,
            copy_initial_weights=False,
            track_higher_grads=self._second,
        ) as (fast, optimizer):
            for _ in range(self._steps):
                optimizer.step(self.global_block(fast(support.meta), support))
            return fast


class HigherStep(ModuleStep):
    def __init__(self, case: MetaStepCase) -> None:
        self._second = case.order == "second"
        adapter = self._adapter = _Adapter(case, self._second)
        super().__init__(case, adapter.meta_block, adapter.embeddings, adapter.global_block)

    def query_loss(self, support: Rows[Tensor], query: Rows[Tensor]) -> Tensor:
        adapter, seen = self._adapter, self._adapter.embeddings(support)
        self._fast = adapter.adapted(seen)
        return adapter.global_block(self._fast(seen.meta), adapter.embeddings(query))

    def backward_of(self, support: Rows[Tensor], query: Rows[Tensor]) -> float:
        loss = super().backward_of(support, query)
        if not self._second:
            self._take_over()
        return loss

    def _take_over(self) -> None:
        """Fast weights of the first order have no path to the initial ones: hands their gradients over."""
        initial = self._adapter.meta_block.parameters()
        for parameter, fast in zip(initial, self._fast.parameters(), strict=True):
            parameter.grad = fast.grad if parameter.grad is None else parameter.grad + fast.grad


class HigherAdaptation(LoopAdaptation):
    def __init__(self, case: AdaptationCase) -> None:
        super().__init__(case)
        self._adapter = _Adapter(case, second=False)

    def embedding(self, support: Rows[Tensor]) -> Tensor:
        seen = self._adapter.embeddings(support)
        fast = self._adapter.adapted(seen)
        with torch.no_grad():
            return fast(seen.meta)


meta_step = HigherStep
adaptation = HigherAdaptation
