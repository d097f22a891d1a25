"""What runs functions on this machine, and how AWS's runtime client gets here."""

import sys
from pathlib import Path

from workbench.lambda_runtime.function import DEFAULT_RUNTIME
from workbench.lambda_runtime.installation import install, interpreter, runtime_for, shortcomings


def test_without_awss_client_a_stand_in_runs_functions_which_is_reported(tmp_path: Path) -> None:
    _, version = interpreter(DEFAULT_RUNTIME)

    assert shortcomings(DEFAULT_RUNTIME, tmp_path)[-1] == (
        f"AWS's runtime client is not installed for Python {version}, so a stand-in for it runs the functions; "
        "`make runtime` installs it"
    )
    assert not runtime_for(DEFAULT_RUNTIME, tmp_path).is_awss


def test_awss_client_is_used_where_it_is_installed_for_the_very_interpreter(tmp_path: Path) -> None:
    _, version = interpreter(DEFAULT_RUNTIME)
    (tmp_path / version).mkdir()

    assert runtime_for(DEFAULT_RUNTIME, tmp_path).client == tmp_path / version


def test_where_the_configured_python_is_missing_another_runs_functions_which_is_reported(
    tmp_path: Path,
) -> None:
    here = ".".join(str(part) for part in sys.version_info[:3])

    assert shortcomings("python3.99", tmp_path)[0] == (
        f"python3.99 is not installed, so functions run on Python {here}"
    )
    assert runtime_for("python3.99", tmp_path).python == sys.executable


def test_an_installation_that_fails_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    lock, installed = tmp_path / "runtime.txt", tmp_path / "installed"
    lock.write_text(f"awslambdaric @ {(tmp_path / 'nothing.whl').as_uri()} --hash=sha256:{'0' * 64}\n")

    trouble = install(DEFAULT_RUNTIME, installed, lock)

    assert trouble is not None
    assert "nothing.whl" in trouble
    assert not list(installed.glob("*"))
