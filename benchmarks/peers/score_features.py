"""Encodes candidates for the network: raw features of a request, or rows of a feature table by their ids."""

import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from safetensors.numpy import load_file
from torch import Tensor

UNSEEN = 1


class Feature(NamedTuple):
    """A feature of x, as it was fitted in training. Those of the candidate's statistics have no key."""

    name: str
    #: Field of a candidate's raw features.
    key: str | None
    #: Numbers in a row.
    width: int
    #: Ids by value; None for a dense feature.
    ids: dict[str, int] | None
    mean: float = 0.0
    scale: float = 1.0
    log: bool = False

    @property
    def is_ids(self) -> bool:
        return self.ids is not None


class Rows(NamedTuple):
    """Encoded candidates of a request."""

    #: Ids, single ones first, then those of lists, `[N, columns]`.
    ids: Tensor
    #: Dense features of x, `[N, columns]`.
    dense: Tensor
    #: v, `[N, M]`.
    factors: Tensor
    #: The candidate's rate, `[N]`.
    rate: Tensor


def read_features(description: list[dict[str, Any]]) -> list[Feature]:
    return [
        Feature(
            **{key: value for key, value in feature.items() if key != "values"},
            ids=_ids(feature["values"]),
        )
        for feature in description
    ]


def _ids(values: list[str] | None) -> dict[str, int] | None:
    """The k-th value has the id k + 2; 0 is padding."""
    return None if values is None else {value: at + 2 for at, value in enumerate(values)}


class CandidateEncoder:
    """Encodes the candidates of a request."""

    def __init__(self, file: Path, ids: list[str], candidate: str, features: list[Feature]) -> None:
        self._candidate = candidate
        self._positions = {value: at for at, value in enumerate(ids)}
        self._singles = [f for f in features if f.is_ids and f.width == 1]
        self._lists = [f for f in features if f.is_ids and f.width > 1]
        self._dense = [f for f in features if not f.is_ids]
        self._raw = [f for f in self._dense if f.key is not None]
        columns = load_file(file)
        ids_of = [columns[f.name].reshape(len(ids), -1) for f in (*self._singles, *self._lists)]
        dense_of = [columns[f.name].reshape(len(ids), -1) for f in self._dense]
        self._table = Rows(
            ids=torch.from_numpy(np.concatenate(ids_of, 1).astype(np.int64)),
            dense=torch.from_numpy(np.concatenate(dense_of, 1)),
            factors=torch.from_numpy(columns["row.factors"]),
            rate=torch.from_numpy(columns["row.like_rate"].reshape(-1)),
        )
        self._raw_at = [self._dense.index(f) for f in self._raw]

    def by_id(self, candidates: list[str]) -> Rows:
        """Candidates whose features are in the table."""
        at = self._at(candidates)
        return Rows(*(column[at] for column in self._table))

    def by_features(self, candidates: list[dict[str, Any]]) -> Rows:
        """Candidates with raw features; their statistics are in the table."""
        at = self._at([candidate[self._candidate] for candidate in candidates])
        dense = self._table.dense[at]
        dense[:, self._raw_at] = torch.tensor([self._numbers(each) for each in candidates])
        ids = torch.tensor([self._row_ids(each) for each in candidates])
        return Rows(ids, dense, self._table.factors[at], self._table.rate[at])

    def _at(self, ids: list[str]) -> Tensor:
        return torch.tensor([self._positions[value] for value in ids])

    def _numbers(self, candidate: dict[str, Any]) -> list[float]:
        return [_scaled(f, candidate[f.key]) for f in self._raw]

    def _row_ids(self, candidate: dict[str, Any]) -> list[int]:
        row = [f.ids.get(candidate[f.key], UNSEEN) for f in self._singles]
        for f in self._lists:
            known = [f.ids.get(value, UNSEEN) for value in candidate[f.key][-f.width :]]
            row += known + [0] * (f.width - len(known))
        return row


def _scaled(feature: Feature, value: float) -> float:
    return ((math.log1p(value) if feature.log else value) - feature.mean) / feature.scale
