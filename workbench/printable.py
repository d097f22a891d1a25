"""Text from elsewhere, made safe to show: nothing in it moves the cursor, ends the line or hides what follows."""


def _is_shown(character: str) -> bool:
    return character == " " or (character.isprintable() and not character.isspace())


def printable(text: str) -> str:
    """`text` with control, formatting and surrogate characters as escapes such as `\\x1b`."""
    if text.isprintable():
        return text
    return "".join(
        [one if _is_shown(one) else one.encode("unicode_escape", "surrogatepass").decode() for one in text]
    )


def printable_lines(text: str) -> str:
    """`printable` for a text of several lines, which stay lines."""
    return "\n".join([printable(line) for line in text.split("\n")])
