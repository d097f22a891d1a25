"""`python -m workbench.lambda_runtime`: install AWS's runtime client from requirements/runtime.txt."""

import os
import sys

from workbench.lambda_runtime.installation import install


def main() -> int:
    """Install, and say so where that fails: an error in CI on Linux, where AWS's client must run the functions."""
    trouble = install()
    if trouble is None:
        return 0
    print(
        f"{trouble}\nAWS's runtime client cannot be installed here; a stand-in runs the functions.",
        file=sys.stderr,
    )
    return 1 if os.environ.get("CI") and sys.platform == "linux" else 0


if __name__ == "__main__":
    sys.exit(main())
