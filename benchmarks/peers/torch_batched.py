"""All tasks at once in PyTorch, written by hand: fast weights `[T, in, out]` and batched products."""

import numpy as np
import torch
from torch import Tensor

import torch_network as net
from cases import AdaptationCase, Case, MetaStepCase
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


def loss_of(global_block: TorchLayers, embedding: Tensor, features: Tensor, label: Tensor) -> Tensor:
    """Mean cross-entropy of all rows of all tasks; the global block takes them as one matrix."""
    tasks, rows, _ = features.shape
    x = torch.cat([embedding[:, None].expand(-1, rows, -1), features], 2)
    logits = net.mlp(global_block, x.flatten(0, 1))
    return net.bce(logits.view(tasks, rows), label)


def adapt(case: Case, blocks: tuple[TorchLayers, TorchLayers], support: list[Tensor], second: bool) -> TorchLayers:
    """Fast weights of all tasks; the mean loss times T has each task's own gradients."""
    (meta_block, global_block), (meta, features, label) = blocks, support
    fast = spread(meta_block, len(label))
    rate = case.inner_rate * len(label)
    for _ in range(case.inner_steps):
        loss = loss_of(global_block, embed(fast, meta), features, label)
        weights = net.flat(fast)
        gradients = torch.autograd.grad(loss, weights, create_graph=second)
        steps = zip(weights, gradients, strict=True)
        fast = net.paired([torch.sub(weight, gradient, alpha=rate) for weight, gradient in steps])
    return fast


class BatchedStep(TorchStep):
    def __init__(self, case: MetaStepCase) -> None:
        self._case = case
        self._blocks = net.trainable(case.network)
        self._support, self._query = net.tensors_of(case.support), net.tensors_of(case.query)
        super().__init__(net.flat(*self._blocks))

    def backward(self) -> float:
        fast = adapt(self._case, self._blocks, self._support, self._case.order == "second")
        loss = loss_of(self._blocks[1], embed(fast, self._support[0]), *self._query)
        loss.backward()
        return loss.item()


class BatchedAdaptation:
    def __init__(self, case: AdaptationCase) -> None:
        self._case = case
        self._blocks = net.trainable(case.network)
        self._support = net.tensors_of(case.support)

    def run(self) -> np.ndarray:
        fast = adapt(self._case, self._blocks, self._support, second=False)
        with torch.no_grad():
            return embed(fast, self._support[0]).numpy()


meta_step = BatchedStep
adaptation = BatchedAdaptation
