"""What `make lint` says of Terraform code: root module, submodules and examples in one run, here without a provider."""

from pathlib import Path

import pytest

from workbench.terraform_validate import problems_of

SOUND = {
    "main.tf": 'variable "name" {\n  type = string\n}\noutput "name" {\n  value = var.name\n}\n',
    "modules/part/main.tf": "locals {\n  one = 1\n}\n",
    "examples/small/main.tf": 'module "this" {\n  source = "../.."\n  name   = "small"\n}\n',
}
KEY = """\
variable "key" {
  type      = string
  ephemeral = true
}
output "key" {
  value = var.key
}
"""


def problems(directory: Path, file: str, text: str) -> str:
    """What is said of sound code in which one file is another."""
    for name, content in {**SOUND, file: text}.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(content, encoding="utf-8")
    return problems_of(directory)


def test_sound_code_has_no_problem(terraform: None, tmp_path: Path) -> None:
    assert problems(tmp_path, "main.tf", SOUND["main.tf"]) == ""


@pytest.mark.parametrize(
    ("file", "text", "problem"),
    [
        ("modules/part/main.tf", "locals {\n  one = local.two\n}\n", "Reference to undeclared local value"),
        (
            "main.tf",
            "locals {\n  one = local.two\n}\n" + SOUND["main.tf"],
            "Reference to undeclared local value",
        ),
        ("modules/part/main.tf", 'terraform {\n  backend "local" {}\n}\n', "Backend configuration ignored"),
        ("examples/small/main.tf", 'module "this" {\n  source = "../.."\n}\n', '"name" is required'),
        ("examples/small/main.tf", KEY, "Ephemeral value not allowed"),
    ],
)
def test_a_problem_of_any_directory_is_told_with_its_file_once(
    file: str, text: str, problem: str, terraform: None, tmp_path: Path
) -> None:
    told = problems(tmp_path, file, text)
    assert problem in told
    assert told.count(file) == 1
