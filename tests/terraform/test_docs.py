"""The Terraform that the README and the pages show is Terraform that works."""

import re
import shutil
import textwrap
from pathlib import Path

import pytest

from tests.terraform.workspace import ROOT, copy_module
from workbench.terraform_validate import problems_of

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "terraform.md").read_text(encoding="utf-8")
BEHAVIORS = (ROOT / "docs" / "behaviors.md").read_text(encoding="utf-8")
SECURITY = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
EXAMPLE = (ROOT / "examples" / "minimal" / "main.tf").read_text(encoding="utf-8")
SOURCE = "git::https://git.example.com/queueit-cloudfront.git"


def snippets(page: str) -> list[str]:
    """The HCL of a page."""
    return re.findall(r"```hcl\n(.*?)```", page, re.DOTALL)


def configurations(page: str) -> list[str]:
    """Those snippets that call a module from where it is kept."""
    return [snippet for snippet in snippets(page) if SOURCE in snippet]


def associations(text: str) -> str:
    """The block that points a behavior at the functions, without what is around it."""
    found = re.search(
        r'^( *)dynamic "lambda_function_association" \{.*?^\1\}$', text, re.DOTALL | re.MULTILINE
    )
    assert found
    return textwrap.dedent(found[0])


def from_this_repository(snippet: str) -> str:
    """A snippet with the module's source in this repository, `.tf` files of which are two folders up."""
    return re.sub(rf'"{re.escape(SOURCE)}(//)?([\w/]*)\?ref=[^"]+"', r'"../../\2"', snippet)


def module_with_its_provider() -> str:
    """The README's block of the module, with the provider that it takes for granted."""
    block = re.search(r'^module "waiting_room" \{.*?^\}$', README, re.DOTALL | re.MULTILINE)
    assert block
    return f'provider "aws" {{\n  alias  = "us_east_1"\n  region = "us-east-1"\n}}\n{block[0]}\n'


def distribution_with_closed_origins() -> str:
    """The page's lines that close an origin, on the distribution of the example; with what they refer to."""
    text = "\n".join(snippets(SECURITY))
    origins = re.findall(r"^origin \{\n.*?^\}\n", text, re.DOTALL | re.MULTILINE)
    for origin in origins:
        text = text.replace(origin, "")
    assert len(origins) == 3
    distribution = EXAMPLE[EXAMPLE.index('resource "aws_cloudfront_distribution"') :]
    distribution = re.sub(
        r"^  origin \{\n.*?^  \}\n", lambda _: "".join(origins), distribution, flags=re.S | re.M
    )
    distribution = re.sub(r'^    dynamic "lambda.*?^    \}\n', "", distribution, flags=re.S | re.M)
    distribution = re.sub(r"local\.\w+", '"id"', distribution)
    surroundings = """
        resource "aws_s3_bucket" "files" {}
        resource "aws_lb" "shop" {
          internal = true
          subnets  = ["a"]
        }
        resource "aws_lb_target_group" "shop" {}
        resource "aws_lb_listener" "https" {
          load_balancer_arn = aws_lb.shop.arn
          default_action {
            type = "fixed-response"
            fixed_response {
              content_type = "text/plain"
              status_code  = "403"
            }
          }
        }
        """
    return text + distribution + surroundings


@pytest.mark.full
def test_every_configuration_on_the_pages_is_valid(terraform: None, tmp_path: Path) -> None:
    copy = copy_module(tmp_path / "copy")
    shutil.rmtree(copy / "examples")
    shown = [module_with_its_provider(), *configurations(PAGE), distribution_with_closed_origins()]
    for number, snippet in enumerate(shown):
        place = copy / "examples" / f"shown_{number}"
        place.mkdir(parents=True)
        (place / "main.tf").write_text(from_this_repository(snippet), encoding="utf-8")
        shutil.copy(ROOT / "versions.tf", place)
    assert problems_of(copy) == ""


@pytest.mark.parametrize("page", [README, BEHAVIORS], ids=["README", "docs/behaviors.md"])
def test_the_associations_are_those_of_the_example_that_is_applied(page: str) -> None:
    assert associations(page) == associations(EXAMPLE)


def test_the_smallest_terraform_of_the_readme_has_less_than_25_lines() -> None:
    (snippet,) = configurations(README)
    assert len(snippet.splitlines()) < 25
