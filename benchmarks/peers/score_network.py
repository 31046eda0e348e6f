"""The global block of the default model in PyTorch, with the weights of an exported bundle.

    logit = bias + <u, v> + w_rate * rate + <w, x> + c + tower(cross([u ; v ; u*v ; x]))

e = [bias ; u] is the meta embedding, v the candidate's factors, x its other features: dense ones as they are,
ids through tables of embeddings. All tables are one here, since they have the same width: one look-up serves all.
"""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from score_features import Feature, Rows


class Part(NamedTuple):
    """Where a feature of x comes from: columns of the dense block, or of the embedded ids."""

    dense: bool
    start: int
    end: int


class GlobalBlock(torch.nn.Module):
    """Scores of the rows of one request."""

    def __init__(self, weights: dict[str, Tensor], features: list[Feature]) -> None:
        super().__init__()
        tables = [weights[f"table/global.{f.name}"] for f in features if f.is_ids]
        self.tables = torch.cat(tables)
        self.dim = self.tables.shape[1]
        self.offsets = _offsets(features, tables)
        self.parts = _parts(features, self.dim)
        self.singles = sum(f.is_ids and f.width == 1 for f in features)
        self.cross = _layers(weights, "global/tower/cross")
        self.deep = _layers(weights, "global/tower/deep")
        self.linear = _dense(weights, "global/linear")
        self.rate = weights["global/rate"]

    def forward(self, embedding: Tensor, rows: Rows) -> Tensor:
        x = self.features(rows)
        bias, u = embedding[0], embedding[1:].expand_as(rows.factors)
        v = rows.factors
        logit = bias + (u * v).sum(-1) + rows.rate * self.rate + F.linear(x, *self.linear)[:, 0]
        z = torch.cat([u, v, u * v, x], -1)
        return torch.sigmoid(logit + self.tower(z)[:, 0])

    def features(self, rows: Rows) -> Tensor:
        """x, its features in the order of the schema."""
        embedded = F.embedding(rows.ids + self.offsets, self.tables)
        single = embedded[:, : self.singles].flatten(1)
        lists = self.means(embedded[:, self.singles :], rows.ids[:, self.singles :])
        blocks = {True: rows.dense, False: torch.cat([single, *lists], -1)}
        return torch.cat([blocks[dense][:, start:end] for dense, start, end in self.parts], -1)

    def means(self, embedded: Tensor, ids: Tensor) -> list[Tensor]:
        """The mean of each list over what is no padding."""
        real = (ids > 0).to(embedded.dtype).unsqueeze(-1)
        return [(embedded * real).sum(1) / real.sum(1).clamp(min=1)] if ids.shape[1] else []

    def tower(self, z: Tensor) -> Tensor:
        hidden = z
        for weight, bias in self.cross:
            hidden = z * F.linear(hidden, weight, bias) + hidden
        for weight, bias in self.deep[:-1]:
            hidden = F.relu(F.linear(hidden, weight, bias))
        return F.linear(hidden, *self.deep[-1])


def _offsets(features: list[Feature], tables: list[Tensor]) -> Tensor:
    """What to add to each column of ids, single ones first, to find its row in the joint table."""
    starts, start = {}, 0
    for feature, table in zip((f for f in features if f.is_ids), tables):
        starts[feature.name] = start
        start += len(table)
    ordered = sorted((f for f in features if f.is_ids), key=lambda f: f.width > 1)
    return torch.tensor([starts[f.name] for f in ordered for _ in range(f.width)])


def _parts(features: list[Feature], dim: int) -> list[Part]:
    parts, dense = [], 0
    order = sorted((f.name for f in features if f.is_ids), key=lambda n: _width(features, n) > 1)
    for feature in features:
        if feature.is_ids:
            at = order.index(feature.name) * dim
            parts.append(Part(False, at, at + dim))
        else:
            parts.append(Part(True, dense, dense + feature.width))
            dense += feature.width
    return parts


def _width(features: list[Feature], name: str) -> int:
    return next(f.width for f in features if f.name == name)


def _layers(weights: dict[str, Tensor], block: str) -> list[tuple[Tensor, Tensor]]:
    count = sum(n.startswith(f"{block}/layers/") and n.endswith("/kernel") for n in weights)
    return [_dense(weights, f"{block}/layers/{i}") for i in range(count)]


def _dense(weights: dict[str, Tensor], layer: str) -> tuple[Tensor, Tensor]:
    return weights[f"{layer}/kernel"].T.contiguous(), weights[f"{layer}/bias"]
