"""A sample waiting room that behaves as the Queue-it platform does (protocol sections 2, 3 and 6).

It keeps everything in memory, serves one account, and is for an engineer's machine only.
"""

from workbench.sample_waiting_room.app import create_app
from workbench.sample_waiting_room.asked_services import AskedServices
from workbench.sample_waiting_room.publication import Publication
from workbench.sample_waiting_room.waiting_line import Mode, WaitingLines
from workbench.sample_waiting_room.waiting_room import Account, WaitingRoom

__all__ = ["Account", "AskedServices", "Mode", "Publication", "WaitingLines", "WaitingRoom", "create_app"]
