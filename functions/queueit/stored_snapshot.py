"""A snapshot in its stored form: zlib over JSON lines, named by the SHA-256 of its bytes.

The first line has everything but the integrations: the snapshot document with `integration_config` less its
`Integrations`, the version of the `compiler`, and of each integration the texts that rule it out (`texts`, and
`own_domain_texts` where those are others; see `required_texts`). Then follows a line for each integration, as the
platform wrote it. A snapshot holds no key: those are with the pointer, see `table_items`.

Who publishes has compiled all of it with the edge's own code. So an edge with that same code checks the digest alone,
and parses and compiles an integration the first time that one is a candidate: it costs little to load however many
there are.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256

from queueit import __version__
from queueit.candidates import Candidates
from queueit.errors import IntegrationUnusable, InvalidSnapshot, UnknownSnapshotFormat
from queueit.integration import Integration, compile_integration
from queueit.settings import parse_settings
from queueit.snapshot import FORMAT, Snapshot, assemble, compile_snapshot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final, overload

COMPILER: Final = __version__
"""The version of the code that compiles and matches, whose answer to a snapshot another version cannot know."""

MAX_TEXT_BYTES: Final = 8_000_000
"""Of the lines, uncompressed: what an edge of 128 MB takes while the snapshot before is in use."""


def _line(document: object) -> bytes:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def pack(document: Mapping[str, Any]) -> tuple[str, bytes]:
    """The stored form of a snapshot document that has been checked; see `queueit.snapshot.compile_snapshot`.

    The SHA-256 of the stored bytes in lower-case hex digits, and those bytes.
    """
    from queueit.required_texts import required_texts

    config = dict(document["integration_config"])
    integrations = config.pop("Integrations")
    texts = required_texts(integrations)
    header = {**document, "compiler": COMPILER, "integration_config": config}
    header["texts"] = [one.as_sent for one in texts]
    if any(one.own_domain != one.as_sent for one in texts):
        header["own_domain_texts"] = [one.own_domain for one in texts]
    body = zlib.compress(b"\n".join(map(_line, [header, *integrations])), 9)
    return sha256(body).hexdigest(), body


def _lines(digest: str, body: bytes) -> list[bytes]:
    """The lines in `body`. Raises InvalidSnapshot for other bytes than those of the digest."""
    if sha256(body).hexdigest() != digest:
        raise InvalidSnapshot("the stored bytes are not those of their digest")
    try:
        decompressor = zlib.decompressobj()
        text = decompressor.decompress(body, MAX_TEXT_BYTES)
    except zlib.error:
        raise InvalidSnapshot("the stored bytes are not zlib-compressed") from None
    if not decompressor.eof:
        raise InvalidSnapshot(f"the stored bytes are cut, or have more than {MAX_TEXT_BYTES} uncompressed")
    return text.split(b"\n")


def _header(line: bytes) -> dict[str, Any]:
    try:
        header = json.loads(line)
    except ValueError:
        header = None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        found = header.get("format") if isinstance(header, dict) else None
        raise UnknownSnapshotFormat(f"snapshot format {found!r:.20} is not {FORMAT}")
    return header


def _document(header: dict[str, Any], lines: list[bytes]) -> dict[str, Any]:
    document = {name: value for name, value in header.items() if name not in ("texts", "own_domain_texts")}
    config = {**header["integration_config"], "Integrations": [json.loads(line) for line in lines]}
    return {**document, "integration_config": config}


def unpack(digest: str, body: bytes) -> dict[str, Any]:
    """The snapshot document in stored bytes, with the version of the `compiler` that published it.

    Raises InvalidSnapshot.
    """
    first, *rest = _lines(digest, body)
    return _document(_header(first), rest)


class LazyIntegrations(Sequence[Integration]):
    """Integrations of which each is parsed and compiled the first time it is asked for.

    Raises IntegrationUnusable then, each time, for one that cannot be: whoever asked may not take it as not matching.
    """

    def __init__(self, lines: list[bytes], compile: Callable[[dict[str, Any]], Integration]) -> None:
        self._found: list[Integration | bytes] = list(lines)
        self._compile = compile

    def __len__(self) -> int:
        return len(self._found)

    if TYPE_CHECKING:

        @overload
        def __getitem__(self, place: int) -> Integration: ...
        @overload
        def __getitem__(self, place: slice) -> tuple[Integration, ...]: ...

    def __getitem__(self, place: int | slice) -> Integration | tuple[Integration, ...]:
        if isinstance(place, slice):
            return tuple([self[one] for one in range(len(self))[place]])
        found = self._found[place]
        if isinstance(found, bytes):
            try:
                found = self._found[place] = self._compile(json.loads(found))
            except Exception as error:
                raise IntegrationUnusable(
                    f"integration {place + 1} cannot be compiled: {type(error).__name__}"
                ) from error
        return found


def load(digest: str, body: bytes, keys: Mapping[str, str]) -> Snapshot:
    """The snapshot in stored bytes, with the account's `keys`, ready for requests.

    What was published by other code than this is checked and compiled whole. Raises QueueitError when it is not what
    its digest says, or cannot be used.
    """
    first, *rest = _lines(digest, body)
    header = _header(first)
    if header["compiler"] != COMPILER:
        return compile_snapshot(_document(header, rest), keys)
    customer_id, version = header["customer_id"], header["integration_config"]["Version"]
    settings = parse_settings(header["settings"], strict=False)
    candidates = Candidates(header["texts"])
    own_domain_texts = header.get("own_domain_texts")
    integrations = LazyIntegrations(
        rest,
        lambda document: compile_integration(
            document, version=version, customer_id=customer_id, settings=settings
        ),
    )
    for text, place in candidates.texts:
        if not text:
            # Every request asks for it: here an error still refuses the snapshot.
            integrations[place]
    return assemble(
        integrations,
        candidates,
        candidates if own_domain_texts is None else Candidates(own_domain_texts),
        customer_id=customer_id,
        settings=settings,
        version=version,
        published_at=header["published_at"],
        keys=keys,
    )
