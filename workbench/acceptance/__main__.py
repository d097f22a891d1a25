"""`python -m workbench.acceptance`: the acceptance run on the AWS account of the credentials at hand."""

import sys
from pathlib import Path
from typing import Final

import click
from botocore.exceptions import BotoCoreError, ClientError

from workbench.acceptance.account import Account, of_aws
from workbench.acceptance.program import run
from workbench.acceptance.progress import Progress
from workbench.acceptance.stack import TerraformFailed

RUNS: Final = Path("build/acceptance")

_NO_ACCOUNT: Final = (
    "no AWS account can be reached ({problem}). Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, to "
    "credentials of an account for trials; `make acceptance LOCAL=1` needs none."
)
_WHAT: Final = """\
In {account}, in us-east-1, this creates, all named {name}…:
  a bucket with seven small pages; two CloudFront distributions; the connector (five functions with the probe, a table,
  a schedule, alarms, roles, log groups); a secret with keys made for this run.
It walks {steps} steps, which takes about half an hour, deletes the table on the way, and destroys everything.
CloudFront takes hours to give the functions' replicas up, and until then AWS deletes none of these functions: the
run tries again until it can, and can be interrupted and taken up again with the same command.
What AWS keeps for itself: the metrics, for 15 months.
It costs less than 1 US dollar: some thousand requests and invocations, a day of a secret and of six alarms."""


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--destroy", is_flag=True, help="Walk no more steps of the run that was interrupted; destroy it."
)
def main(*, yes: bool, destroy: bool) -> None:
    """Prove the connector on a real AWS account, and destroy what that took. Takes up a run that was interrupted."""
    try:
        account = of_aws()
    except (BotoCoreError, ClientError) as problem:
        raise click.ClickException(_NO_ACCOUNT.format(problem=problem)) from None
    sys.exit(go(account, RUNS, yes=yes, destroy=destroy))


def go(account: Account, runs: Path, *, yes: bool = False, destroy: bool = False) -> int:
    """Begin a run, or take up the one that was interrupted, once the person has agreed; the exit status."""
    from workbench.acceptance.steps import STEPS

    progress = Progress.ongoing(runs)
    if progress is None:
        if destroy:
            raise click.ClickException(f"no run below {runs} is under way; there is nothing to destroy")
        click.echo(_WHAT.format(account=account.what, name="queueit-acceptance-", steps=len(STEPS)))
        if not yes:
            click.confirm("Go on?", abort=True)
        progress = Progress.begin(runs, account.what)
    elif progress.account != account.what:
        raise click.ClickException(
            f"the run {progress.name} is under way in {progress.account}, and these credentials are of {account.what}; "
            "use the former's"
        )
    else:
        click.echo(f"Taking up {progress.name} in {account.what}, which was interrupted.")
    if destroy:
        progress.enter("destroy")
    try:
        return run(account, progress, click.echo)
    except TerraformFailed as failure:
        click.echo(str(failure), err=True)
    except KeyboardInterrupt:
        click.echo("\nInterrupted.", err=True)
    click.echo(
        "What exists stays. The same command takes the run up where it was; with ARGS=--destroy it only destroys.",
        err=True,
    )
    return 1


if __name__ == "__main__":
    main()
