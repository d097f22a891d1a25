"""The module compared with the newest provider, over bindings of two things."""

import io
import zipfile
from pathlib import Path

import pytest

from workbench.provider_schema import Bindings, problems

CLASSES = """
class LambdaFunctionConfig:
    def __init__(self, *, function_name: str, environment: "LambdaFunctionEnvironment" = None) -> None: ...
class LambdaFunctionEnvironment:
    def __init__(self, *, variables: dict = None) -> None: ...
class LambdaFunction:
    @property
    def arn(self) -> str: ...
"""
REGION = "class DataAwsRegionConfig:\n    def __init__(self, *, name: str = None) -> None: ...\n" + (
    "class DataAwsRegion:\n    def name(self) -> str: ...\n    def region(self) -> str: ...\n"
)
GONE = '    @_utilities.deprecated("""name is deprecated. Use\n region instead.""")\n    def name(self) -> str: ...\n'


def archive(files: dict[str, str]) -> zipfile.ZipFile:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as written:
        for name, text in files.items():
            written.writestr(name, text)
    return zipfile.ZipFile(kept)


@pytest.fixture
def bindings() -> Bindings:
    existing = {"lambda_function": CLASSES, "data_aws_region": REGION}
    return Bindings(
        archive({f"cdktn_provider_aws/{name}/__init__.py": text for name, text in existing.items()}),
        archive({"pulumi_aws/lambda_/function.py": "", "pulumi_aws/get_region.py": GONE}),
    )


@pytest.mark.parametrize(
    ("configuration", "expected"),
    [
        ('resource "aws_lambda_function" "a" {\n  function_name = "a"\n}\n', []),
        (
            'resource "aws_lambda_function" "a" {\n  colour = "a"\n}\n',
            ["main.tf: resource aws_lambda_function.a: there is no colour"],
        ),
        (
            'resource "aws_lambda_function" "a" {\n  environment {\n    values = {}\n  }\n}\n',
            ["main.tf: resource aws_lambda_function.a: there is no environment.values"],
        ),
        (
            'resource "aws_lambda_function" "a" {\n  dynamic "environment" {\n    for_each = []\n    content {\n'
            "      values = {}\n    }\n  }\n}\n",
            ["main.tf: resource aws_lambda_function.a: there is no environment.values"],
        ),
        (
            'resource "aws_oracle" "a" {\n}\n',
            ["main.tf: resource aws_oracle.a: the provider has no such thing"],
        ),
        (
            'data "aws_region" "a" {\n}\nlocals {\n  a = data.aws_region.a.name\n}\n',
            ["data_aws_region.name: name is deprecated. Use region instead."],
        ),
        (
            'data "aws_region" "a" {\n  name = "us-east-1"\n}\n',
            ["main.tf: data aws_region.a: name: name is deprecated. Use region instead."],
        ),
        (
            'locals {\n  a = [aws_lambda_function.a.arn, aws_lambda_function.a["b"].colour]\n}\n',
            ["lambda_function.colour: there is no such attribute"],
        ),
    ],
)
def test_what_the_provider_does_not_have_or_has_given_up_is_told(
    configuration: str, expected: list[str], bindings: Bindings, tmp_path: Path
) -> None:
    (tmp_path / "main.tf").write_text(configuration, encoding="utf-8")
    assert problems(tmp_path, bindings) == expected
