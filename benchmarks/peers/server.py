"""One peer in one process: commands as lines of JSON on standard input, an answer for each on standard output.

    {"command": "describe"}                            -> {"versions": {...}, "threads": 1}
    {"command": "load", "file": "x.safetensors"}       -> {"differences": {"loss": 1e-7, ...}}
    {"command": "load", "sgemm": 2048}                 -> {"differences": {}}
    {"command": "run", "milliseconds": 100}            -> {"calls": 7, "wall": 15.1, "processor": 15.0}
    {"command": "unload"}                              -> {}

Times are milliseconds per call. What fails answers {"error": "...", "kind": "Mismatch"}; the process goes on.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any, TextIO

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


class Server:
    """Holds what was loaded last, and times it."""

    def __init__(self, peer: Any, threads: int) -> None:
        self._peer, self._threads = peer, threads
        self._loaded: Any = None

    def answer(self, message: dict[str, Any]) -> dict[str, Any]:
        commands = {
            "describe": self.describe,
            "load": self.load,
            "run": self.run,
            "unload": self.unload,
        }
        return commands[message.pop("command")](**message)

    def describe(self) -> dict[str, Any]:
        return {"versions": self._peer.versions(), "threads": self._threads}

    def load(self, file: str | None = None, sgemm: int | None = None) -> dict[str, Any]:
        """Prepares a case, checks it, and runs it once, so that what compiles has compiled."""
        self.unload()
        loaded, differences = self._checked(Path(file)) if file else (self._peer.sgemm(sgemm), {})
        loaded.run()
        self._loaded = loaded
        return {"differences": differences}

    def _checked(self, file: Path) -> tuple[Any, dict[str, float]]:
        # Imported late: NumPy reads the number of threads from the environment.
        from cases import MetaStepCase, read_case
        from check import check_adaptation, check_meta_step

        case = read_case(file)
        if isinstance(case, MetaStepCase):
            step = self._peer.meta_step(case)
            return step, check_meta_step(step, case)
        adaptation = self._peer.adaptation(case)
        return adaptation, check_adaptation(adaptation, case)

    def run(self, milliseconds: float) -> dict[str, float]:
        """Calls until the time is over, once at least."""
        calls = 0
        wall, processor = time.perf_counter(), time.process_time()
        while calls == 0 or time.perf_counter() - wall < milliseconds / 1000:
            self._loaded.run()
            calls += 1
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        return {"calls": calls, "wall": 1000 * wall / calls, "processor": 1000 * processor / calls}

    def unload(self) -> dict[str, Any]:
        self._loaded = None
        return {}


def serve(server: Server, answers: TextIO) -> None:
    """Answers every line until there are no more."""
    for line in sys.stdin:
        try:
            answer = server.answer(json.loads(line))
        except Exception as error:  # Whatever a framework raises is an answer, too.
            answer = {"error": str(error).split("\n")[0], "kind": type(error).__name__}
        print(json.dumps(answer), file=answers, flush=True)


def main() -> None:
    arguments = _arguments()
    for variable in THREADS:
        os.environ[variable] = str(arguments.threads)
    # Frameworks print; only answers go to standard output.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    from peer import load

    peer = load(arguments.peer)
    peer.use_threads(arguments.threads)
    serve(Server(peer, arguments.threads), answers)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Runs one peer; see the head of this file.")
    parser.add_argument("peer", help="a name from peer.py")
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
