"""The functions of torch_func.py through `torch.compile`."""

import torch

from cases import AdaptationCase, MetaStepCase
from torch_func import FuncAdaptation, FuncStep
from torch_network import use_threads, versions

__all__ = ["adaptation", "meta_step", "use_threads", "versions"]


def meta_step(case: MetaStepCase) -> FuncStep:
    return FuncStep(case, _compiled)


def adaptation(case: AdaptationCase) -> FuncAdaptation:
    return FuncAdaptation(case, _compiled)


def _compiled(function):
    """Whole functions only, for the shapes at hand: what falls back to eager would not be compiled."""
    return torch.compile(function, fullgraph=True, dynamic=False)
