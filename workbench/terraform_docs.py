"""Writes the inputs and outputs of Terraform modules into the docs, from the modules' own descriptions.

A page says where: between `<!-- inputs of PATH -->` and `<!-- end -->`, and likewise `outputs of`, where PATH is the
module's folder, `.` for the root module. `attributes of` are the inputs that are objects, attribute by attribute. An
input of the root module whose type is `any` is described by the variable of the same name in modules/options, and the
defaults of `settings` are those of functions/queueit/settings.py. `python -m workbench.terraform_docs` fills in every
page of docs/ and every README of the root and of modules/; with `--check` it compares instead. The README links to
docs/terraform.md for the attributes of objects.
"""

import argparse
import re
import sys
from pathlib import Path
from typing import Any, Final

import hcl2

from queueit.settings import DirectPassSettings, Settings, VerifySettings

ROOT: Final = Path(__file__).resolve().parent.parent
DOCS: Final = ROOT / "docs"

_SECTION = re.compile(r"(<!-- (inputs|attributes|outputs) of (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)
_ATTRIBUTE = re.compile(r"^- (\w+):", re.MULTILINE)
_OPTIONS: Final = hcl2.SerializationOptions(
    with_comments=False, explicit_blocks=False, preserve_heredocs=False, strip_string_quotes=True
)


class UndescribedError(Exception):
    """A variable or output has no description."""


def _blocks(module: Path, kind: str) -> dict[str, dict[str, Any]]:
    """The blocks of one kind by their label, in the order of the files; variables.tf before variables-….tf."""
    blocks: dict[str, dict[str, Any]] = {}
    for path in sorted(module.glob(f"{kind}s*.tf"), key=lambda path: (path.stem, path.name)):
        with path.open(encoding="utf-8") as file:
            document = hcl2.load(file, serialization_options=_OPTIONS)
        blocks |= {label: body for block in document.get(kind, []) for label, body in block.items()}
    for label, body in blocks.items():
        if not body.get("description", "").strip():
            raise UndescribedError(f'{module}: {kind} "{label}" has no description')
    return blocks


def _description(block: dict[str, Any]) -> str:
    return str(block["description"]).replace('\\"', '"').strip()


def _split(text: str) -> list[str]:
    """The parts of a list of arguments or attributes: split at the commas that no bracket or quote holds."""
    parts, depth, is_quoted = [""], 0, False
    for character in text:
        if character == '"':
            is_quoted = not is_quoted
        elif not is_quoted:
            depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0 and not is_quoted:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]


def _end_of_object(text: str, start: int) -> int:
    """Where the `})` of the `object({` at `start` is."""
    depth = 0
    for index in range(start, len(text)):
        depth += (text[index] == "{") - (text[index] == "}")
        if text[index] == "}" and depth == 0:
            return index
    raise ValueError(f"an object without its end: {text}")


def attribute_defaults(type_text: str) -> dict[str, str]:
    """What each attribute of the object in a type is where it is left out, as HCL; "" for one that is required."""
    start = type_text.index("object({")
    defaults = {}
    for attribute in _split(type_text[start + len("object({") : _end_of_object(type_text, start)]):
        name, value = [side.strip() for side in attribute.split("=", 1)]
        if not value.startswith("optional("):
            defaults[name] = ""
            continue
        inner, *given = _split(value.removeprefix("optional(").removesuffix(")"))
        if given == ["{}"] and "object({" in inner:
            given = [
                f"{{ {', '.join(f'{one} = {item}' for one, item in attribute_defaults(inner).items())} }}"
            ]
        defaults[name] = given[0] if given else "null"
    return defaults


def _literal(value: object) -> str:
    """A default as it is written in HCL."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return f"[{', '.join([_literal(item) for item in value])}]"
    if isinstance(value, dict):
        pairs = ", ".join([f"{key} = {_literal(item)}" for key, item in value.items()])
        return f"{{ {pairs} }}" if pairs else "{}"
    return str(value)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def setting_defaults() -> dict[str, str]:
    """What each setting is where it is left out, as HCL; of an object, also of its attributes."""
    services = {"verify": VerifySettings._field_defaults, "direct_pass": DirectPassSettings._field_defaults}
    defaults = {}
    for name, value in Settings()._asdict().items():
        if name in services:
            defaults[name] = f"`null`; in it, `{_literal(services[name])}`"
        elif hasattr(value, "_asdict"):
            given = {attribute: item for attribute, item in value._asdict().items() if item is not None}
            defaults[name] = f"`{_literal(given)}`"
        else:
            defaults[name] = f"`{_literal(list(value) if isinstance(value, tuple) else value)}`"
    return defaults


def inputs(module: Path, objects_at: str = "") -> tuple[str, str]:
    """The variables of a module as Markdown: a table, and the objects among them attribute by attribute.

    The table leads to the objects on the page `objects_at`, "" for its own.
    """
    rows, objects = ["| input | type | default | what it is |", "| --- | --- | --- | --- |"], []
    options = _blocks(module / "modules" / "options", "variable")
    for name, block in _blocks(module, "variable").items():
        if str(block["type"]).strip("${}") == "any" and name in options:
            block |= {key: options[name][key] for key in ("description", "type")}
        type_text = str(block["type"]).removeprefix("${").removesuffix("}")
        description = _description(block)
        default = f"`{_literal(block['default'])}`" if "default" in block else "required"
        first_line, _, attributes = description.partition("\n")
        if attributes:
            defaults = (
                setting_defaults()
                if name == "settings"
                else {one: f"`{item}`" if item else "" for one, item in attribute_defaults(type_text).items()}
            )
            lines = []
            for line in filter(None, attributes.splitlines()):
                default_of = defaults[line[2 : line.index(":")]]
                lines.append(f"{line} {f'Default: {default_of}' if default_of else 'Required'}.")
            attributes = _ATTRIBUTE.sub(r"- `\1`:", "\n".join(lines))
            objects.append(f"#### {name}\n\n{first_line}\n\n{attributes}\n")
            rows.append(f"| [`{name}`]({objects_at}#{name}) | object | {default} | {_cell(first_line)} |")
        else:
            shown = "ephemeral " + type_text if block.get("ephemeral") else type_text
            rows.append(f"| `{name}` | `{_cell(shown)}` | {default} | {_cell(description)} |")
    return "\n".join(rows) + "\n", "\n".join(objects)


def outputs(module: Path) -> str:
    """The outputs of a module as a Markdown table."""
    rows = ["| output | what it is |", "| --- | --- |"]
    for name, block in _blocks(module, "output").items():
        rows.append(f"| `{name}` | {_cell(_description(block))} |")
    return "\n".join(rows) + "\n"


def filled_in(page: str, root: Path = ROOT, objects_at: str = "") -> str:
    """A page with its sections written anew. Raises UndescribedError, and OSError where a module is not there."""

    def section(match: re.Match[str]) -> str:
        beginning, kind, path, end = match.groups()
        if kind == "outputs":
            content = outputs(root / path)
        else:
            table, attributes = inputs(root / path, objects_at)
            shown = [table] if kind == "inputs" else []
            shown += [attributes] if attributes and not objects_at else []
            content = "\n".join(shown)
        return f"{beginning}\n{content}\n{end}"

    return _SECTION.sub(section, page)


def main(arguments: list[str] | None = None, docs: Path = DOCS, root: Path = ROOT) -> int:
    """Write the pages, or with --check compare; 1 when a page is not what the modules say."""
    parser = argparse.ArgumentParser(prog="python -m workbench.terraform_docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the pages instead of writing them")
    check = parser.parse_args(arguments).check
    stale = []
    readme = root / "README.md"
    pages = [
        page for page in [readme, *docs.glob("*.md"), *root.glob("modules/*/README.md")] if page.exists()
    ]
    for page in sorted(pages):
        text = page.read_text(encoding="utf-8")
        new = filled_in(text, root, "docs/terraform.md" if page == readme else "")
        if new == text:
            continue
        if check:
            stale.append(page.relative_to(root))
        else:
            page.write_text(new, encoding="utf-8")
            print(f"{page.relative_to(root)}: written")
    for name in stale:
        print(f"{name} is not what the modules say; run `make docs` and commit it", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
