"""Whom TLS connections trust.

Reading a system's store of some 140 authorities takes longer than all the rest of a cold start. What Amazon's services
show is signed by one of Amazon's own five, which are public and come with this package (amazon_roots.pem).
"""

from __future__ import annotations

import os
from collections.abc import Callable

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl


def amazon_authorities() -> ssl.SSLContext:
    """A context that trusts Amazon's own root certificates alone."""
    import ssl

    import edge  # whose own file lies beside the certificates in edge.zip too

    return ssl.create_default_context(cafile=os.path.join(os.path.dirname(edge.__file__), "amazon_roots.pem"))  # noqa: PTH118, PTH120  # pathlib would be a third of the import


def system_authorities() -> ssl.SSLContext:
    """A context that trusts whom the system trusts."""
    import ssl

    return ssl.create_default_context()


class Trust:
    """The contexts of one kind of connection, each made when it is needed, and the next after the last refused."""

    def __init__(self, *contexts: Callable[[], ssl.SSLContext]) -> None:
        self._makers = list(contexts)
        self._context: ssl.SSLContext | None = None

    def context(self) -> ssl.SSLContext:
        """The context to connect with."""
        if self._context is None:
            self._context = self._makers[0]()
        return self._context

    def goes_on_after(self, error: OSError) -> bool:
        """Whether there is another context to try: after a certificate that could not be verified, nothing else."""
        from ssl import SSLCertVerificationError

        if not isinstance(error, SSLCertVerificationError) or len(self._makers) == 1:
            return False
        del self._makers[0]
        self._context = None
        return True
