"""The same visits and the same oracle under atheris (libFuzzer), which chooses bytes by what they reach of the edge.

Imported before the edge, whose modules it instruments. Needs `atheris`, which has wheels for some machines alone.
"""

import os
import struct
import sys
import time
from functools import lru_cache
from random import Random
from typing import NoReturn

import atheris

with atheris.instrument_imports(include=["queueit", "edge"]):
    from tests.fuzz.campaign import Campaign
    from tests.fuzz.worlds import World, world

_WORLDS = 1 << 10


def fuzz(seed: int, seconds: float) -> NoReturn:
    """Judge visits until the time is up, print the figures and end the process: 0 without a finding, 1 with one."""
    campaign, end = Campaign(seed), time.monotonic() + seconds

    @lru_cache(maxsize=_WORLDS)
    def made(place: int) -> tuple[World, list[int]]:
        return world((), Random(f"{seed} {place}"))

    def judge(data: bytes) -> None:
        if time.monotonic() > end:
            print(campaign.figures.report(), flush=True)
            os._exit(bool(campaign.figures.findings))  # libFuzzer ends by a crash alone
        choices = struct.unpack(f"<{len(data) // 2}H", data[: len(data) // 2 * 2])
        place, given = (choices[0] % _WORLDS, choices[1:]) if choices else (0, ())
        campaign.judge(*made(place), given)

    atheris.Setup([sys.argv[0], f"-seed={seed % 2**31}", "-max_len=512", "-verbosity=0"], judge)
    atheris.Fuzz()
    raise AssertionError("atheris ends the process itself")
