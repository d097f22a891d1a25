"""The Terraform that the README and the pages show is Terraform that works."""

import re
import shutil
import textwrap
from pathlib import Path

import pytest

from tests.terraform.workspace import ROOT, Workspace, copy_module

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


@pytest.mark.full
@pytest.mark.parametrize("snippet", [module_with_its_provider(), *configurations(PAGE)])
def test_a_configuration_on_the_page_is_valid(snippet: str, terraform: None, tmp_path: Path) -> None:
    copy = copy_module(tmp_path / "copy")
    place_of_user = copy / "users" / "site"
    place_of_user.mkdir(parents=True)
    (place_of_user / "main.tf").write_text(from_this_repository(snippet), encoding="utf-8")
    place = Workspace(copy, "users/site", {"AWS_REGION": "us-east-1"}, {})
    place.init()
    validated = place.run("validate", "-no-color")
    assert "The configuration is valid." in validated
    assert "warning" not in validated.lower()


@pytest.mark.full
def test_the_lines_that_close_an_origin_are_valid(terraform: None, tmp_path: Path) -> None:
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
    (tmp_path / "main.tf").write_text(text + distribution + surroundings, encoding="utf-8")
    shutil.copy(ROOT / "versions.tf", tmp_path)
    place = Workspace(tmp_path, ".", {"AWS_REGION": "us-east-1"}, {})
    place.init()
    assert "The configuration is valid." in place.run("validate", "-no-color")


@pytest.mark.parametrize("page", [README, BEHAVIORS], ids=["README", "docs/behaviors.md"])
def test_the_associations_are_those_of_the_example_that_is_applied(page: str) -> None:
    assert associations(page) == associations(EXAMPLE)


def test_the_smallest_terraform_of_the_readme_has_less_than_25_lines() -> None:
    (snippet,) = configurations(README)
    assert len(snippet.splitlines()) < 25
