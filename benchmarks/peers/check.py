"""Whether a peer computes what the exported case holds."""

from collections.abc import Sequence

import numpy as np

from cases import AdaptationCase, MetaStepCase
from peer import Adaptation, MetaStep

#: Largest relative difference of single-precision results that were computed in another order.
TOLERANCE = 1e-4

#: The same for all gradients as one vector. It is wider: where rounding takes the input of a relu to the
#: other side of zero, its gradient jumps, and a large batch has millions of them. A wrong formula is
#: wrong by far more.
GRADIENT_TOLERANCE = 1e-3


class Mismatch(Exception):
    """A peer's results differ from the exported ones, so its times would mean nothing."""


def check_meta_step(step: MetaStep, case: MetaStepCase) -> dict[str, float]:
    """Compares loss, gradient norm and gradients. Raises Mismatch beyond the tolerance."""
    loss, gradients = step.gradients()
    return _require_small(
        {
            "loss": abs(loss - case.loss) / abs(case.loss),
            "gradient norm": abs(_norm(gradients) / _norm(case.gradients) - 1),
            "gradients": _difference(gradients, case.gradients),
        }
    )


def check_adaptation(adaptation: Adaptation, case: AdaptationCase) -> dict[str, float]:
    """Compares the meta embeddings. Raises Mismatch beyond the tolerance."""
    return _require_small({"embeddings": _difference([adaptation.run()], [case.embedding])})


def _require_small(differences: dict[str, float]) -> dict[str, float]:
    for name, difference in differences.items():
        allowed = GRADIENT_TOLERANCE if name == "gradients" else TOLERANCE
        # Written so that NaN is a mismatch as well.
        if not difference <= allowed:
            raise Mismatch(
                f"{name}: differs by {difference:.1e} of its size; at most {allowed} is allowed"
            )
    return differences


def _norm(arrays: Sequence[np.ndarray]) -> float:
    return float(np.sqrt(sum(np.sum(np.square(array, dtype=np.float64)) for array in arrays)))


def _difference(arrays: Sequence[np.ndarray], expected: Sequence[np.ndarray]) -> float:
    pairs = zip(arrays, expected, strict=True)
    return _norm([array - other for array, other in pairs]) / _norm(expected)
