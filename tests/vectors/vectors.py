"""Read the vectors, and run them through the engine and the two functions: standard library and `functions/` alone.

`python tests/vectors/vectors.py` checks them with any Python from 3.11 on, without anything installed; with the
directory that holds `edge` and `queueit`, or what is in edge.zip, as its argument, that code.
"""

import json
import sys
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    _ROOT = Path(__file__).resolve().parents[2]
    sys.path[:0] = [str(_ROOT), *(sys.argv[1:] or [str(_ROOT / "functions")])]
    import edge  # noqa: F401  # where it was deployed, this says where queueit is

from queueit.enqueue_token import enqueue_key, enqueue_token
from queueit.url_normalization import normalize_url
from tests.conformance.case_generator import Case, Group, Services
from tests.conformance.outcome import (
    INTERNAL_HEADERS,
    OUR_VERSION,
    PLATFORM_VERSION,
    Outcome,
    compile_group,
    copied,
    our_outcome,
)

FILE = Path(__file__).parent / "v1.json"
FORMAT = 1
PLACEHOLDERS = (("{connector}", OUR_VERSION), ("{platform}", PLATFORM_VERSION))


def with_placeholders(text: str) -> str:
    """`text` with placeholders for what names this connector and its version."""
    for placeholder, value in PLACEHOLDERS:
        text = text.replace(value, placeholder)
    return text


def case_of(vector: dict[str, Any]) -> Case:
    """The case that a vector describes."""
    return Case(vector["event"], vector["now"], Services(**vector["services"]))


def group_of(group: dict[str, Any]) -> Group:
    """The group of cases that share an account, a configuration and settings."""
    cases = [case_of(vector) for vector in group["cases"]]
    config, settings = group["integration_config"], group["settings"]
    previous = group["previous_secret_key"]
    return Group(config, group["customer_id"], group["secret_key"], cases, settings, previous)


def expected_document(outcome: Outcome, case: Case) -> dict[str, Any]:
    """An outcome as a vector writes it; raises ValueError where the request changed otherwise than it can say."""
    document = json.loads(with_placeholders(json.dumps(outcome._asdict())))
    request = document.pop("request")
    if request is None:
        return {**document, "querystring": None}
    querystring = request["querystring"]
    before = copied(case.event["Records"][0]["cf"]["request"])
    for name in INTERNAL_HEADERS:
        before["headers"].pop(name, None)
    if {**before, "querystring": querystring} != request:
        raise ValueError("the request that goes on differs in more than its query string")
    return {**document, "querystring": querystring}


def load(file: Path = FILE) -> dict[str, Any]:
    """The vectors; raises ValueError for a format that this code does not know."""
    document: dict[str, Any] = json.loads(file.read_text("ascii"))
    if document["format"] != FORMAT:
        raise ValueError(f"the vectors are of format {document['format']}, known here is {FORMAT}")
    return document


def failures(document: dict[str, Any]) -> list[str]:
    """One line for each vector that our code does not fulfil."""
    found = []
    for group in document["decisions"]:
        snapshot = compile_group(group_of(group), {})
        for vector in group["cases"]:
            case = case_of(vector)
            ours = expected_document(our_outcome(snapshot, case), case)
            if ours != vector["expected"]:
                found.append(f"decision {vector['name']}: got {ours}, expected {vector['expected']}")
    for url, expected in document["normalized_urls"]:
        if (normalized := normalize_url(url)) != expected:
            found.append(f"normalized URL {url!a}: got {normalized!a}, expected {expected!a}")
    for vector in document["enqueue_tokens"]:
        fields = {**vector["fields"]}
        signing = enqueue_key(fields.pop("secret_key").encode())
        if (token := enqueue_token(signing=signing, **fields)) != vector["token"]:
            found.append(f"enqueue token {vector['fields']}: got {token}, expected {vector['token']}")
    return found


def count(document: dict[str, Any]) -> int:
    """How many vectors there are."""
    decisions = sum(len(group["cases"]) for group in document["decisions"])
    return decisions + len(document["normalized_urls"]) + len(document["enqueue_tokens"])


def main() -> int:
    """The exit status: 0 when every vector is fulfilled."""
    document = load()
    found = failures(document)
    print(*found, sep="\n", end="\n" if found else "")
    print(f"{count(document)} vectors, {len(found)} not fulfilled, Python {sys.version.split()[0]}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
