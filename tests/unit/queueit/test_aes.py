"""AES-256-CBC beside another library."""

import random

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from queueit.aes import encrypt, round_keys


def test_texts_of_every_length_come_out_as_another_library_encrypts_them() -> None:
    source = random.Random(197)
    for length in range(100):
        key, vector, text = source.randbytes(32), source.randbytes(16), source.randbytes(length)
        padder, encryptor = PKCS7(128).padder(), Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
        expected = encryptor.update(padder.update(text) + padder.finalize()) + encryptor.finalize()
        assert encrypt(round_keys(key), vector, text) == expected
