"""One task's meta-loss with `jax.grad`, spread over the tasks by `jax.vmap`, the whole step in one `jax.jit`."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from cases import AdaptationCase, Case, Inputs, MetaStepCase, Rows
from network import Layers, Network

__all__ = ["adaptation", "meta_step", "use_threads", "versions"]

JaxLayers = Layers[jax.Array]
JaxNetwork = Network[jax.Array]
JaxInputs = Inputs[jax.Array]

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


def inputs_of(tables: list[jax.Array], rows: Rows[jax.Array]) -> JaxInputs:
    """What the blocks see of rows: of ids, their embeddings side by side."""
    if not tables:
        return Inputs(rows.features[0], rows.features[-1], rows.label)
    pairs = zip(rows.features, tables, strict=True)
    # Ids are in range; to check them again would cost time.
    looked_up = [table.at[ids].get(mode="promise_in_bounds") for ids, table in pairs]
    x = jnp.concatenate(looked_up, -1)
    return Inputs(x, x, rows.label)


def mlp(layers: JaxLayers, x: jax.Array) -> jax.Array:
    for kernel, bias in layers[:-1]:
        x = jax.nn.relu(x @ kernel + bias)
    kernel, bias = layers[-1]
    return x @ kernel + bias


def cross(layers: JaxLayers, x0: jax.Array) -> jax.Array:
    x = x0
    for kernel, bias in layers:
        x = x0 * (x @ kernel + bias) + x
    return x


def embed(meta_block: JaxLayers, meta: jax.Array) -> jax.Array:
    """The meta embedding `[D]` of one task."""
    return mlp(meta_block, meta).mean(0)


def loss_of(network: JaxNetwork, embedding: jax.Array, inputs: JaxInputs) -> jax.Array:
    """Mean cross-entropy of one task's rows."""
    repeated = jnp.broadcast_to(embedding, (len(inputs.features), len(embedding)))
    x = cross(network.cross, jnp.concatenate([repeated, inputs.features], 1))
    for tower in network.towers:
        x = mlp(tower, x)
    logits = x[:, 0]
    return (jax.nn.softplus(logits) - logits * inputs.label).mean()


def adapt(case: Case, network: JaxNetwork, support: JaxInputs, second: bool) -> JaxLayers:
    """The fast weights of one task."""
    fast = network.meta_block
    for _ in range(case.inner_steps):
        gradients = jax.grad(
            lambda weights: loss_of(network, embed(weights, support.meta), support)
        )(fast)
        gradients = gradients if second else jax.lax.stop_gradient(gradients)
        fast = jax.tree.map(lambda weight, step: weight - case.inner_rate * step, fast, gradients)
    return fast


def outer_loss(case: MetaStepCase) -> Callable[..., jax.Array]:
    """The mean loss of all tasks, as a function of the network and the episodes."""

    def query_loss(network, support, query):
        seen = inputs_of(network.tables, support)
        fast = adapt(case, network, seen, case.order == "second")
        return loss_of(network, embed(fast, seen.meta), inputs_of(network.tables, query))

    return lambda network, support, query: jax.vmap(query_loss, (None, 0, 0))(
        network, support, query
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
        self._network = _on_device(case.network)
        zeros = jax.tree.map(jnp.zeros_like, self._network)
        self._state = zeros, jax.tree.map(jnp.copy, zeros), jnp.zeros(())
        self._episodes = _on_device(case.support), _on_device(case.query)
        self._loss_and_gradients = jax.value_and_grad(outer_loss(case))
        self._step = jax.jit(self._update, donate_argnums=(0, 1))

    def _update(self, network, state, support, query):
        loss, gradients = self._loss_and_gradients(network, support, query)
        return *adam(network, gradients, state), loss

    def gradients(self) -> tuple[float, list[np.ndarray]]:
        loss, gradients = jax.jit(self._loss_and_gradients)(self._network, *self._episodes)
        return float(loss), [np.asarray(each) for each in jax.tree.leaves(gradients)]

    def run(self) -> None:
        self._network, self._state, loss = self._step(self._network, self._state, *self._episodes)
        jax.block_until_ready((self._network, self._state, loss))


class JaxAdaptation:
    def __init__(self, case: AdaptationCase) -> None:
        network = _on_device(case.network)

        def embedding(network, support):
            seen = inputs_of(network.tables, support)
            return embed(adapt(case, network, seen, second=False), seen.meta)

        vectorised = jax.jit(jax.vmap(embedding, (None, 0)))
        support = _on_device(case.support)
        self._embeddings = lambda: vectorised(network, support)

    def run(self) -> np.ndarray:
        return np.asarray(self._embeddings())


def _on_device(tree: Any) -> Any:
    return jax.tree.map(jnp.array, tree)


meta_step = JaxStep
adaptation = JaxAdaptation
