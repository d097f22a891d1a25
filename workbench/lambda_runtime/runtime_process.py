"""The process that runs one function. A script, started isolated: the standard library, the client and the zip.

`python -I -S runtime_process.py CLIENT SDK MEMORY_BYTES`: CLIENT is the directory that AWS's runtime client is
installed in, or the file of the fallback; SDK a directory with boto3, or empty.
"""

import importlib
import os
import resource
import runpy
import sys


def main(client: str, sdk: str, memory_bytes: int) -> None:
    """Run the function until the Runtime API ends."""
    # Above the limit by far, so that it is the peak that tells; it keeps a runaway function from harming the machine.
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes * 4,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.environ.pop("LC_CTYPE", None)  # the interpreter sets it where Lambda's locale is not installed
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    if sdk:
        sys.path.append(sdk)
    if client.endswith(".py"):
        runpy.run_path(client, run_name="__main__")
        return
    sys.path.insert(1, client)
    runtime_client = importlib.import_module("awslambdaric.lambda_runtime_client")
    # As its __main__ does, but for the thread that it makes to wait for each event, so that the main thread can handle
    # signals meanwhile: none is sent here, and the thread costs more than the rest of the client.
    api = runtime_client.LambdaRuntimeClient(os.environ["AWS_LAMBDA_RUNTIME_API"])
    importlib.import_module("awslambdaric.bootstrap").run(os.environ["_HANDLER"], api)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
