"""`queueit test FILE`: run a file of cases against a configuration, or record its decisions as cases."""

import json
import secrets
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from queueit.snapshot import Snapshot
from workbench.cli import command as cli
from workbench.cli import configuration_source
from workbench.cli.input_files import place_of, read_text
from workbench.cli.request_cases import Case, Ran, cases_of, parse_cases, recorded, run_case
from workbench.cli.secret_key_source import SECRET_FILE, secret_key
from workbench.cli.value_types import DOMAIN
from workbench.printable import printable

_EXAMPLES = """
test cases.yaml --config configuration.json
test cases.yaml --name shop --junit report.xml
test cases.yaml --platform example --json
test cases.yaml --name shop --record
"""


def run(options: cli.Options, context: cli.Context) -> cli.Result:
    """Run or record the cases. Not ok when a case fails."""
    if [options.file, options.config, options.settings, options.secret_file].count("-") > 1:
        raise cli.UsageError(
            "only one of cases, configuration, settings and key can come from standard input"
        )
    if options.record and (options.file == "-" or options.junit):
        raise cli.UsageError("--record writes the cases to FILE: give a file, and no --junit")
    source = configuration_source.chosen(options, context)
    key = source.keys.get("secret_key") or secret_key(options, context) or secrets.token_hex()
    snapshot = configuration_source.snapshot_of(source, key)
    if options.record:
        return _record(options, source, snapshot, context)
    cases = parse_cases(read_text(options.file, context), place_of(options.file))
    ran = [run_case(case, snapshot, context.now()) for case in cases]
    failed = [one for one in ran if one.problems]
    if options.junit:
        _write(options.junit, _junit(ran, source.place))
    data = {
        "configuration": {"source": source.place, "version": snapshot.version},
        "cases": [
            {
                "name": one.case.name,
                "ok": not one.problems,
                "expect": one.case.expect,
                "found": one.found,
                "problems": one.problems,
            }
            for one in ran
        ],
        "failed": len(failed),
    }
    lines = [
        f"{'FAIL' if one.problems else 'pass'}  {printable(one.case.name)}"
        + (f": {printable('; '.join(one.problems))}" if one.problems else "")
        for one in ran
    ]
    lines.append(
        f"{cli.plural(len(ran), 'case')}, {len(failed)} failed, by {source.place}, version {snapshot.version}"
    )
    return cli.Result(data, "\n".join(lines), ok=not failed)


def _record(
    options: cli.Options, source: configuration_source.Source, snapshot: Snapshot, context: cli.Context
) -> cli.Result:
    """Write the file's cases with the decisions of now as expectations; cases from the triggers if there is no file."""
    path = Path(options.file)
    if path.exists():
        cases: list[Case] = parse_cases(read_text(options.file, context), options.file)
    else:
        cases = cases_of(source.config["Integrations"], options.host)
    documents = [recorded(case, snapshot, context.now()) for case in cases]
    _write(options.file, _file_text(documents, is_json=options.file.endswith(".json")))
    count = cli.plural(len(documents), "case")
    text = f"{count} recorded in {options.file}, by {source.place}, version {snapshot.version}"
    return cli.Result({"file": options.file, "cases": documents}, printable(text))


def _file_text(documents: list[dict[str, Any]], *, is_json: bool) -> str:
    if is_json:
        return json.dumps({"cases": documents}, indent=2) + "\n"
    import yaml

    return yaml.safe_dump({"cases": documents}, sort_keys=False, allow_unicode=True, width=1000)


def _write(path: str, text: str) -> None:
    try:
        Path(path).write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise cli.CommandFailed(f"{path} cannot be written: {error.strerror}") from None
    except ValueError:  # a name that no file can have
        raise cli.CommandFailed(f"{path} cannot be written: no file can have this name") from None


def _junit(ran: list[Ran], place: str) -> str:
    failed = sum(1 for one in ran if one.problems)
    suite = ElementTree.Element(
        "testsuite", name=f"queueit: {printable(place)}", tests=str(len(ran)), failures=str(failed)
    )
    for one in ran:
        case = ElementTree.SubElement(suite, "testcase", classname="queueit", name=printable(one.case.name))
        if one.problems:
            ElementTree.SubElement(case, "failure", message=printable("; ".join(one.problems)))
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


COMMAND = cli.command(
    "test",
    run,
    _EXAMPLES,
    cli.argument("file", "FILE", type=cli.FileName()),
    *configuration_source.SOURCE,
    SECRET_FILE,
    cli.file_option("--junit", "also write a report to this file, in JUnit's XML"),
    cli.option(
        "--record",
        is_flag=True,
        help="write the present decisions into FILE as what its cases expect (comments are lost); a FILE that does not "
        "exist yet gets a case for each trigger",
    ),
    cli.option(
        "--host",
        default="www.example.com",
        metavar="HOST",
        type=DOMAIN,
        help="the site's host, for recorded cases whose trigger names none",
    ),
)
