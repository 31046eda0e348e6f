"""Runs ONNX models on given feeds: cases as JSON on standard input, their outputs on standard output.

    [{"file": "score.onnx", "feeds": {"row.salary": {"dtype": "float32", "shape": [1, 2], "data": [0.5, 1]}}}]
    -> [{"logits": {"dtype": "float32", "shape": [1, 2], "data": [0.1, 0.2]}}]

A test of the package `serving` compares them with what onnxruntime-node gives.
"""

import json
import sys
from typing import Any

import numpy as np
import onnxruntime


def run(case: dict[str, Any]) -> dict[str, Any]:
    session = onnxruntime.InferenceSession(case["file"], providers=["CPUExecutionProvider"])
    feeds = {name: _array(tensor) for name, tensor in case["feeds"].items()}
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, map(_plain, session.run(names, feeds))))


def _array(tensor: dict[str, Any]) -> np.ndarray:
    return np.array(tensor["data"], dtype=tensor["dtype"]).reshape(tensor["shape"])


def _plain(array: np.ndarray) -> dict[str, Any]:
    return {"dtype": str(array.dtype), "shape": array.shape, "data": array.ravel().tolist()}


if __name__ == "__main__":
    json.dump([run(case) for case in json.load(sys.stdin)], sys.stdout)
