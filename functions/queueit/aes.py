"""AES-256 in CBC mode with PKCS#7 padding, in plain Python (FIPS 197, SP 800-38A); it only encrypts.

For texts of a few dozen bytes, where no other implementation is at hand. A state is 16 bytes; whatever is done to
each byte alike is a `bytes.translate` through a table of 256 bytes, so there is no code of ours per byte.
"""

from functools import lru_cache
from operator import itemgetter
from typing import Final

BLOCK_BYTES: Final = 16
KEY_BYTES: Final = 32
_ROUNDS: Final = 14
_KEY_WORDS: Final = KEY_BYTES // 4


def _doubled(element: int) -> int:
    """`element` of GF(2^8) times x (FIPS 197, section 4.2)."""
    return element << 1 ^ (0x11B if element & 0x80 else 0)


def _substitution() -> bytes:
    """The S-box: the inverse in GF(2^8), then an affine map (FIPS 197, section 5.1.1)."""
    powers = [1]  # of x + 1, which generates every element but 0; so the inverse of power i is power 255 - i
    for _ in range(254):
        powers.append(powers[-1] ^ _doubled(powers[-1]))
    box = bytearray([0x63] * 256)
    for exponent, element in enumerate(powers):
        inverse = powers[-exponent]
        spread = inverse ^ inverse << 1 ^ inverse << 2 ^ inverse << 3 ^ inverse << 4
        box[element] = (spread ^ spread >> 8) & 0xFF ^ 0x63
    return bytes(box)


_SUBSTITUTED: Final = _substitution()
_DOUBLED: Final = bytes([_doubled(element) for element in _SUBSTITUTED])
_TRIPLED: Final = bytes([_doubled(element) ^ element for element in _SUBSTITUTED])

# ShiftRows takes byte 5 i (mod 16) to place i. MixColumns adds to each byte those below it in its column, so with
# each of these goes the column turned by so many rows.
_SHIFTED, _SHIFTED_1, _SHIFTED_2, _SHIFTED_3 = (
    itemgetter(*[5 * (place & 12 | place + turn & 3) % 16 for place in range(16)]) for turn in range(4)
)


@lru_cache(maxsize=2)  # an account has one key, two while a rotation lasts
def _round_keys(key: bytes) -> tuple[int, ...]:
    """The 15 round keys of a 32-byte key, each 16 bytes as one number (FIPS 197, section 5.2)."""
    words = [key[place : place + 4] for place in range(0, KEY_BYTES, 4)]
    constant = 1
    for place in range(_KEY_WORDS, 4 * (_ROUNDS + 1)):
        word = words[-1]
        if place % _KEY_WORDS == 0:
            word = (word[1:] + word[:1]).translate(_SUBSTITUTED)
            word = bytes([word[0] ^ constant]) + word[1:]
            constant = _doubled(constant)
        elif place % _KEY_WORDS == 4:
            word = word.translate(_SUBSTITUTED)
        words.append(bytes([one ^ other for one, other in zip(words[-_KEY_WORDS], word, strict=True)]))
    schedule = b"".join(words)
    return tuple(
        [int.from_bytes(schedule[i : i + BLOCK_BYTES], "big") for i in range(0, len(schedule), BLOCK_BYTES)]
    )


def _encrypt_block(block: int, keys: tuple[int, ...]) -> int:
    """One block, as a number, through the 14 rounds (FIPS 197, section 5.1)."""
    number = int.from_bytes
    state = (block ^ keys[0]).to_bytes(BLOCK_BYTES, "big")
    for key in keys[1:-1]:
        substituted = state.translate(_SUBSTITUTED)
        state = (
            number(bytes(_SHIFTED(state.translate(_DOUBLED))), "big")
            ^ number(bytes(_SHIFTED_1(state.translate(_TRIPLED))), "big")
            ^ number(bytes(_SHIFTED_2(substituted)), "big")
            ^ number(bytes(_SHIFTED_3(substituted)), "big")
            ^ key
        ).to_bytes(BLOCK_BYTES, "big")
    return number(bytes(_SHIFTED(state.translate(_SUBSTITUTED))), "big") ^ keys[-1]


def encrypt(key: bytes, initialization_vector: bytes, text: bytes) -> bytes:
    """Encrypt `text`, of any length, under a 32-byte key and a 16-byte initialization vector."""
    keys = _round_keys(key)
    padding = BLOCK_BYTES - len(text) % BLOCK_BYTES
    padded = text + bytes([padding]) * padding
    previous = int.from_bytes(initialization_vector, "big")
    encrypted = []
    for place in range(0, len(padded), BLOCK_BYTES):
        block = int.from_bytes(padded[place : place + BLOCK_BYTES], "big")
        previous = _encrypt_block(block ^ previous, keys)
        encrypted.append(previous.to_bytes(BLOCK_BYTES, "big"))
    return b"".join(encrypted)
