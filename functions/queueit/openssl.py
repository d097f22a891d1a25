"""AES-256-CBC by the OpenSSL that the interpreter itself runs on, where it can be had safely.

Only the library that the interpreter's own `_hashlib` is linked with is asked, through that extension's handle: no
library is searched for, so there is no other version to meet. Its EVP functions have kept their signatures since
OpenSSL 1.0.1. Before it is used it has to agree with `queueit.aes` on a text; where a function is missing, or the
answer is another, there is no `aes_256_cbc` and the caller takes `queueit.aes`.
"""

from collections.abc import Callable
from typing import Any

from queueit import aes

Encrypt = Callable[[bytes, bytes, bytes], bytes]
"""(32-byte key, 16-byte initialization vector, text) → the padded text, encrypted."""


def _functions(library_path: str) -> dict[str, Any]:
    """The EVP functions, typed; raises OSError or AttributeError where they cannot be had."""
    from ctypes import CDLL, POINTER, c_char_p, c_int, c_void_p

    library = CDLL(library_path)
    out = [c_char_p, POINTER(c_int)]
    signatures: dict[str, tuple[Any, list[Any]]] = {
        "EVP_CIPHER_CTX_new": (c_void_p, []),
        "EVP_CIPHER_CTX_free": (None, [c_void_p]),
        "EVP_aes_256_cbc": (c_void_p, []),
        "EVP_EncryptInit_ex": (c_int, [c_void_p, c_void_p, c_void_p, c_char_p, c_char_p]),
        "EVP_EncryptUpdate": (c_int, [c_void_p, *out, c_char_p, c_int]),
        "EVP_EncryptFinal_ex": (c_int, [c_void_p, *out]),
    }
    functions = {}
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
        functions[name] = function
    return functions


def _encryption(function: dict[str, Any]) -> Encrypt:
    """AES-256-CBC by these functions; what OpenSSL refuses, `queueit.aes` does."""
    from ctypes import byref, c_char_p, c_int, cast, create_string_buffer

    cipher = function["EVP_aes_256_cbc"]()

    def encrypt(key: bytes, initialization_vector: bytes, text: bytes) -> bytes:
        buffer = create_string_buffer(len(text) + aes.BLOCK_BYTES)
        written, last = c_int(), c_int()
        context = function["EVP_CIPHER_CTX_new"]()
        try:
            done = (
                context
                and function["EVP_EncryptInit_ex"](context, cipher, None, key, initialization_vector) == 1
                and function["EVP_EncryptUpdate"](
                    context, cast(buffer, c_char_p), byref(written), text, len(text)
                )
                == 1
                and function["EVP_EncryptFinal_ex"](
                    context, cast(byref(buffer, written.value), c_char_p), byref(last)
                )
                == 1
            )
        finally:
            function["EVP_CIPHER_CTX_free"](context)
        return (
            buffer.raw[: written.value + last.value]
            if done
            else aes.encrypt(key, initialization_vector, text)
        )

    return encrypt


def _agrees(encrypt: Encrypt) -> bool:
    """Whether a text comes out as `queueit.aes` encrypts it."""
    key, vector = bytes(range(aes.KEY_BYTES)), bytes(range(aes.BLOCK_BYTES))
    text = b"two blocks and a bit of a third one"
    return encrypt(key, vector, text) == aes.encrypt(key, vector, text)


def aes_256_cbc() -> Encrypt | None:
    """AES-256-CBC with PKCS#7 padding by the interpreter's OpenSSL; None where that is not to be had safely."""
    try:
        import _hashlib

        encrypt = _encryption(_functions(_hashlib.__file__))
    except (ImportError, AttributeError, OSError):
        return None
    return encrypt if _agrees(encrypt) else None
