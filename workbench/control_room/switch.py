"""What a button of the control room does."""

from typing import NamedTuple


class Switch(NamedTuple):
    """Its name in addresses and options, its title on the page, and what it does; one not `lasting` has no state."""

    name: str
    title: str
    text: str
    lasting: bool = True
