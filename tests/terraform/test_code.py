"""The Terraform code itself: what the examples promise, and where providers come from."""

import re
import shutil
import subprocess
import tarfile
from io import BytesIO

import pytest

from tests.terraform.stacks import EXAMPLES, REPOSITORIES
from tests.terraform.workspace import ROOT, plugin_directory


def lines(text: str) -> list[str]:
    """The lines that are neither blank nor a comment."""
    return [line for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]


def block(text: str, opening: str) -> str:
    """A block from its first line to its closing brace, which has the same indentation."""
    found = re.search(rf"^( *){re.escape(opening)}.*?^\1}}$", text, re.DOTALL | re.MULTILINE)
    assert found, f"there is no {opening}"
    return found[0]


def declared(folder: str) -> str:
    """The declarations of a module's variables."""
    return "\n".join([file.read_text(encoding="utf-8") for file in (ROOT / folder).glob("variables*.tf")])


def inputs() -> list[str]:
    """The names of the module's variables."""
    return re.findall(r'^variable "(\w+)"', declared("."), re.MULTILINE)


def attributes(variable: str) -> list[str]:
    """The names of an option's attributes, those of inner objects too."""
    whole = block(declared("modules/options"), f'variable "{variable}"')
    return re.findall(r"(\w+) += (?:optional\(|string)", block(whole, "type = object"))


def test_minimal_adds_less_than_25_lines_to_a_distribution() -> None:
    main = (ROOT / "examples" / "minimal" / "main.tf").read_text(encoding="utf-8")
    variables = (ROOT / "examples" / "minimal" / "variables.tf").read_text(encoding="utf-8")
    added = [
        block(main, 'module "waiting_room"'),
        block(main, 'dynamic "lambda_function_association"'),
        block(variables, 'variable "customer_id"'),
        block(variables, 'variable "queue_it"'),
    ]
    assert sum(len(lines(part)) for part in added) < 25


def test_complete_has_every_input() -> None:
    main = (ROOT / "examples" / "complete" / "main.tf").read_text(encoding="utf-8")
    module = block(main, 'module "waiting_room"')
    given = set(re.findall(r"^  (\w+) +=", module, re.MULTILINE))
    assert set(inputs()) - given == {"credentials"}, "which excludes secret_key and api_key"
    assert "credentials = {" in module, "and is told of beside them"
    for option in ("settings", "edge", "config_refresh", "publish_endpoint", "log_retention", "dashboard"):
        named = set(re.findall(r"(\w+) +=", block(module, f"{option} = {{")))
        assert attributes(option)
        assert set(attributes(option)) <= named


@pytest.mark.parametrize(
    "example", [one for one in (*EXAMPLES, *REPOSITORIES) if one != "unmanaged_distribution"]
)
def test_an_example_names_managed_policies_in_locals_alone(example: str) -> None:
    text = (ROOT / "examples" / example / "main.tf").read_text(encoding="utf-8")
    assert not re.findall(r'policy_id\s*=\s*"', text)
    assert re.findall(r'^  caching_disabled\s+= "[0-9a-f-]{36}"$', block(text, "locals"), re.MULTILINE)


@pytest.mark.parametrize("example", [*EXAMPLES, *REPOSITORIES])
def test_an_example_says_how_to_run_it(example: str) -> None:
    directory = ROOT / "examples" / example
    readme = (directory / "README.md").read_text(encoding="utf-8")
    assert "terraform init" in readme
    assert "terraform apply" in readme
    variables = (directory / "variables.tf").read_text(encoding="utf-8")
    for name in re.findall(r'^variable "(\w+)"', variables, re.MULTILINE):
        if "default" not in block(variables, f'variable "{name}"'):
            assert f"TF_VAR_{name}" in readme, f"{name} has no default and is not told of"


@pytest.mark.parametrize("example", [*EXAMPLES, *REPOSITORIES])
def test_every_variable_and_output_of_an_example_is_described(example: str) -> None:
    for file in ("variables.tf", "outputs.tf"):
        text = (ROOT / "examples" / example / file).read_text(encoding="utf-8")
        for kind, name in re.findall(r'^(variable|output) "(\w+)"', text, re.MULTILINE):
            assert re.search(r'description = "[A-Z].+\."', block(text, f'{kind} "{name}"')), name


def test_providers_come_from_where_a_setting_says() -> None:
    assert plugin_directory({"QUEUEIT_TF_PLUGIN_DIR": "/somewhere"}) == "/somewhere"


def test_the_index_of_examples_names_each_of_them() -> None:
    index = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    directories = {path.name for path in (ROOT / "examples").iterdir() if path.is_dir()}
    assert set(re.findall(r"^\| \[(\w+)\]\(\1\)", index, re.MULTILINE)) == directories


def test_an_archive_of_a_version_leaves_out_what_a_user_does_not_need() -> None:
    with tarfile.open(fileobj=BytesIO(archive_of_a_version())) as archive:
        names = {name.split("/")[0] for name in archive.getnames()}
        zips = {name for name in archive.getnames() if name.endswith(".zip")}
        tests = [name for name in archive.getnames() if "tests" in name.split("/")]
    assert {"main.tf", "modules", "examples", "docs", "README.md", "LICENSE"} <= names
    assert not {"tests", "workbench", "benchmarks", "Makefile"} & names
    assert zips == {
        f"functions/dist/{name}.zip"
        for name in ("behavior_association", "config_refresh", "edge", "log_retention")
    }
    assert not tests


def archive_of_a_version() -> bytes:
    """What `git archive` makes of this version, with the attributes of the working tree."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("this is no clone: get one with git to test its archives")
    command = ["git", "archive", "--worktree-attributes", "HEAD"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
