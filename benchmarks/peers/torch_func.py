"""One task's meta-loss with `torch.func.grad`, spread over the tasks by `torch.func.vmap`."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor
from torch.func import grad, grad_and_value, vmap

import torch_network as net
from cases import AdaptationCase, Case, MetaStepCase
from torch_network import TorchLayers, TorchStep, use_threads, versions

__all__ = ["adaptation", "meta_step", "use_threads", "versions"]

Transform = Callable[[Callable], Callable]


def adapted(case: Case, global_block: TorchLayers, second: bool) -> Callable[..., TorchLayers]:
    """The inner loop of one task, as a function of its initial weights and its support set."""

    def support_loss(fast: TorchLayers, meta: Tensor, features: Tensor, label: Tensor) -> Tensor:
        return net.loss_of(global_block, net.embed(fast, meta), features, label)

    def adapt(fast: TorchLayers, *support: Tensor) -> TorchLayers:
        for _ in range(case.inner_steps):
            gradients = net.flat(grad(support_loss)(fast, *support))
            gradients = gradients if second else [each.detach() for each in gradients]
            steps = zip(net.flat(fast), gradients, strict=True)
            fast = net.paired([weight - case.inner_rate * each for weight, each in steps])
        return fast

    return adapt


def outer_loss(case: MetaStepCase) -> Callable[..., Tensor]:
    """The mean loss of all tasks, as a function of both blocks and the episodes."""
    second = case.order == "second"

    def loss(blocks: list[TorchLayers], support: list[Tensor], query: list[Tensor]) -> Tensor:
        meta_block, global_block = blocks

        def query_loss(support: list[Tensor], query: list[Tensor]) -> Tensor:
            fast = adapted(case, global_block, second)(meta_block, *support)
            return net.loss_of(global_block, net.embed(fast, support[0]), *query)

        return vmap(query_loss)(support, query).mean()

    return loss


class FuncStep(TorchStep):
    """A meta-step; `transform` may compile the function of loss and gradients."""

    def __init__(self, case: MetaStepCase, transform: Transform = lambda function: function) -> None:
        self._blocks = list(net.trainable(case.network))
        self._episodes = net.tensors_of(case.support), net.tensors_of(case.query)
        self._gradients = transform(grad_and_value(outer_loss(case)))
        super().__init__(net.flat(*self._blocks))

    def backward(self) -> float:
        with torch.no_grad():
            gradients, loss = self._gradients(self._blocks, *self._episodes)
        for parameter, gradient in zip(net.flat(*self._blocks), net.flat(*gradients), strict=True):
            parameter.grad = gradient
        return loss.item()


class FuncAdaptation:
    """Adaptation; `transform` may compile the function of the support sets."""

    def __init__(self, case: AdaptationCase, transform: Transform = lambda function: function) -> None:
        meta_block, global_block = net.trainable(case.network)
        adapt = adapted(case, global_block, second=False)

        def embedding(*support: Tensor) -> Tensor:
            return net.embed(adapt(meta_block, *support), support[0])

        self._support = net.tensors_of(case.support)
        self._embeddings = transform(vmap(embedding))

    def run(self) -> np.ndarray:
        with torch.no_grad():
            return self._embeddings(*self._support).numpy()


meta_step = FuncStep
adaptation = FuncAdaptation
