"""One task's meta-loss with `torch.func.grad`, spread over the tasks by `torch.func.vmap`."""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from torch import Tensor
from torch.func import grad, grad_and_value, vmap

import torch_network as net
from cases import AdaptationCase, Case, Inputs, MetaStepCase, Rows
from network import Network, flat
from torch_network import TorchLayers, TorchStep, use_threads, versions

__all__ = ["adaptation", "meta_step", "use_threads", "versions"]

Transform = Callable[[Callable], Callable]


def adapt(case: Case, network: Network[Tensor], support: Inputs[Tensor], second: bool) -> TorchLayers:
    """The fast weights of one task."""

    def support_loss(fast: TorchLayers) -> Tensor:
        return net.loss_of(network, net.embed(fast, support.meta), support)

    fast = network.meta_block
    for _ in range(case.inner_steps):
        gradients = flat(grad(support_loss)(fast))
        gradients = gradients if second else [each.detach() for each in gradients]
        steps = zip(flat(fast), gradients, strict=True)
        fast = net.paired([weight - case.inner_rate * each for weight, each in steps])
    return fast


def query_loss(
    case: MetaStepCase, network: Network[Tensor], support: Rows[Tensor], query: Rows[Tensor]
) -> Tensor:
    """The loss of one task after its adaptation."""
    seen = net.inputs_of(network.tables, support)
    fast = adapt(case, network, seen, case.order == "second")
    return net.loss_of(network, net.embed(fast, seen.meta), net.inputs_of(network.tables, query))


def outer_loss(case: MetaStepCase) -> Callable[..., Tensor]:
    """The mean loss of all tasks, as a function of the network and the episodes."""

    def loss(network: Network[Tensor], support: Rows[Tensor], query: Rows[Tensor]) -> Tensor:
        return vmap(partial(query_loss, case, network))(support, query).mean()

    return loss


class FuncStep(TorchStep):
    """A meta-step; `transform` may compile the function of loss and gradients."""

    def __init__(self, case: MetaStepCase, transform: Transform = lambda function: function) -> None:
        self._network = case.network.map(net.parameter)
        self._episodes = case.support.map(net.tensor), case.query.map(net.tensor)
        self._gradients = transform(grad_and_value(outer_loss(case)))
        super().__init__(self._network.flat())

    def backward(self) -> float:
        with torch.no_grad():
            gradients, loss = self._gradients(self._network, *self._episodes)
        for parameter, gradient in zip(self._network.flat(), gradients.flat(), strict=True):
            parameter.grad = gradient
        return loss.item()


class FuncAdaptation:
    """Adaptation; `transform` may compile the function of the support sets."""

    def __init__(self, case: AdaptationCase, transform: Transform = lambda function: function) -> None:
        network = case.network.map(net.parameter)

        def embedding(support: Rows[Tensor]) -> Tensor:
            seen = net.inputs_of(network.tables, support)
            return net.embed(adapt(case, network, seen, second=False), seen.meta)

        self._support = case.support.map(net.tensor)
        self._embeddings = transform(vmap(embedding))

    def run(self) -> np.ndarray:
        with torch.no_grad():
            return self._embeddings(self._support).numpy()


meta_step = FuncStep
adaptation = FuncAdaptation
