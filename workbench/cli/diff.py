"""`queueit diff FILE`: how a configuration differs from the one that is live, in words."""

from typing import Any

from config_refresh.content import Content, snapshot_document
from config_refresh.difference import differences, integrations_by_name
from workbench.cli import configuration_source
from workbench.cli.command import Context, FileName, Options, Result, argument, command, file_option, plural
from workbench.cli.condition import described
from workbench.cli.configuration_source import Source
from workbench.printable import printable

_EXAMPLES = """
diff configuration.json --name shop
diff configuration.json --with-settings settings.json --name shop
diff configuration.json --platform example --json
"""


def run(options: Options, context: Context) -> Result:
    """Not ok when they differ."""
    live = configuration_source.chosen(options, context)
    new = configuration_source.from_file(options.file, options.with_settings, context)
    if not new.settings and not options.with_settings:
        new = new._replace(settings=live.settings)
    for source in (live, new):
        configuration_source.snapshot_of(source, "any-key-will-do")  # refused here, with the place
    before, after = _content(live), _content(new)
    sentences = differences(before, after)
    old, now = (integrations_by_name(one.config) for one in (live, new))
    changes = {name: _changes(old.get(name, {}), now.get(name, {})) for name in {**old, **now}}
    lines = []
    for sentence in sentences:
        lines.append(printable(sentence))
        name = next((one for one in changes if sentence.startswith(f"{one}:")), None)
        lines += _trigger_lines(old.get(name, {}), now.get(name, {})) if name else []
    lines.append(f"{plural(len(sentences), 'difference')} between {live.place} and {new.place}")
    data = {
        "before": live.place,
        "after": new.place,
        "differences": sentences,
        "integrations": {name: change for name, change in changes.items() if change},
    }
    return Result(data, "\n".join(lines), ok=not sentences)


def _content(source: Source) -> Content:
    document = snapshot_document(
        source.customer_id, source.config, source.settings or {}, published_at=0, source="schedule"
    )
    return Content(document, {})


def _changes(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """The fields that differ, each with its value before and after, None where there is none."""
    return {
        name: {"before": old.get(name), "after": new.get(name)}
        for name in {**old, **new}
        if old.get(name) != new.get(name)
    }


def _trigger_lines(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """The triggers that are only in one of two integrations, in words."""
    before, after = ([_in_words(trigger) for trigger in one.get("Triggers") or []] for one in (old, new))
    return [f"  - {one}" for one in before if one not in after] + [
        f"  + {one}" for one in after if one not in before
    ]


def _in_words(trigger: dict[str, Any]) -> str:
    joint = " or " if trigger.get("LogicalOperator") == "Or" else " and "
    return printable(
        joint.join([described(part) for part in trigger.get("TriggerParts") or []]) or "no parts"
    )


COMMAND = command(
    "diff",
    run,
    _EXAMPLES,
    argument("file", "FILE", type=FileName()),
    *configuration_source.SOURCE,
    file_option("--with-settings", "the settings that FILE is to be live with; else those that are"),
)
