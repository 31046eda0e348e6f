"""A large single-precision matrix product by NumPy's BLAS, OpenBLAS in its wheels."""

import numpy as np


def versions() -> dict[str, str]:
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return {"numpy": np.__version__, blas["name"]: blas["version"]}


def use_threads(threads: int) -> None:
    """OpenBLAS takes it from the environment."""


class SquareProduct:
    """The product of two square matrices of this size."""

    def __init__(self, size: int) -> None:
        generator = np.random.default_rng(1)
        self._a, self._b = generator.standard_normal((2, size, size), dtype=np.float32)
        self._c = np.empty((size, size), np.float32)

    def run(self) -> None:
        np.matmul(self._a, self._b, out=self._c)


sgemm = SquareProduct
