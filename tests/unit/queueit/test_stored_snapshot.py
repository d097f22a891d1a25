"""The stored form of a snapshot: what goes in comes out, and nothing is compiled before it is asked for."""

import json
import zlib
from hashlib import sha256
from typing import Any

import pytest

from queueit.errors import IntegrationUnusable, InvalidSnapshot, QueueitError
from queueit.snapshot import compile_snapshot
from queueit.stored_snapshot import COMPILER, load, pack, unpack
from tests.builders import SECRET_KEY, queue_integration, snapshot_document, url_part

KEYS = {"secret_key": SECRET_KEY}


def lines(body: bytes) -> list[Any]:
    return [json.loads(line) for line in zlib.decompress(body).split(b"\n")]


def stored(*documents: Any) -> tuple[str, bytes]:
    """Lines under their right digest."""
    body = zlib.compress("\n".join(map(json.dumps, documents)).encode())
    return sha256(body).hexdigest(), body


def several() -> Any:
    """A document of three integrations, the last of which no text rules out."""
    return snapshot_document(
        queue_integration(),
        queue_integration(url_part("shop.example.com", UrlPart="HostName"), Name="Host"),
        queue_integration(Name="Always", Triggers=[{"TriggerParts": []}]),
    )


def test_a_document_comes_back_as_it_went_in() -> None:
    document = several()

    assert unpack(*pack(document)) == document
    assert pack(unpack(*pack(document))) == pack(document)


@pytest.mark.parametrize("text", ["\n", "\u2028", "ü🎟", "\ud800", "\x00", '"\\'])
def test_any_text_of_the_platform_survives(text: str) -> None:
    document = snapshot_document(queue_integration(Name=text))

    assert unpack(*pack(document)) == document
    assert load(*pack(document), KEYS).integrations[0].name == text


def test_the_first_line_has_everything_but_the_integrations_and_says_what_rules_them_out() -> None:
    document = several()
    first, *rest = lines(pack(document)[1])

    assert rest == document["integration_config"].pop("Integrations")
    assert first == {
        **document,
        "compiler": COMPILER,
        "texts": [["/TICKETS"], ["SHOP.EXAMPLE.COM"], []],
        "own_domain_texts": [["/TICKETS"], [], []],
    }


def test_texts_that_also_hold_on_the_own_domain_are_stored_once() -> None:
    assert "own_domain_texts" not in lines(pack(snapshot_document())[1])[0]


def test_what_is_loaded_is_what_would_be_compiled() -> None:
    document = several()
    loaded, compiled = load(*pack(document), KEYS), compile_snapshot(document, KEYS)

    assert loaded.candidates.texts == compiled.candidates.texts == (
        ("/TICKETS", 0),
        ("SHOP.EXAMPLE.COM", 1),
        ("", 2),
    )  # fmt: skip
    own_domain = (("/TICKETS", 0), ("", 1), ("", 2))
    assert loaded.own_domain_candidates.texts == compiled.own_domain_candidates.texts == own_domain
    assert loaded.settings == compiled.settings
    assert (loaded.version, loaded.published_at) == (compiled.version, compiled.published_at)
    for one, other in zip(loaded.integrations, compiled.integrations, strict=True):
        assert one._replace(matches=other.matches, matches_under=other.matches_under) == other


def test_an_integration_is_compiled_when_it_is_asked_for_and_once() -> None:
    loaded = load(*pack(snapshot_document()), KEYS)

    assert len(loaded.integrations) == 1
    assert loaded.integrations[0] is loaded.integrations[0]
    assert loaded.integrations[-1] is loaded.integrations[0]
    assert loaded.integrations[:] == (loaded.integrations[0],)


def test_one_that_cannot_be_compiled_raises_each_time_it_is_asked_for() -> None:
    header = lines(pack(snapshot_document())[1])[0]
    loaded = load(*stored(header, {"Triggers": 5}), KEYS)

    for _ in range(2):
        with pytest.raises(IntegrationUnusable, match="integration 1 cannot be compiled: TypeError"):
            loaded.integrations[0]


def test_one_that_every_request_asks_for_is_compiled_at_loading() -> None:
    header = lines(pack(snapshot_document())[1])[0] | {"texts": [[]]}

    with pytest.raises(IntegrationUnusable):
        load(*stored(header, {"Triggers": 5}), KEYS)


def test_what_other_code_has_published_is_checked_and_compiled_whole() -> None:
    header = lines(pack(snapshot_document())[1])[0] | {"compiler": "another", "texts": [["/NONSENSE"]]}
    loaded = load(*stored(header, queue_integration()), KEYS)

    assert loaded.candidates.texts == (("/TICKETS", 0),)
    with pytest.raises(QueueitError, match="EventId is missing"):
        load(*stored(header, {"ActionType": "Queue"}), KEYS)


@pytest.mark.parametrize(
    ("digest", "body", "message"),
    [
        ("ab" * 32, b"", "not those of their digest"),
        (sha256(b"raw").hexdigest(), b"raw", "not zlib-compressed"),
        (*stored([]), "format None is not 1"),
        (*stored({"format": 2}), "format 2 is not 1"),
    ],
)
def test_other_bytes_are_refused_with_a_reason(digest: str, body: bytes, message: str) -> None:
    for read in (lambda: unpack(digest, body), lambda: load(digest, body, KEYS)):
        with pytest.raises(InvalidSnapshot, match=message):
            read()


def test_no_key_is_in_the_stored_bytes() -> None:
    assert SECRET_KEY.encode() not in zlib.decompress(pack(snapshot_document())[1])
