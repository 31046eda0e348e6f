"""A loop over tasks in plain PyTorch, with `create_graph` for the second order."""

import torch
from torch import Tensor

import torch_network as net
from cases import AdaptationCase, Case, MetaStepCase
from task_loop import LoopAdaptation, LoopStep, Query, Support
from torch_network import TorchLayers, use_threads, versions

__all__ = ["adaptation", "meta_step", "use_threads", "versions"]

Blocks = tuple[TorchLayers, TorchLayers]


def adapt(case: Case, blocks: Blocks, support: Support, second: bool) -> TorchLayers:
    """The fast weights of one task; in the first order their gradients count as constants."""
    (fast, global_block), (meta, features, label) = blocks, support
    for _ in range(case.inner_steps):
        loss = net.loss_of(global_block, net.embed(fast, meta), features, label)
        weights = net.flat(fast)
        gradients = torch.autograd.grad(loss, weights, create_graph=second)
        steps = zip(weights, gradients, strict=True)
        fast = net.paired([weight - case.inner_rate * gradient for weight, gradient in steps])
    return fast


class TorchLoopStep(LoopStep):
    def __init__(self, case: MetaStepCase) -> None:
        self._case = case
        self._blocks = net.trainable(case.network)
        super().__init__(case, net.flat(*self._blocks))

    def query_loss(self, support: Support, query: Query) -> Tensor:
        fast = adapt(self._case, self._blocks, support, self._case.order == "second")
        return net.loss_of(self._blocks[1], net.embed(fast, support[0]), *query)


class TorchLoopAdaptation(LoopAdaptation):
    def __init__(self, case: AdaptationCase) -> None:
        super().__init__(case)
        self._case = case
        self._blocks = net.trainable(case.network)

    def embedding(self, support: Support) -> Tensor:
        fast = adapt(self._case, self._blocks, support, second=False)
        with torch.no_grad():
            return net.embed(fast, support[0])


meta_step = TorchLoopStep
adaptation = TorchLoopAdaptation
