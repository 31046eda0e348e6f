"""The peer of the benchmark of serving: FastAPI, PyTorch, and meta embeddings in Redis.

    python score_server.py FOLDER PORT REDIS_PORT

The folder is written by benchmarks/serving: `features.json`, `weights.safetensors`, `candidates.safetensors`,
and `embeddings.safetensors`, whose vectors are put into Redis first, one key for each member.
"""

import json
import sys
from pathlib import Path
from typing import Any

import redis
import redis.asyncio
import torch
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from safetensors.torch import load_file

from score_features import CandidateEncoder, read_features
from score_network import GlobalBlock


class ScoreRequest(BaseModel):
    entity: str
    candidates: list[str] | list[dict[str, Any]]


class Body(BaseModel):
    requests: list[ScoreRequest]


class Scores(BaseModel):
    scores: list[float]


class Answer(BaseModel):
    results: list[Scores]


def make_app(folder: Path, redis_port: int) -> FastAPI:
    described = json.loads((folder / "features.json").read_text())
    features = read_features(described["features"])
    encoder = CandidateEncoder(
        folder / "candidates.safetensors", described["candidates"], described["candidate"], features
    )
    block = GlobalBlock(load_file(folder / "weights.safetensors"), features).eval()
    _fill(folder, described["members"], redis_port)
    store = redis.asyncio.Redis(port=redis_port)
    app = FastAPI()

    async def score(request: ScoreRequest) -> Scores:
        # A copy, since a tensor may not share memory that cannot be written to.
        embedding = torch.frombuffer(
            bytearray(await store.get(f"peer:{request.entity}")), dtype=torch.float32
        )
        is_id = isinstance(request.candidates[0], str)
        rows = (encoder.by_id if is_id else encoder.by_features)(request.candidates)
        with torch.inference_mode():
            return Scores.model_construct(scores=block(embedding, rows).tolist())

    @app.post("/v1/score")
    async def answer(body: Body) -> Answer:
        return Answer.model_construct(results=[await score(each) for each in body.requests])

    return app


def _fill(folder: Path, members: list[str], port: int) -> None:
    vectors = load_file(folder / "embeddings.safetensors")["embeddings"].numpy()
    pipeline = redis.Redis(port=port).pipeline(transaction=False)
    for member, vector in zip(members, vectors):
        pipeline.set(f"peer:{member}", vector.tobytes())
    pipeline.execute()


def main() -> None:
    folder, port, redis_port = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    # More threads make products of this size slower; the processes share two cores.
    torch.set_num_threads(1)
    app = make_app(folder, redis_port)
    uvicorn.run(app, port=port, loop="uvloop", http="httptools", access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
