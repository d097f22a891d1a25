"""The command that serves a distribution from a file."""

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "workbench.local_edge", *arguments]


def test_it_serves_a_distribution_until_it_is_interrupted(
    workshop: Any, sources: Any, origin: Any, tmp_path: Path
) -> None:
    pairs = workshop.associations(("viewer-response", "mark"))
    config = workshop.distribution(1, workshop.behavior(LambdaFunctionAssociations=pairs))
    file = tmp_path / "distribution.json"
    file.write_text(json.dumps({"ETag": "E1", "DistributionConfig": config}))
    code = workshop.zip(sources.mark_response, "mark")
    arguments = command(
        "--distribution",
        str(file),
        "--function",
        f"mark={code}:mark.handler",
        "--origin",
        f"site=http://127.0.0.1:{origin.port}",
        "--port",
        "0",
    )
    with subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().removeprefix("local edge: ").strip()
            with urllib.request.urlopen(url, timeout=10) as response:
                assert response.headers["X-Marked"] == "yes"
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 0


def test_it_says_what_is_wrong_with_a_distribution(workshop: Any, tmp_path: Path) -> None:
    file = tmp_path / "distribution.json"
    file.write_text(json.dumps(workshop.distribution(1, workshop.behavior(TargetOriginId="other"))))
    ended = subprocess.run(
        command("--distribution", str(file)), cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert ended.stderr == "local edge: behavior '*': no origin has the Id 'other'\n"
