"""The steps of a run, in their order: what each proves, and how.

A step gives a Result, raises NotAsExpected when the connector or AWS did otherwise, or NotShown when nothing could be
seen. A new step is a function and a line in STEPS; docs/aws.md names the steps that prove an assumption.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import requests
from botocore.exceptions import ClientError

from workbench.acceptance import site
from workbench.acceptance.keys import new_key
from workbench.acceptance.progress import Result
from workbench.acceptance.walk import (
    NotAsExpected,
    NotShown,
    Walk,
    expect,
    median,
    seconds_to_arrive,
    took_ms,
)
from workbench.enqueue_token import InvalidEnqueueToken, read_enqueue_token
from workbench.sample_waiting_room.push import push

_ACTOR: Final = "acceptance run"
_METRICS: Final = "QueueIt/CloudFrontConnector"
_LOGS_WITHIN_SECONDS: Final = 600.0
_TABLE_GONE_SECONDS: Final = 300.0


class Step(NamedTuple):
    """`name` stands in reports and docs; `proves` is for people."""

    name: str
    proves: str
    run: Callable[[Walk], Result]


def _passed(text: str, **measured: float) -> Result:
    return Result("pass", text, measured)


def _with_session(walk: Walk, visitor: site.Visitor) -> site.Visitor:
    """Let a visitor in."""
    answer = visitor.get(f"{site.PROTECTED}?queueittoken={site.token(walk.keys.read()['secret_key'])}")
    expect(answer.status_code == 302 and visitor.session_cookie != "", "a session for a token", answer)
    return visitor


def cold_start(walk: Walk) -> Result:
    """The first visitors, each for a worker that has not run before, beside those who come after them."""
    with walk.visitor() as visitor:
        visitor.get(site.WITHOUT_FUNCTIONS)  # name, connection and TLS
        without = took_ms(visitor, site.WITHOUT_FUNCTIONS, 20)
        first = took_ms(visitor, site.UNPROTECTED, 1)[0]
        warm = took_ms(visitor, site.UNPROTECTED, 40)
    return Result(
        "measured",
        "the first request that runs the functions, then others, and requests that run none, all on one connection",
        {"first_ms": round(first, 1), "warm_ms": median(warm), "without_functions_ms": median(without)},
    )


def six_steps(walk: Walk) -> Result:
    """Queued with a valid enqueue token, let in by a queue token, and browsing on with the session."""
    key = walk.keys.read()["secret_key"]
    page = f"{walk.site_url}/{site.PROTECTED}?from=newsletter&night=12%2F12"
    with walk.visitor() as visitor:
        answer = visitor.get(site.UNPROTECTED)
        expect(answer.status_code == 200, "an unprotected page", answer)
        answer = visitor.get(page)
        expect(site.is_queued(answer), "a redirect to the waiting room", answer)
        expect(answer.headers.get("x-queueit-connector") == "cloudfront", "the connector's header", answer)
        query = parse_qs(urlsplit(answer.headers["Location"]).query)
        said = read_enqueue_token(query["enqueuetoken"][0], key)
        expect(
            (said.customer_id, said.event_id) == (site.CUSTOMER_ID, site.WAITING_ROOM),
            "an enqueue token for this room",
            answer,
        )
        expect(urlsplit(query["t"][0])[1:] == urlsplit(page)[1:], "the page as the target", answer)
        answer = visitor.get(f"{page}&queueittoken={site.token(key, client_ip=said.client_ip)}")
        expect(
            answer.status_code == 302 and answer.headers.get("Location") == page,
            f"a redirect to {page}",
            answer,
        )
        expect(visitor.session_cookie != "", "a session cookie", answer)
        answer = visitor.get(page)
        expect(answer.status_code == 200 and site.PROTECTED in answer.text, "the page", answer)
    with walk.visitor() as visitor:
        answer = visitor.get(f"{site.PROTECTED}?queueittoken={site.token('another key')}")
        expect("/error/hash/" in answer.headers.get("Location", ""), "a forged token refused", answer)
    return _passed(f"queued, let in for {said.client_ip} and browsing; a forged token is refused")


def handover(walk: Walk) -> Result:
    """viewer-response sets the cookie that viewer-request decided on, on a cache miss and on a hit."""
    seen: dict[str, str] = {}
    with _with_session(walk, walk.visitor()) as visitor:
        for _ in range(20):
            answer = visitor.get(site.CACHED)
            kind = answer.headers.get("X-Cache", "").partition(" ")[0]
            expect(answer.status_code == 200, "the cached page", answer)
            expect(
                answer.headers.get("x-queueit-connector") == "cloudfront", "the connector's header", answer
            )
            expect(
                site.SESSION_COOKIE in answer.headers.get("Set-Cookie", ""), "the session, extended", answer
            )
            seen.setdefault(kind, answer.headers["Set-Cookie"])
            if {"Miss", "Hit"} <= set(seen):
                break
            time.sleep(1.1)
    if not {"Miss", "Hit"} <= set(seen):
        raise NotShown(f"of 20 answers all were {', '.join(seen)}; a miss and a hit are needed")
    with walk.visitor() as stranger:
        expect(
            site.is_queued(answer := stranger.get(site.CACHED)), "the waiting room for somebody else", answer
        )
    return _passed("a cookie on a miss and on a hit; somebody without a session is queued on the cached page")


def sessions(walk: Walk) -> Result:
    """A session is extended with each request, one of fixed length is not."""
    key = walk.keys.read()["secret_key"]
    with _with_session(walk, walk.visitor()) as visitor:
        first = visitor.session_cookie
        time.sleep(1.5)
        answer = visitor.get(site.PROTECTED)
        expect(answer.status_code == 200 and visitor.session_cookie != first, "another cookie", answer)
    with walk.visitor() as visitor:
        visitor.get(f"{site.PROTECTED}?queueittoken={site.token(key, validity_minutes=3)}")
        answer = visitor.get(site.PROTECTED)
        expect(
            answer.status_code == 200 and "Set-Cookie" not in answer.headers,
            "a page without another cookie in a session of 3 minutes",
            answer,
        )
    return _passed("a session is extended with each request, one of fixed length is not")


def background(walk: Walk) -> Result:
    """A background request learns where the waiting room is, and gets its answer with a session."""
    page = f"{walk.site_url}/{site.UNPROTECTED}"
    with walk.visitor() as visitor:
        answer = visitor.get(site.BACKGROUND, x_queueit_ajaxpageurl=page)
        where = unquote(answer.headers.get("x-queueit-redirect", ""))
        expect(
            answer.status_code == 200 and not answer.content and "waiting-room.example.com/?" in where,
            "an empty answer with x-queueit-redirect",
            answer,
        )
        expect(parse_qs(urlsplit(where).query).get("t") == [page], "the page as the target", answer)
        _with_session(walk, visitor)
        answer = visitor.get(site.BACKGROUND, x_queueit_ajaxpageurl=page)
        expect(answer.text == '{"stock": 7}', "the answer", answer)
    return _passed("the address of the waiting room in a header; with a session the answer itself")


def poll(walk: Walk) -> Result:
    """How long requests take over several polls."""
    with walk.visitor() as visitor:
        taken = took_ms(visitor, site.UNPROTECTED, 150, 4 * site.POLL_SECONDS / 150)
    slow = sorted(taken)[-3]
    return Result(
        "measured",
        f"150 requests over {4 * site.POLL_SECONDS} s and more; a poll may add 30 ms to one of them",
        {"median_ms": median(taken), "third_slowest_ms": round(slow, 1), "slowest_ms": round(max(taken), 1)},
    )


def publication(walk: Walk) -> Result:
    """The schedule finds a publication, and edges follow it."""
    walk.publish(site.integration_config(2, "/news/"))
    seconds = seconds_to_arrive(walk, lambda visitor: site.is_queued(visitor.get(site.LATER)), schedule=True)
    return _passed("a page that was published as protected is queued for", arrived_s=round(seconds, 1))


def pushed_publication(walk: Walk) -> Result:
    """The publish endpoint takes a signed push, without the schedule."""
    configuration = site.integration_config(3, "/news/", "/jobs/")
    pushed = push(walk.outputs["publish_url"], configuration, walk.keys.read()["secret_key"])
    if pushed.status != 200:
        raise NotAsExpected(f"expected 200 for a push; got {pushed}")
    walk.publish(configuration)
    seconds = seconds_to_arrive(
        walk, lambda visitor: site.is_queued(visitor.get(site.PUSHED)), schedule=False
    )
    return _passed("a page that was pushed as protected is queued for", arrived_s=round(seconds, 1))


def kill(walk: Walk) -> Result:
    """An operator's kill lets everybody pass, and its end queues again."""
    walk.config_refresh(action="kill", actor=_ACTOR, reason="acceptance")
    try:
        killed = seconds_to_arrive(
            walk, lambda visitor: visitor.get(site.PROTECTED).status_code == 200, schedule=False
        )
    finally:
        walk.config_refresh(action="enable", actor=_ACTOR)
    enabled = seconds_to_arrive(
        walk, lambda visitor: site.is_queued(visitor.get(site.PROTECTED)), schedule=False
    )
    return _passed(
        "nobody is queued after a kill, everybody after its end",
        killed_s=round(killed, 1),
        enabled_s=round(enabled, 1),
    )


def rotation(walk: Walk) -> Result:
    """An announced key is accepted, then signs; nobody with a session is sent back."""
    old, new = walk.keys.read()["secret_key"], new_key()
    with _with_session(walk, walk.visitor()) as staying:
        before = staying.session_cookie
        walk.keys.write(secret_key=old, next_secret_key=new)
        announced = seconds_to_arrive(walk, lambda visitor: _lets_in(visitor, new), schedule=True)
        walk.keys.write(secret_key=new, previous_secret_key=old)
        switched = seconds_to_arrive(walk, lambda visitor: _sends_with(visitor, new), schedule=True)
        answer = staying.get(site.PROTECTED)
        expect(answer.status_code == 200 and before != "", "the page, with a session of the old key", answer)
    return _passed(
        "the announced key's tokens are accepted, then it signs enqueue tokens; a session of the old key stays",
        announced_s=round(announced, 1),
        switched_s=round(switched, 1),
    )


def _lets_in(visitor: site.Visitor, key: str) -> bool:
    """Whether a visitor without a session gets one for a token of that key."""
    visitor.forget()
    visitor.get(f"{site.PROTECTED}?queueittoken={site.token(key)}")
    return visitor.session_cookie != ""


def _sends_with(visitor: site.Visitor, key: str) -> bool:
    """Whether the enqueue token is signed with that key."""
    query = parse_qs(urlsplit(visitor.get(site.PROTECTED).headers.get("Location", "")).query)
    try:
        read_enqueue_token(query.get("enqueuetoken", [""])[0], key)
    except InvalidEnqueueToken:
        return False
    return True


def logs_and_metrics(walk: Walk) -> Result:
    """Each function's log group, and the connector's metrics, in the regions that ran it."""
    names = [f"/aws/lambda/us-east-1.{walk.name}-{event}" for event in ("viewer-request", "viewer-response")]
    ends_at = time.monotonic() + _LOGS_WITHIN_SECONDS
    logging: list[str] = []
    counting: list[str] = []
    while time.monotonic() < ends_at and not (logging and counting):
        with walk.visitor() as visitor:
            took_ms(
                visitor, site.UNPROTECTED, 20, 0.1
            )  # a worker writes its metrics with the first request after a minute
        regions = walk.account.regions()
        logging = [region for region in regions if all(_has_streams(walk, region, name) for name in names)]
        counting = [region for region in regions if _has_metrics(walk, region)]
        time.sleep(20)
    if not logging or not counting:
        raise NotAsExpected(
            f"expected logs and metrics within {_LOGS_WITHIN_SECONDS:.0f} s; "
            f"got logs in {logging}, metrics in {counting}"
        )
    starts = _init_durations(walk, logging[0], names[0])
    measured = {"initialisation_ms": median(starts), "initialisations": float(len(starts))} if starts else {}
    return _passed(f"logs in {', '.join(logging)}; metrics in {', '.join(counting)}", **measured)


def _has_streams(walk: Walk, region: str, group: str) -> bool:
    try:
        streams = walk.client("logs", region).describe_log_streams(logGroupName=group, limit=1)["logStreams"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return False
        raise
    return bool(streams)


def _has_metrics(walk: Walk, region: str) -> bool:
    listed = walk.client("cloudwatch", region).list_metrics(
        Namespace=_METRICS, Dimensions=[{"Name": "Connector", "Value": walk.name}]
    )["Metrics"]
    # config-refresh writes others, in us-east-1.
    return any([metric["MetricName"] == "SnapshotAge" for metric in listed])


def _init_durations(walk: Walk, region: str, group: str) -> list[float]:
    """Milliseconds of the initialisations that Lambda reports in its own lines of the log."""
    events = walk.client("logs", region).filter_log_events(
        logGroupName=group, filterPattern='"Init Duration"', limit=100
    )["events"]
    return [float(event["message"].split("Init Duration: ")[1].split(" ")[0]) for event in events]


def certificate_store(walk: Walk) -> Result:
    """Lambda's runtime has authorities of its own, and both they and ours verify DynamoDB."""
    found = walk.invoke(walk.outputs["probe"], {})
    verified = [found["system_store_verifies_dynamodb"], found["shipped_roots_verify_dynamodb"]]
    if verified != ["yes", "yes"] or not found["authorities"]:
        raise NotAsExpected(f"expected both to verify DynamoDB; got {found}")
    return _passed(
        f"Python {found['python']}, {found['openssl']}, store {found['store']}; "
        "that store verifies DynamoDB, and so do the shipped roots",
        authorities=float(found["authorities"]),
    )


def memory(walk: Walk) -> Result:
    """Whether CloudFront takes a function of 256 MB on a viewer event."""
    cloudfront = walk.client("cloudfront")
    distribution = walk.outputs["platform_distribution_id"]
    found = cloudfront.get_distribution_config(Id=distribution)
    config: dict[str, Any] = found["DistributionConfig"]
    before = config["DefaultCacheBehavior"].get("LambdaFunctionAssociations", {"Quantity": 0})
    association = {
        "LambdaFunctionARN": walk.outputs["probe"],
        "EventType": "viewer-request",
        "IncludeBody": False,
    }
    config["DefaultCacheBehavior"]["LambdaFunctionAssociations"] = {"Quantity": 1, "Items": [association]}
    try:
        changed = cloudfront.update_distribution(
            Id=distribution, IfMatch=found["ETag"], DistributionConfig=config
        )
    except ClientError as error:
        told = error.response["Error"]
        return Result("measured", f"refused: {told['Code']}: {told['Message']}", {"accepted_mb": 128.0})
    config["DefaultCacheBehavior"]["LambdaFunctionAssociations"] = before
    cloudfront.update_distribution(Id=distribution, IfMatch=changed["ETag"], DistributionConfig=config)
    return Result("measured", "accepted, and taken off again", {"accepted_mb": 256.0})


def table_gone(walk: Walk) -> Result:
    """Without the table, workers that start pass visitors on, marked as failed; those with a snapshot keep it."""
    dynamodb = walk.client("dynamodb")
    try:
        dynamodb.delete_table(TableName=walk.outputs["table"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
    dynamodb.get_waiter("table_not_exists").wait(TableName=walk.outputs["table"])
    ends_at = time.monotonic() + _TABLE_GONE_SECONDS
    visits = failed_open = 0
    slowest = 0.0
    while time.monotonic() < ends_at and not failed_open:
        for answer in _rush(walk):
            visits += 1
            expect(answer.status_code < 500, "no error", answer)
            if answer.headers.get("x-queueit-failed") == "true":
                expect(answer.status_code == 200, "the page, failed open", answer)
                failed_open += 1
                slowest = max(slowest, answer.elapsed.total_seconds())
            else:
                expect(site.is_queued(answer), "the waiting room, by a worker with a snapshot", answer)
    if not failed_open:
        raise NotShown(f"all of {visits} visits met workers that had a snapshot: none started anew")
    return _passed(
        f"{failed_open} of {visits} visits, to workers that had just started, passed with x-queueit-failed; no error",
        slowest_s=round(slowest, 1),
    )


def _rush(walk: Walk) -> list[requests.Response]:
    def visit(_: int) -> requests.Response:
        with walk.visitor() as visitor:
            return visitor.get(site.PROTECTED)

    with ThreadPoolExecutor(walk.account.visitors_at_once) as pool:
        return list(pool.map(visit, range(walk.account.visitors_at_once)))


STEPS: Final = (
    Step("cold start", "what a visitor waits for a worker that starts", cold_start),
    Step("six steps", "queued, let in, browsing", six_steps),
    Step("hand-over", "cookies on a cache miss and on a hit", handover),
    Step("sessions", "extended, or of fixed length", sessions),
    Step("background requests", "the waiting room's address in a header", background),
    Step("poll", "what a visitor waits for a poll", poll),
    Step("publication", "schedule, config-refresh and edge follow the platform", publication),
    Step("push", "the publish endpoint", pushed_publication),
    Step("kill", "an operator's switch, and its end", kill),
    Step("rotation", "another secret key", rotation),
    Step("logs and metrics", "in the regions that ran the functions", logs_and_metrics),
    Step("certificate store", "what Lambda's runtime trusts", certificate_store),
    Step("memory", "more than 128 MB on a viewer event", memory),
    Step("table gone", "failing open; the last one, as nothing brings the table back", table_gone),
)
