"""The run: make the stack, walk the steps, destroy everything, report; taken up again where it was interrupted."""

import json
import time
from collections.abc import Callable
from typing import Final

from botocore.exceptions import ClientError

from workbench.acceptance.account import REGION, Account
from workbench.acceptance.keys import Keys
from workbench.acceptance.progress import Progress, Result
from workbench.acceptance.report import REMOVAL, summary, write_report
from workbench.acceptance.site import CUSTOMER_ID, PAGES, POLL_SECONDS, integration_config
from workbench.acceptance.stack import Stack, TerraformFailed
from workbench.acceptance.steps import STEPS, Step
from workbench.acceptance.walk import NotAsExpected, NotShown, Walk

Say = Callable[[str], None]

_REPLICATED: Final = "replicated function"
_OTHER_FAILURES: Final = 3
_REPLICA_TRIES: Final = 24
"""Each takes half an hour, and a quarter of an hour lies between two: most of a day."""


def run(account: Account, progress: Progress, say: Say, *, steps: tuple[Step, ...] = STEPS) -> int:
    """Go on with a run; 0 where every step passed, was measured or cannot be shown, and all is gone, else 1.

    Raises TerraformFailed where the stack can be neither made nor destroyed; the run can then be taken up again.
    """
    stack = Stack(progress.directory, account.environment)
    keys = Keys(account.client("secretsmanager", REGION), progress.name)
    if progress.phase == "make":
        say(f"Applying the stack {progress.name}: some ten minutes on AWS. Its log: {progress.directory}")
        outputs = stack.apply(
            {
                "name": progress.name,
                "customer_id": CUSTOMER_ID,
                "secret_arn": keys.make(),
                "integration_config": json.dumps(integration_config(1)),
                "pages": PAGES,
                "poll_interval_seconds": POLL_SECONDS,
                "platform_url": account.platform_url,
            }
        )
        progress.enter("walk", outputs)
    if progress.phase == "walk":
        with account.site(progress.outputs) as site_url:
            say(f"The site: {site_url}")
            walk = Walk(account, progress.name, site_url, progress.outputs, keys)
            for step in steps:
                if step.name not in progress.results:
                    result = take(step, walk)
                    progress.note(step.name, result)
                    say(f"  {result.status:15} {step.name}: {result.text}")
        progress.enter("destroy")
    write_report(progress, steps)
    removal = _remove(account, progress, stack, keys, say)
    progress.note(REMOVAL, removal)
    progress.enter("gone")
    path = write_report(progress, steps)
    results = [*progress.results.values()]
    say(f"{summary(results)}. Report: {path}")
    return int(any([result.status == "fail" for result in results]))


def take(step: Step, walk: Walk) -> Result:
    """A step's result, whatever happens in it."""
    began = time.monotonic()
    if why := walk.account.not_shown.get(step.name):
        return Result("not shown here", why)
    try:
        result = step.run(walk)
    except NotShown as why_not:
        result = Result("not shown here", str(why_not))
    except NotAsExpected as failure:
        result = Result("fail", str(failure))
    except Exception as error:  # whatever AWS or the site did that the step does not know of
        result = Result("fail", f"{type(error).__name__}: {error}")
    return result._replace(seconds=round(time.monotonic() - began, 1))


def _remove(account: Account, progress: Progress, stack: Stack, keys: Keys, say: Say) -> Result:
    began = time.monotonic()
    replicated = others = 0
    while True:
        say(f"Destroying the stack {progress.name}")
        try:
            stack.destroy()
            break
        except TerraformFailed as failure:
            is_replicated = _REPLICATED in str(failure)
            replicated, others = replicated + is_replicated, others + (not is_replicated)
            if others >= _OTHER_FAILURES or replicated >= _REPLICA_TRIES:
                raise
            what = "CloudFront still has replicas of the functions" if is_replicated else str(failure)
            say(
                f"{what}; the next try is in {account.pause_seconds:.0f} s. Ctrl-C, and it can go on another day."
            )
            time.sleep(account.pause_seconds)
    keys.remove()
    groups = _remove_edge_logs(account, progress.name)
    hours = (time.monotonic() - began) / 3600
    return Result(
        "pass",
        f"stack and secret are gone, and {groups} log groups that the functions made; AWS keeps their metrics",
        {"replicas_waited_hours": round(hours, 1)} if replicated else {},
        round(time.monotonic() - began, 1),
    )


def _remove_edge_logs(account: Account, name: str) -> int:
    """Delete the log groups that the edge made in its own regions, which no Terraform knows of."""
    removed = 0
    for region in account.regions():
        logs = account.client("logs", region)
        for prefix in (f"/aws/lambda/us-east-1.{name}-", f"/aws/lambda/{name}-"):
            for group in logs.describe_log_groups(logGroupNamePrefix=prefix)["logGroups"]:
                try:
                    logs.delete_log_group(logGroupName=group["logGroupName"])
                    removed += 1
                except ClientError as error:
                    if error.response["Error"]["Code"] != "ResourceNotFoundException":
                        raise
    return removed
