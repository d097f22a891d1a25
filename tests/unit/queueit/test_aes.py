"""AES-256-CBC beside the standards' examples and another library."""

import random

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from queueit.aes import encrypt, round_keys

COUNTING = bytes(range(32))
NO_VECTOR = bytes(16)


def test_the_example_of_fips_197_appendix_c3_comes_out() -> None:
    text = bytes.fromhex("00112233445566778899aabbccddeeff")
    assert encrypt(round_keys(COUNTING), NO_VECTOR, text)[:16].hex() == "8ea2b7ca516745bfeafc49904b496089"


def test_the_example_of_sp_800_38a_section_f25_comes_out() -> None:
    key = bytes.fromhex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4")
    text = bytes.fromhex(
        "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
        "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
    )
    expected = (
        "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
        "39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b"
    )
    assert encrypt(round_keys(key), bytes(range(16)), text)[:64].hex() == expected


def test_texts_of_every_length_come_out_as_another_library_encrypts_them() -> None:
    source = random.Random(197)
    for length in range(100):
        key, vector, text = source.randbytes(32), source.randbytes(16), source.randbytes(length)
        padder, encryptor = PKCS7(128).padder(), Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
        expected = encryptor.update(padder.update(text) + padder.finalize()) + encryptor.finalize()
        assert encrypt(round_keys(key), vector, text) == expected
