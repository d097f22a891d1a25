"""Compares the module with the newest aws provider: all that it uses exists and is not deprecated.

`python -m workbench.provider_schema` asks the package registry for two packages of bindings, generated from the
provider's schema: one of them (for CDK Terrain) says what there is, the other (Pulumi's) what is deprecated. They are
large and change often, so this is no test: it belongs to a release.
"""

import ast
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import hcl2

ROOT: Final = Path(__file__).resolve().parent.parent
PACKAGES: Final = ("cdktn-provider-aws", "pulumi-aws")

_META: Final = {"count", "for_each", "depends_on", "lifecycle", "provider", "timeouts"}
_OPTIONS: Final = hcl2.SerializationOptions(
    with_comments=False, explicit_blocks=False, strip_string_quotes=True
)
_REFERENCE = re.compile(r"\b(data\.)?aws_(\w+)\.\w+(?:\[[^\]]*\])?\.([a-z]\w*)")
_DEPRECATED = re.compile(r'_utilities\.deprecated\("""(.*?)"""\)\s+def (\w+)\(self', re.DOTALL)


def blocks(root: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Place, name (`lambda_function`, of a data source `data_aws_service`) and body of everything declared."""
    for path in sorted([*root.glob("*.tf"), *root.glob("modules/*/*.tf")]):
        with path.open(encoding="utf-8") as file:
            document = hcl2.load(file, serialization_options=_OPTIONS)
        for kind, prefix in (("resource", ""), ("data", "data_aws_")):
            for block in document.get(kind, []):
                for type_name, named in block.items():
                    if type_name.startswith("aws_"):
                        for label, body in named.items():
                            place = f"{path.relative_to(root)}: {kind} {type_name}.{label}"
                            yield place, prefix + type_name.removeprefix("aws_"), body


def references(root: Path) -> set[tuple[str, str]]:
    """Name as above and attribute of everything that an expression reads."""
    text = "\n".join(
        path.read_text(encoding="utf-8") for path in [*root.glob("*.tf"), *root.glob("modules/*/*.tf")]
    )
    return {
        (("data_aws_" if data else "") + name, attribute)
        for data, name, attribute in _REFERENCE.findall(text)
    }


class Bindings:
    """The two packages, as the archives that the registry has."""

    def __init__(self, existing: zipfile.ZipFile, deprecated: zipfile.ZipFile) -> None:
        """`existing` are CDK Terrain's bindings, `deprecated` Pulumi's."""
        self._existing, self._deprecated = existing, deprecated

    def classes(self, name: str) -> dict[str, ast.ClassDef] | None:
        """The classes of a resource or data source by name; None where there is no such thing."""
        path = f"cdktn_provider_aws/{name}/__init__.py"
        if path not in self._existing.namelist():
            return None
        tree = ast.parse(self._existing.read(path))
        return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}

    def deprecations(self, name: str) -> dict[str, str]:
        """What is said of each deprecated argument and attribute."""
        kind, plain = ("get_", name.removeprefix("data_aws_")) if name.startswith("data_aws_") else ("", name)
        service, _, rest = plain.partition("_")
        service = "lambda_" if service == "lambda" else service
        for path in (f"pulumi_aws/{service}/{kind}{rest}.py", f"pulumi_aws/{kind}{plain}.py"):
            if path in self._deprecated.namelist():
                text = self._deprecated.read(path).decode()
                return {attribute: " ".join(said.split()) for said, attribute in _DEPRECATED.findall(text)}
        raise LookupError(
            f"{PACKAGES[1]} has nothing for {name}; say in workbench/provider_schema.py where it is"
        )


def _arguments(node: ast.ClassDef) -> dict[str, str]:
    """The arguments of a class, and their types as text."""
    for member in node.body:
        if isinstance(member, ast.FunctionDef) and member.name == "__init__":
            return {one.arg: ast.unparse(one.annotation) for one in member.args.kwonlyargs if one.annotation}
    return {}


def _attributes(classes: dict[str, ast.ClassDef]) -> set[str]:
    return {
        member.name
        for node in classes.values()
        for member in node.body
        if isinstance(member, ast.FunctionDef)
    }


def _unknown(body: dict[str, Any], node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> Iterator[str]:
    """The arguments of a block that there are not, those of inner blocks too."""
    known = _arguments(node)
    for argument, value in body.items():
        if argument in _META or argument == "dynamic" or argument.startswith("__"):
            continue
        if argument not in known:
            yield argument
        inner = next(
            (classes[name] for name in re.findall(r"\w+", known.get(argument, "")) if name in classes), None
        )
        if inner and isinstance(value, list):
            for one in value:
                yield from [f"{argument}.{name}" for name in _unknown(one, inner, classes)]
    for block in body.get("dynamic", []):
        for argument, one in block.items():
            yield from _unknown({argument: [one["content"][0]]}, node, classes)


def problems(root: Path, bindings: Bindings) -> list[str]:
    """What the newest provider does not have, or has given up, a line each."""
    found = []
    for place, name, body in blocks(root):
        classes = bindings.classes(name)
        if classes is None:
            found.append(f"{place}: the provider has no such thing")
            continue
        config = next(
            node for key, node in classes.items() if key.endswith("Config") and key.lower() == name_of(name)
        )
        found += [f"{place}: there is no {argument}" for argument in _unknown(body, config, classes)]
        gone = bindings.deprecations(name)
        found += [f"{place}: {argument}: {gone[argument]}" for argument in body if argument in gone]
    for name, attribute in sorted(references(root)):
        classes = bindings.classes(name)
        if classes is not None and attribute not in _attributes(classes):
            found.append(f"{name}.{attribute}: there is no such attribute")
        elif classes is not None and attribute in (gone := bindings.deprecations(name)):
            found.append(f"{name}.{attribute}: {gone[attribute]}")
    return found


def name_of(name: str) -> str:
    """The name of a thing's configuration class, in small letters."""
    return name.replace("_", "") + "config"


def main() -> int:
    """Print the provider's version and what is wrong; the exit status."""
    with tempfile.TemporaryDirectory() as directory:
        command = [
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--only-binary=:all:",
            "--dest",
            directory,
            *PACKAGES,
        ]
        subprocess.run([sys.executable, "-m", *command], check=True)
        wheels = [next(Path(directory).glob(f"{name.replace('-', '_')}-*.whl")) for name in PACKAGES]
        with zipfile.ZipFile(wheels[0]) as existing, zipfile.ZipFile(wheels[1]) as deprecated:
            metadata = next(name for name in existing.namelist() if name.endswith(".dist-info/METADATA"))
            version = re.search(r"provider version ([\d.]+)", existing.read(metadata).decode())
            print(f"hashicorp/aws {version[1] if version else 'of unknown version'}, {wheels[1].name}")
            found = problems(ROOT, Bindings(existing, deprecated))
    print("\n".join(found) or "every resource, argument and attribute exists, and none is deprecated")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
