"""One task's meta-loss with `jax.grad`, spread over the tasks by `jax.vmap`, the whole step in one `jax.jit`."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from cases import AdaptationCase, Case, MetaStepCase

__all__ = ["adaptation", "meta_step", "use_threads", "versions"]

Layers = list[tuple[jax.Array, jax.Array]]

#: As in the TypeScript benchmark.
LEARNING_RATE, BETA1, BETA2, EPSILON = 1e-4, 0.9, 0.999, 1e-8


def versions() -> dict[str, str]:
    return {"jax": jax.__version__, "jaxlib": jax.lib.__version__}


def use_threads(threads: int) -> None:
    """XLA has no option for it, but sizes its pools by the cores that it may use when it starts."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(sorted(cores)[:threads]))
    jax.config.update("jax_platforms", "cpu")
    jax.devices()
    for thread in Path("/proc/self/task").iterdir():
        os.sched_setaffinity(int(thread.name), cores)


def mlp(layers: Layers, x: jax.Array) -> jax.Array:
    for kernel, bias in layers[:-1]:
        x = jax.nn.relu(x @ kernel + bias)
    kernel, bias = layers[-1]
    return x @ kernel + bias


def embed(meta_block: Layers, meta: jax.Array) -> jax.Array:
    """The meta embedding `[D]` of one task."""
    return mlp(meta_block, meta).mean(0)


def loss_of(global_block: Layers, embedding, features, label) -> jax.Array:
    """Mean cross-entropy of one task's rows."""
    repeated = jnp.broadcast_to(embedding, (len(features), len(embedding)))
    logits = mlp(global_block, jnp.concatenate([repeated, features], 1))[:, 0]
    return (jax.nn.softplus(logits) - logits * label).mean()


def adapt(case: Case, blocks: list[Layers], support: list[jax.Array], second: bool) -> Layers:
    """The fast weights of one task."""
    (fast, global_block), (meta, features, label) = blocks, support
    for _ in range(case.inner_steps):
        gradients = jax.grad(
            lambda weights: loss_of(global_block, embed(weights, meta), features, label)
        )(fast)
        gradients = gradients if second else jax.lax.stop_gradient(gradients)
        fast = jax.tree.map(lambda weight, step: weight - case.inner_rate * step, fast, gradients)
    return fast


def outer_loss(case: MetaStepCase) -> Callable[..., jax.Array]:
    """The mean loss of all tasks, as a function of both blocks and the episodes."""

    def query_loss(blocks, support, query):
        fast = adapt(case, blocks, support, case.order == "second")
        return loss_of(blocks[1], embed(fast, support[0]), *query)

    return lambda blocks, support, query: jax.vmap(query_loss, (None, 0, 0))(
        blocks, support, query
    ).mean()


def adam(parameters: Any, gradients: Any, state: Any) -> tuple[Any, Any]:
    """Kingma & Ba 2015, algorithm 1."""
    first, second, steps = state
    steps = steps + 1
    first = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, first, gradients)
    second = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, second, gradients)
    one, two = 1 - BETA1**steps, 1 - BETA2**steps

    def update(parameter, m, v):
        return parameter - LEARNING_RATE * (m / one) / (jnp.sqrt(v / two) + EPSILON)

    return jax.tree.map(update, parameters, first, second), (first, second, steps)


class JaxStep:
    """Loss, gradients and Adam in one compiled function that reuses the parameters' memory."""

    def __init__(self, case: MetaStepCase) -> None:
        self._blocks = _on_device([case.network.meta_block, case.network.global_block])
        zeros = jax.tree.map(jnp.zeros_like, self._blocks)
        self._state = zeros, jax.tree.map(jnp.copy, zeros), jnp.zeros(())
        self._episodes = _arrays(case.support), _arrays(case.query)
        self._loss_and_gradients = jax.value_and_grad(outer_loss(case))
        self._step = jax.jit(self._update, donate_argnums=(0, 1))

    def _update(self, blocks, state, support, query):
        loss, gradients = self._loss_and_gradients(blocks, support, query)
        return *adam(blocks, gradients, state), loss

    def gradients(self) -> tuple[float, list[np.ndarray]]:
        loss, gradients = jax.jit(self._loss_and_gradients)(self._blocks, *self._episodes)
        return float(loss), [np.asarray(each) for each in jax.tree.leaves(gradients)]

    def run(self) -> None:
        self._blocks, self._state, loss = self._step(self._blocks, self._state, *self._episodes)
        jax.block_until_ready((self._blocks, self._state, loss))


class JaxAdaptation:
    def __init__(self, case: AdaptationCase) -> None:
        blocks = _on_device([case.network.meta_block, case.network.global_block])

        def embedding(blocks, support):
            return embed(adapt(case, blocks, support, second=False), support[0])

        vectorised = jax.jit(jax.vmap(embedding, (None, 0)))
        support = _arrays(case.support)
        self._embeddings = lambda: vectorised(blocks, support)

    def run(self) -> np.ndarray:
        return np.asarray(self._embeddings())


def _on_device(tree: Any) -> Any:
    return jax.tree.map(jnp.array, tree)


def _arrays(sets: Any) -> list[jax.Array]:
    return [jnp.array(array) for array in vars(sets).values()]


meta_step = JaxStep
adaptation = JaxAdaptation
