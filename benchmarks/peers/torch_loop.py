"""A loop over tasks in plain PyTorch, with `create_graph` for the second order."""

import torch
from torch import Tensor

import torch_network as net
from cases import AdaptationCase, Case, Inputs, MetaStepCase, Rows
from network import Network, flat
from task_loop import LoopAdaptation, LoopStep
from torch_network import TorchLayers, use_threads, versions

__all__ = ["adaptation", "meta_step", "use_threads", "versions"]


def adapt(case: Case, network: Network[Tensor], support: Inputs[Tensor], second: bool) -> TorchLayers:
    """The fast weights of one task; in the first order their gradients count as constants."""
    fast = network.meta_block
    for _ in range(case.inner_steps):
        loss = net.loss_of(network, net.embed(fast, support.meta), support)
        weights = flat(fast)
        gradients = torch.autograd.grad(loss, weights, create_graph=second)
        steps = zip(weights, gradients, strict=True)
        fast = net.paired([weight - case.inner_rate * gradient for weight, gradient in steps])
    return fast


class TorchLoopStep(LoopStep):
    def __init__(self, case: MetaStepCase) -> None:
        self._case = case
        self._network = case.network.map(net.parameter)
        super().__init__(case, self._network.flat())

    def query_loss(self, support: Rows[Tensor], query: Rows[Tensor]) -> Tensor:
        network, second = self._network, self._case.order == "second"
        seen = net.inputs_of(network.tables, support)
        fast = adapt(self._case, network, seen, second)
        return net.loss_of(network, net.embed(fast, seen.meta), net.inputs_of(network.tables, query))


class TorchLoopAdaptation(LoopAdaptation):
    def __init__(self, case: AdaptationCase) -> None:
        super().__init__(case)
        self._case = case
        self._network = case.network.map(net.parameter)

    def embedding(self, support: Rows[Tensor]) -> Tensor:
        seen = net.inputs_of(self._network.tables, support)
        fast = adapt(self._case, self._network, seen, second=False)
        with torch.no_grad():
            return net.embed(fast, seen.meta)


meta_step = TorchLoopStep
adaptation = TorchLoopAdaptation
