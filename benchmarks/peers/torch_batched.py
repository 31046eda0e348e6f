"""All tasks at once in PyTorch, written by hand: fast weights `[T, in, out]` and batched products."""

import numpy as np
import torch
from torch import Tensor

import torch_network as net
from cases import AdaptationCase, Case, Inputs, MetaStepCase
from network import Network, flat
from torch_network import TorchLayers, TorchStep, use_threads, versions

__all__ = ["adaptation", "meta_step", "use_threads", "versions"]


def spread(layers: TorchLayers, tasks: int) -> TorchLayers:
    """Shared parameters as fast weights: kernels `[T, in, out]`, biases `[T, 1, out]`."""
    return [(k.expand(tasks, -1, -1), b.expand(tasks, 1, -1)) for k, b in layers]


def fast_mlp(fast: TorchLayers, x: Tensor) -> Tensor:
    """Each task's dense layers on its rows `[T, B, in]`."""
    for kernel, bias in fast[:-1]:
        x = torch.relu(torch.baddbmm(bias, x, kernel))
    kernel, bias = fast[-1]
    return torch.baddbmm(bias, x, kernel)


def embed(fast: TorchLayers, meta: Tensor) -> Tensor:
    """Meta embeddings `[T, D]`."""
    return fast_mlp(fast, meta).mean(1)


def loss_of(network: Network[Tensor], embedding: Tensor, inputs: Inputs[Tensor]) -> Tensor:
    """Mean cross-entropy of all rows of all tasks; the global block takes them as one matrix."""
    rows = inputs.features.shape[1]
    x = torch.cat([embedding[:, None].expand(-1, rows, -1), inputs.features], 2)
    logits = net.logits_of(network, x.flatten(0, 1))
    return net.bce(logits.view_as(inputs.label), inputs.label)


def adapt(case: Case, network: Network[Tensor], support: Inputs[Tensor], second: bool) -> TorchLayers:
    """Fast weights of all tasks; the mean loss times T has each task's own gradients."""
    fast = spread(network.meta_block, len(support.label))
    rate = case.inner_rate * len(support.label)
    for _ in range(case.inner_steps):
        loss = loss_of(network, embed(fast, support.meta), support)
        weights = flat(fast)
        gradients = torch.autograd.grad(loss, weights, create_graph=second)
        steps = zip(weights, gradients, strict=True)
        fast = net.paired([torch.sub(weight, gradient, alpha=rate) for weight, gradient in steps])
    return fast


class BatchedStep(TorchStep):
    def __init__(self, case: MetaStepCase) -> None:
        self._case = case
        self._network = case.network.map(net.parameter)
        self._support, self._query = case.support.map(net.tensor), case.query.map(net.tensor)
        super().__init__(self._network.flat())

    def backward(self) -> float:
        network, second = self._network, self._case.order == "second"
        support = net.inputs_of(network.tables, self._support)
        query = net.inputs_of(network.tables, self._query)
        fast = adapt(self._case, network, support, second)
        loss = loss_of(network, embed(fast, support.meta), query)
        loss.backward()
        return loss.item()


class BatchedAdaptation:
    def __init__(self, case: AdaptationCase) -> None:
        self._case = case
        self._network = case.network.map(net.parameter)
        self._support = case.support.map(net.tensor)

    def run(self) -> np.ndarray:
        support = net.inputs_of(self._network.tables, self._support)
        fast = adapt(self._case, self._network, support, second=False)
        with torch.no_grad():
            return embed(fast, support.meta).numpy()


meta_step = BatchedStep
adaptation = BatchedAdaptation
