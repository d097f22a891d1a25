"""npm packages that tests compare with or ask: installed on first use, pinned, below `build/`."""

import shutil
import subprocess
import tempfile
from pathlib import Path

_BUILD = Path(__file__).parents[1] / "build"


def missing_tool() -> str | None:
    """Which program this machine lacks, with how to get it; None when there is nothing missing."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            return (
                f"these tests need npm packages and found no {program}: install Node.js 18 or later (nodejs.org, or "
                "`apt-get install nodejs npm`) and run them again"
            )
    return None


def install(manifest: Path) -> Path:
    """Install what the package.json `manifest` pins into a folder of `build/` named as its own; that folder."""
    wanted = manifest.read_text()
    installed = _BUILD / manifest.parent.name
    present = installed / "package.json"
    if (installed / "node_modules").is_dir() and present.is_file() and present.read_text() == wanted:
        return installed
    _BUILD.mkdir(exist_ok=True)
    # Installed beside its place and renamed, so that of two test runs at once each finds a whole directory.
    with tempfile.TemporaryDirectory(dir=_BUILD, prefix=f"{manifest.parent.name}-") as directory:
        fresh = Path(directory) / "fresh"
        fresh.mkdir()
        (fresh / "package.json").write_text(wanted)
        command = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]
        finished = subprocess.run(command, cwd=fresh, capture_output=True, text=True, timeout=300)
        if finished.returncode:
            raise RuntimeError(f"`{' '.join(command)}` failed:\n{finished.stdout}{finished.stderr}")
        if installed.exists():
            installed.rename(Path(directory) / "stale")
        fresh.rename(installed)
    return installed
