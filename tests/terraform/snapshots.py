"""What plans say, kept in snapshots/*.json: `python -m tests.terraform.snapshots` plans anew and writes them.

A snapshot is a subset: each resource of the module with the values that are known, set and of interest. A plan may say
more than its snapshot, but has no other resources and no other values for what the snapshot has. The distribution is
the example's own, whose text says the same.
"""

import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.terraform.aws import Aws
from tests.terraform.stacks import PLANNED, workspace
from tests.terraform.workspace import Plan, missing_terraform

COMMAND = "python -m tests.terraform.snapshots"

_DIRECTORY = Path(__file__).with_name("snapshots")
_JSON_TEXTS = {"input", "QUEUEIT_SETTINGS"}
# Digests change with each build of the zips; test_permissions.py has all of the policies and the tags.
_LEFT_OUT = {"source_code_hash", "triggers", "tags_all", "tags", "policy", "assume_role_policy"}
_RANDOM = re.compile(r"(?<=:secret:queue-it-)[A-Za-z0-9]{6}")


def read(name: str) -> dict[str, Any]:
    """The snapshot of a stack's plan: values by address of the resource."""
    document: dict[str, Any] = json.loads((_DIRECTORY / f"{name}.json").read_text(encoding="utf-8"))
    return document


def of(plan: Plan) -> dict[str, Any]:
    """What a snapshot of this plan holds."""
    document = json.loads(_RANDOM.sub("AbCdEf", json.dumps(plan.document)))
    return {
        change["address"]: _telling(change["change"]["after"])
        for change in document["resource_changes"]
        if change["mode"] == "managed"
        and change["type"] != "aws_cloudfront_distribution"
        and change["change"]["after"] is not None
    }


def differences(expected: Any, planned: Any, where: str = "") -> list[str]:
    """Where the plan has not what the snapshot has, in words."""
    if isinstance(expected, dict) and isinstance(planned, dict):
        return [
            problem
            for name in expected
            for problem in (
                differences(expected[name], planned[name], f"{where} {name}")
                if name in planned
                else [f"{where} {name}: the plan has none; the snapshot has {json.dumps(expected[name])}"]
            )
        ]
    if isinstance(expected, list) and isinstance(planned, list) and len(expected) == len(planned):
        pairs = enumerate(zip(expected, planned, strict=True))
        return [problem for place, pair in pairs for problem in differences(*pair, f"{where} [{place}]")]
    if expected == planned:
        return []
    return [f"{where}: the plan has {json.dumps(planned)}; the snapshot has {json.dumps(expected)}"]


def _telling(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: _telling(json.loads(item) if name in _JSON_TEXTS else item)
            for name, item in value.items()
            if name not in _LEFT_OUT and item not in (None, "", [], {})
        }
    return [_telling(item) for item in value] if isinstance(value, list) else value


def main() -> int:
    """Plan every stack and write its snapshot; returns the exit status."""
    if missing := missing_terraform():
        print(missing, file=sys.stderr)
        return 2
    with Aws({"any": "http://127.0.0.1:9"}) as aws, tempfile.TemporaryDirectory() as directory:
        for name in PLANNED:
            place = workspace(name, Path(directory, name), aws)
            place.init()
            text = json.dumps(of(place.plan()), indent=2, sort_keys=True, ensure_ascii=False)
            _DIRECTORY.mkdir(exist_ok=True)
            (_DIRECTORY / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")
            print(f"{name}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
