"""`queueit doctor URL`: ask a live site as visitors would, and say what is wrong and how to mend it."""

from urllib.parse import urlsplit

from queueit.outcome import QUEUED
from workbench.cli import command as cli
from workbench.cli import configuration_source
from workbench.cli.explanation import explain, viewer_event
from workbench.cli.secret_key_source import SECRET_FILE, secret_key
from workbench.cli.site_checks import GOOD, PROBLEM, SKIPPED, WARNING, Check, Examination
from workbench.cli.value_types import DOMAIN, SITE_URL
from workbench.cli.ways_past import OPEN_FOLDERS, Ways, ways_past

_EXAMPLES = """
doctor https://shop.example.com/tickets
doctor https://shop.example.com/tickets --name shop --own-domain d111111abcdef8.cloudfront.net
"""

_MARKS = {GOOD: "ok      ", WARNING: "warning ", PROBLEM: "PROBLEM ", SKIPPED: "skipped "}


def run(options: cli.Options, context: cli.Context) -> cli.Result:
    """Look at the site; with a connector's name, also compare with its table. Not ok with any problem."""
    url = options.url
    parts = urlsplit(url)
    url = parts._replace(path=parts.path or "/", fragment="").geturl()
    name = options.name or context.environ.get("QUEUEIT_CONNECTOR")
    key = secret_key(options, context)
    source = configuration_source.from_connector(name, context) if name else None
    if source and key is None:
        key = source.keys.get("secret_key")
    examination = Examination(url, context.session, secret_key=key, now=context.now)
    examination.run()
    checks = examination.checks
    if examination.queued:
        folders = [f"/{one.strip('/')}/" for one in options.folder] if options.folder else OPEN_FOLDERS
        ways = Ways(url, options.own_domain, options.origin, folders)
        checks = [*checks, *ways_past(ways, examination.ask, examination.is_sent_away)]
    if source:
        checks = [*checks, _comparison(examination, source, context)]
    problems = sum(one.status == PROBLEM for one in checks)
    warned = sum(one.status == WARNING for one in checks)
    lines = [url]
    for one in checks:
        lines.append(f"{_MARKS[one.status]}{one.name}: {one.message}")
        if one.remedy:
            lines.append(f"{'':8}→ {one.remedy}")
    lines.append(f"{cli.plural(problems, 'problem')}, {cli.plural(warned, 'warning')}")
    data = {"url": url, "checks": [one._asdict() for one in checks]}
    return cli.Result(data, "\n".join(lines), ok=not problems)


def _comparison(examination: Examination, source: configuration_source.Source, context: cli.Context) -> Check:
    """Whether the site does what the table's configuration says."""
    try:
        snapshot = configuration_source.snapshot_of(source, "")
    except cli.CommandFailed as error:
        return Check("table", PROBLEM, str(error), "see `queueit status`")
    expected = explain(
        snapshot, source.config["Integrations"], viewer_event(examination.url), context.now()
    ).decision
    queued = examination.queued
    if not snapshot.settings.enabled:
        return Check(
            "table",
            PROBLEM,
            "the connector is switched off: every request passes",
            "see `queueit history` and `queueit enable`",
        )
    if queued and queued.version not in (None, snapshot.version):
        return Check(
            "table",
            WARNING,
            f"this edge decides by version {queued.version}, the table serves version {snapshot.version}",
            f"ask again in {snapshot.settings.poll_interval_seconds} s; if it stays, the edge cannot reach the "
            "table: see its log",
        )
    if bool(queued) != (expected.reason is QUEUED):
        does = "queues" if queued else "does not queue"
        return Check(
            "table",
            PROBLEM,
            f"the site {does}, but by the table's version {snapshot.version} the answer is: {expected.reason.name}",
            "another connector, or none, is in front of this path"
            if expected.reason is QUEUED
            else "see `queueit explain`; another connector may be in front of this path",
        )
    return Check("table", GOOD, f"the site does what version {snapshot.version} in the table says")


COMMAND = cli.command(
    "doctor",
    run,
    _EXAMPLES,
    cli.argument("url", "URL", type=SITE_URL),
    cli.option(
        "--own-domain",
        metavar="DOMAIN",
        default="",
        type=DOMAIN,
        help="the distribution's own domain, to ask through it too",
    ),
    cli.option(
        "--origin",
        metavar="URL",
        default="",
        type=SITE_URL,
        help="the origin's address, to ask it directly too",
    ),
    cli.option(
        "--folder",
        metavar="PATH",
        multiple=True,
        help="a folder that another cache behavior serves, such as /static/; may be given several times",
    ),
    cli.name_option("; then the site is compared with what its table serves"),
    SECRET_FILE,
)
