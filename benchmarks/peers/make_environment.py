"""Makes the virtual environment of the peers in `.venv` beside this file, unless it is there and up to date."""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
from pathlib import Path

HERE = Path(__file__).parent
ENVIRONMENT = HERE / ".venv"
REQUIREMENTS = HERE / "requirements.txt"

#: Taken from its source archive, without its dependencies: its compiled parts, which MAML does not use,
#: do not build for Python 3.11 and newer.
LEARN2LEARN = "0.2.0"

#: Written last, so that an interrupted run starts over.
STAMP = ENVIRONMENT / "requirements.sha256"


def main() -> None:
    if sys.version_info < (3, 11):
        sys.exit(f"Python {sys.version.split()[0]} is too old for the peers; they need 3.11 or newer")
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes() + Path(__file__).read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    venv.create(ENVIRONMENT, with_pip=True)
    pip("install", "--requirement", str(REQUIREMENTS))
    add_learn2learn()
    STAMP.write_text(wanted)


def python() -> Path:
    """The environment's interpreter."""
    windows = ENVIRONMENT / "Scripts" / "python.exe"
    return windows if windows.exists() else ENVIRONMENT / "bin" / "python"


def pip(*arguments: str) -> None:
    subprocess.run([python(), "-m", "pip", "--quiet", *arguments], check=True)


def add_learn2learn() -> None:
    """Unpacks its modules to `.venv/learn2learn`."""
    package = f"learn2learn-{LEARN2LEARN}"
    with tempfile.TemporaryDirectory() as folder:
        source = ["--no-deps", "--no-binary", "learn2learn", f"learn2learn=={LEARN2LEARN}"]
        pip("download", *source, "--dest", folder)
        with tarfile.open(Path(folder) / f"{package}.tar.gz") as archive:
            archive.extractall(folder, filter="data")
        shutil.copytree(Path(folder) / package / "learn2learn", ENVIRONMENT / "learn2learn")
    (ENVIRONMENT / "learn2learn" / "VERSION").write_text(LEARN2LEARN)


if __name__ == "__main__":
    main()
