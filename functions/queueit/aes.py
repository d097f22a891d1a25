"""AES-256 in CBC mode with PKCS#7 padding, in plain Python (FIPS 197, SP 800-38A); it only encrypts.

For texts of a few dozen bytes, where no other implementation is at hand. What a round does to a byte, wherever it goes,
is one look-up: SubBytes and MixColumns together give a column of 32 bits for each value of the byte, another one for
each of the four rows.
"""

from __future__ import annotations

from struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

BLOCK_BYTES: Final = 16
KEY_BYTES: Final = 32
_ROUNDS: Final = 14
_KEY_WORDS: Final = KEY_BYTES // 4

RoundKeys = tuple[int, ...]
"""The 15 round keys, each 16 bytes as one number."""

# The S-box (FIPS 197, figure 7).
_SUBSTITUTED: Final = bytes.fromhex(
    "637c777bf26b6fc53001672bfed7ab76ca82c97dfa5947f0add4a2af9ca472c0"
    "b7fd9326363ff7cc34a5e5f171d8311504c723c31896059a071280e2eb27b275"
    "09832c1a1b6e5aa0523bd6b329e32f8453d100ed20fcb15b6acbbe394a4c58cf"
    "d0efaafb434d338545f9027f503c9fa851a3408f929d38f5bcb6da2110fff3d2"
    "cd0c13ec5f974417c4a77e3d645d197360814fdc222a908846eeb814de5e0bdb"
    "e0323a0a4906245cc2d3ac629195e479e7c8376d8dd54ea96c56f4ea657aae08"
    "ba78252e1ca6b4c6e8dd741f4bbd8b8a703eb5664803f60e613557b986c11d9e"
    "e1f8981169d98e949b1e87e9ce5528df8ca1890dbfe6426841992d0fb054bb16"
)


def _doubled(element: int) -> int:
    """`element` of GF(2^8) times x (FIPS 197, section 4.2)."""
    return element << 1 ^ (0x11B if element & 0x80 else 0)


def _turned_down(columns: list[int]) -> list[int]:
    """The same columns of 32 bits, each byte a row further down."""
    return [column >> 8 | (column & 0xFF) << 24 for column in columns]


# What a byte adds to its column, by the byte's value, for each of the four rows (FIPS 197, sections 5.1.1 and 5.1.3).
_ROW_0: Final = [(two := _doubled(one)) << 24 | one << 16 | one << 8 | two ^ one for one in _SUBSTITUTED]
_ROW_1: Final = _turned_down(_ROW_0)
_ROW_2: Final = _turned_down(_ROW_1)
_ROW_3: Final = _turned_down(_ROW_2)
_four_words: Final = Struct(">4I").pack


def _substituted_word(word: int) -> int:
    return int.from_bytes(word.to_bytes(4, "big").translate(_SUBSTITUTED), "big")


def round_keys(key: bytes) -> RoundKeys:
    """What encryption needs of a 32-byte key (FIPS 197, section 5.2); worth keeping for the next text."""
    words = [int.from_bytes(key[place : place + 4], "big") for place in range(0, KEY_BYTES, 4)]
    constant = 1
    for place in range(_KEY_WORDS, 4 * (_ROUNDS + 1)):
        word = words[-1]
        if place % _KEY_WORDS == 0:
            word = _substituted_word((word << 8 | word >> 24) & 0xFFFFFFFF) ^ constant << 24
            constant = _doubled(constant)
        elif place % _KEY_WORDS == 4:
            word = _substituted_word(word)
        words.append(words[-_KEY_WORDS] ^ word)
    return tuple(
        [
            words[place] << 96 | words[place + 1] << 64 | words[place + 2] << 32 | words[place + 3]
            for place in range(0, len(words), 4)
        ]
    )


def _encrypt_block(block: int, keys: RoundKeys) -> int:
    """One block, as a number, through the 14 rounds (FIPS 197, section 5.1).

    ShiftRows takes byte 5 i (mod 16) to place i, which says whose look-ups make up a column.
    """
    row_0, row_1, row_2, row_3, four_words, number = (
        _ROW_0,
        _ROW_1,
        _ROW_2,
        _ROW_3,
        _four_words,
        int.from_bytes,
    )
    state = (block ^ keys[0]).to_bytes(BLOCK_BYTES, "big")
    for key in keys[1:-1]:
        a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p = state  # noqa: E741
        mixed = four_words(
            row_0[a] ^ row_1[f] ^ row_2[k] ^ row_3[p],
            row_0[e] ^ row_1[j] ^ row_2[o] ^ row_3[d],
            row_0[i] ^ row_1[n] ^ row_2[c] ^ row_3[h],
            row_0[m] ^ row_1[b] ^ row_2[g] ^ row_3[l],
        )
        state = (number(mixed, "big") ^ key).to_bytes(BLOCK_BYTES, "big")
    return number((state.translate(_SUBSTITUTED) * 5)[::5], "big") ^ keys[-1]


def encrypt(keys: RoundKeys, initialization_vector: bytes, text: bytes) -> bytes:
    """Encrypt `text`, of any length, under the round keys of a key and a 16-byte initialization vector."""
    padding = BLOCK_BYTES - len(text) % BLOCK_BYTES
    padded = text + bytes([padding]) * padding
    previous = int.from_bytes(initialization_vector, "big")
    encrypted = []
    for place in range(0, len(padded), BLOCK_BYTES):
        block = int.from_bytes(padded[place : place + BLOCK_BYTES], "big")
        previous = _encrypt_block(block ^ previous, keys)
        encrypted.append(previous.to_bytes(BLOCK_BYTES, "big"))
    return b"".join(encrypted)
