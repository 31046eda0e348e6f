"""A large single-precision matrix product by PyTorch, MKL in its wheels for x86-64."""

import re

import torch
from torch_network import use_threads

__all__ = ["sgemm", "use_threads", "versions"]


def versions() -> dict[str, str]:
    blas = re.search(r"BLAS_INFO=(\w+)", torch.__config__.show())
    return {"torch": torch.__version__, "BLAS": blas[1] if blas else "unknown"}


class SquareProduct:
    """The product of two square matrices of this size."""

    def __init__(self, size: int) -> None:
        self._a, self._b = torch.randn(2, size, size)
        self._c = torch.empty(size, size)

    def run(self) -> None:
        torch.mm(self._a, self._b, out=self._c)


sgemm = SquareProduct
