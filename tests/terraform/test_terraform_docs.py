"""The inputs and outputs of Terraform modules in the docs."""

from pathlib import Path

import pytest

from workbench.terraform_docs import UndescribedError, filled_in, inputs, main, outputs

VARIABLES = """
variable "name" {
  description = "Name, 3 to 40 characters | no others."
  type        = string
  nullable    = false
}

variable "key" {
  description = "A key."
  type        = string
  default     = null
  ephemeral   = true
}

variable "regions" {
  description = "Such as { eu-west-1 = \\"a\\" }."
  type        = map(string)
  default     = { eu-west-1 = "a" }
}

variable "edge" {
  description = <<-EOT
    The functions.
    - mode: "open" or "closed".
    - timeout_seconds: 1 to 5 seconds.
    - alarms: when they go off.
    - id: its id.
  EOT
  type = object({
    mode            = optional(string, "open, or closed")
    timeout_seconds = optional(number, 5)
    alarms = optional(object({
      runs  = optional(number, 3)
      hours = optional(number)
    }), {})
    id = string
  })
  default = {}
}
"""
OUTPUTS = 'output "arn" {\n  description = "Its ARN."\n  value       = "arn"\n}\n'


@pytest.fixture
def module(tmp_path: Path) -> Path:
    (tmp_path / "variables.tf").write_text(VARIABLES, encoding="utf-8")
    (tmp_path / "outputs.tf").write_text(OUTPUTS, encoding="utf-8")
    return tmp_path


def test_a_variable_without_a_default_is_required(module: Path) -> None:
    assert "| `name` | `string` | required | Name, 3 to 40 characters \\| no others. |" in inputs(module)[0]


def test_an_ephemeral_variable_is_told_as_such(module: Path) -> None:
    assert "| `key` | `ephemeral string` | `null` | A key. |" in inputs(module)[0]


def test_a_default_and_a_description_are_written_as_in_the_configuration(module: Path) -> None:
    row = '| `regions` | `map(string)` | `{ eu-west-1 = "a" }` | Such as { eu-west-1 = "a" }. |'
    assert row in inputs(module)[0]


def test_an_object_is_described_attribute_by_attribute_below_the_table(module: Path) -> None:
    table, attributes = inputs(module)
    assert "| [`edge`](#edge) | object | `{}` | The functions. |" in table
    assert attributes == (
        "#### edge\n\nThe functions.\n\n"
        '- `mode`: "open" or "closed". Default: `"open, or closed"`.\n'
        "- `timeout_seconds`: 1 to 5 seconds. Default: `5`.\n"
        "- `alarms`: when they go off. Default: `{ runs = 3, hours = null }`.\n"
        "- `id`: its id. Required.\n"
    )


def test_outputs_are_a_table(module: Path) -> None:
    assert outputs(module) == "| output | what it is |\n| --- | --- |\n| `arn` | Its ARN. |\n"


def test_a_variable_without_a_description_is_refused(module: Path) -> None:
    (module / "variables.tf").write_text('variable "name" {\n  type = string\n}\n', encoding="utf-8")
    with pytest.raises(UndescribedError, match='variable "name" has no description'):
        inputs(module)


def test_only_what_is_between_the_marks_is_written(module: Path) -> None:
    page = "Before.\n<!-- outputs of . -->\nold\n<!-- end -->\nAfter.\n"
    new = filled_in(page, module)
    assert new == f"Before.\n<!-- outputs of . -->\n\n{outputs(module)}\n<!-- end -->\nAfter.\n"
    assert filled_in(new, module) == new


def test_the_table_and_the_attributes_may_stand_on_two_pages(module: Path) -> None:
    apart = filled_in("<!-- attributes of . -->\n<!-- end -->\n", module)
    assert apart == f"<!-- attributes of . -->\n\n{inputs(module)[1]}\n<!-- end -->\n"
    table = filled_in("<!-- inputs of . -->\n<!-- end -->\n", module, "docs/page.md")
    assert "[`edge`](docs/page.md#edge)" in table
    assert "####" not in table


def test_a_check_writes_nothing_and_names_the_page_that_is_stale(
    module: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docs = module / "docs"
    docs.mkdir()
    page = docs / "page.md"
    stale = "<!-- inputs of . -->\n<!-- end -->\n"
    page.write_text(stale, encoding="utf-8")
    assert main(["--check"], docs, module) == 1
    assert "docs/page.md is not what the modules say; run `make docs`" in capsys.readouterr().err
    assert page.read_text(encoding="utf-8") == stale
    assert main([], docs, module) == 0
    assert "| `name` |" in page.read_text(encoding="utf-8")
    assert main(["--check"], docs, module) == 0
