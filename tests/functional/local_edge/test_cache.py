"""What the edge caches, and that viewer-response runs on a hit as on a miss."""

from typing import Any

import pytest

from tests.functional.local_edge import sources

CACHING_OPTIMIZED = {"CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6", "OriginRequestPolicyId": ""}
# The origin's answer is in the query string, so the key has to hold it.
USE_ORIGIN = {"CachePolicyId": "4cc15a8a-d715-48a4-82b8-cc0b614638fe"}


def x_cache(response: Any) -> str:
    (value,) = response.values("x-cache")
    return str(value).removesuffix(" from local-edge")


@pytest.mark.rule("viewer-response-on-hit")
def test_viewer_request_and_viewer_response_run_on_a_hit_too(workshop: Any) -> None:
    site = workshop.site(sources.PASS_REQUEST, sources.MARK_RESPONSE, default=CACHING_OPTIMIZED)
    first, second = site.ask("/a"), site.ask("/a")
    assert (x_cache(first), x_cache(second)) == ("Miss", "Hit")
    assert (first.values("x-marked"), second.values("x-marked")) == (["yes"], ["yes"])
    assert first.body == second.body
    assert len(site.origin.received) == 1
    assert len(site.invocations) == 4


def test_what_viewer_response_adds_is_not_cached(workshop: Any) -> None:
    site = workshop.site(
        response="""
counter = 0
def handler(event, context):
    global counter
    counter += 1
    response = event['Records'][0]['cf']['response']
    assert 'set-cookie' not in response['headers']
    response['headers']['set-cookie'] = [{'value': 'n=%d' % counter}]
    return response
""",
        default=CACHING_OPTIMIZED,
    )
    cookies = [site.ask("/a").values("set-cookie") for _ in range(3)]
    assert cookies == [["n=1"], ["n=2"], ["n=3"]]


def test_a_hit_shows_its_age_and_is_a_miss_when_its_time_is_up(workshop: Any) -> None:
    now = [1000.0]
    site = workshop.site(default=USE_ORIGIN, clock=lambda: now[0])
    target = "/a?header=Cache-Control:%20max-age%3D60"
    assert x_cache(site.ask(target)) == "Miss"
    now[0] += 59.5
    hit = site.ask(target)
    assert (x_cache(hit), hit.values("age")) == ("Hit", ["59"])
    now[0] += 0.5
    assert x_cache(site.ask(target)) == "Miss"


@pytest.mark.parametrize(
    ("cache_control", "second"),
    [
        ("max-age=60", "Hit"),
        ("public, s-maxage=60, max-age=0", "Hit"),
        ("s-maxage=0, max-age=60", "Miss"),
        ("no-store", "Miss"),
        ("private, max-age=60", "Miss"),
        ("no-cache", "Miss"),
        ("max-age=0", "Miss"),
        ('no-cache="Set-Cookie", max-age=60', "Hit"),
    ],
)
def test_cache_control_decides_where_the_policy_leaves_it_to_the_origin(
    workshop: Any, cache_control: str, second: str
) -> None:
    site = workshop.site(default=USE_ORIGIN)
    target = "/a?header=Cache-Control:%20" + cache_control.replace(" ", "%20").replace("=", "%3D")
    assert [x_cache(site.ask(target)), x_cache(site.ask(target))] == ["Miss", second]


def test_expires_counts_where_there_is_no_max_age(workshop: Any) -> None:
    site = workshop.site(default=USE_ORIGIN)
    future = "/a?header=Expires:%20Fri,%2001%20Jan%202100%2000:00:00%20GMT"
    past = "/b?header=Expires:%20Mon,%2001%20Jan%201990%2000:00:00%20GMT"
    assert [x_cache(site.ask(target)) for target in (future, future, past, past)] == [
        "Miss",
        "Hit",
        "Miss",
        "Miss",
    ]


def test_a_policy_with_a_minimum_caches_in_spite_of_no_store(workshop: Any) -> None:
    now = [1000.0]
    default = {
        "CachePolicyId": "",
        "OriginRequestPolicyId": "",
        "ForwardedValues": {"QueryString": True, "Cookies": {"Forward": "none"}},
        "MinTTL": 10,
    }
    site = workshop.site(default=default, clock=lambda: now[0])
    target = "/a?header=Cache-Control:%20no-store"
    assert [x_cache(site.ask(target)), x_cache(site.ask(target))] == ["Miss", "Hit"]
    now[0] += 10
    assert x_cache(site.ask(target)) == "Miss"


@pytest.mark.parametrize("status", [404, 500])
def test_errors_are_not_cached(workshop: Any, status: int) -> None:
    site = workshop.site(default=USE_ORIGIN)
    target = f"/a?status={status}&header=Cache-Control:%20max-age%3D60"
    assert [x_cache(site.ask(target)), x_cache(site.ask(target))] == ["Error", "Error"]
    assert len(site.origin.received) == 2


def test_nothing_is_cached_with_caching_disabled_or_for_a_post(workshop: Any) -> None:
    target = "/a?header=Cache-Control:%20max-age%3D60"
    disabled = workshop.site()
    assert [x_cache(disabled.ask(target)), x_cache(disabled.ask(target))] == ["Miss", "Miss"]
    cached = workshop.site(default=USE_ORIGIN)
    posts = [cached.ask(target, "POST", body=b"x") for _ in range(2)]
    assert [x_cache(response) for response in posts] == ["Miss", "Miss"]


def test_the_cache_key_is_what_the_policy_says(workshop: Any) -> None:
    site = workshop.site(default=CACHING_OPTIMIZED)
    assert x_cache(site.ask("/a?x=1", headers=[("Cookie", "a=1")])) == "Miss"
    assert x_cache(site.ask("/a?x=2", headers=[("Cookie", "a=2")])) == "Hit"
    assert x_cache(site.ask("/A?x=2")) == "Miss"
    by_origin = workshop.site(default=USE_ORIGIN)
    target = "/a?header=Cache-Control:%20max-age%3D60"
    assert x_cache(by_origin.ask(target, headers=[("Cookie", "a=1")])) == "Miss"
    assert x_cache(by_origin.ask(target, headers=[("Cookie", "a=1")])) == "Hit"
    assert x_cache(by_origin.ask(target, headers=[("Cookie", "a=2")])) == "Miss"
    assert x_cache(by_origin.ask(target + "&x=1", headers=[("Cookie", "a=1")])) == "Miss"
    assert x_cache(by_origin.ask(target, headers=[("Host", "b.example.com"), ("Cookie", "a=1")])) == "Miss"


def test_the_cache_key_is_of_the_request_that_viewer_request_returned(workshop: Any) -> None:
    site = workshop.site(sources.returning("request | {'uri': '/same'}"), default=CACHING_OPTIMIZED)
    assert [x_cache(site.ask("/a")), x_cache(site.ask("/b"))] == ["Miss", "Hit"]


@pytest.mark.rule("set-cookie")
def test_a_set_cookie_of_the_origin_is_cached_where_cookies_are_forwarded(workshop: Any) -> None:
    site = workshop.site(default=USE_ORIGIN)
    target = "/a?header=Cache-Control:%20max-age%3D60&header=Set-Cookie:%20a%3D1"
    assert [site.ask(target).values("set-cookie") for _ in range(2)] == [["a=1"], ["a=1"]]
    assert len(site.origin.received) == 1


def test_a_set_cookie_that_the_origin_wants_uncached_goes_to_the_first_visitor_only(workshop: Any) -> None:
    site = workshop.site(default=USE_ORIGIN)
    control = "Cache-Control:%20no-cache%3D%22Set-Cookie%22,%20max-age%3D60"
    target = f"/a?header={control}&header=Set-Cookie:%20a%3D1"
    assert [site.ask(target).values("set-cookie") for _ in range(2)] == [["a=1"], []]
    assert len(site.origin.received) == 1


def test_a_cached_head_has_no_body_and_does_not_answer_a_get(workshop: Any) -> None:
    site = workshop.site(default=CACHING_OPTIMIZED)
    head, get, again = site.ask("/a", "HEAD"), site.ask("/a"), site.ask("/a", "HEAD")
    assert [x_cache(response) for response in (head, get, again)] == ["Miss", "Miss", "Hit"]
    assert (again.body, get.body) == (b"", b"from the origin")
    assert head.values("content-length") == again.values("content-length") == ["15"]


@pytest.mark.rule("cached-methods")
@pytest.mark.parametrize(
    ("cached", "second"), [(["GET", "HEAD"], "Miss"), (["GET", "HEAD", "OPTIONS"], "Hit")]
)
def test_options_is_cached_by_itself_where_the_behavior_says_so(
    workshop: Any, cached: list[str], second: str
) -> None:
    methods = {"Items": ["GET", "HEAD", "OPTIONS"], "CachedMethods": {"Items": cached}}
    site = workshop.site(
        response=sources.MARK_RESPONSE, default={**CACHING_OPTIMIZED, "AllowedMethods": methods}
    )
    responses = [site.ask("/a"), site.ask("/a", "OPTIONS"), site.ask("/a", "OPTIONS")]
    assert [x_cache(response) for response in responses] == ["Miss", "Miss", second]
    assert responses[2].values("x-marked") == ["yes"]
    assert len(site.invocations) == 3


@pytest.mark.rule("accept-encoding")
def test_cache_key_and_origin_get_only_br_and_gzip_of_accept_encoding(workshop: Any) -> None:
    site = workshop.site(default=CACHING_OPTIMIZED)

    def asked(path: str, *values: str) -> str:
        return x_cache(site.ask(path, headers=[("Accept-Encoding", value) for value in values]))

    assert asked("/a", "gzip, deflate, br;q=0.9") == "Miss"
    assert asked("/a", "BR", "gzip") == "Hit"
    assert asked("/a", "gzip") == "Miss"
    assert asked("/a", "identity") == "Miss"
    assert asked("/a") == "Hit"
    assert asked("/b") == "Miss"
    assert [received.values("accept-encoding") for received in site.origin.received] == [
        ["br,gzip"],
        ["gzip"],
        ["identity"],
        [],
    ]
    uncompressed = workshop.site(default={"CachePolicyId": "b2884449-e4de-46a7-ac36-70bc7f1ddd6d"})
    responses = [uncompressed.ask("/a", headers=[("Accept-Encoding", one)]) for one in ("br", "gzip")]
    assert [x_cache(response) for response in responses] == ["Miss", "Hit"]


@pytest.mark.rule("generated-uncached")
def test_a_generated_response_is_not_cached(workshop: Any) -> None:
    site = workshop.site(
        """
counter = 0
def handler(event, context):
    global counter
    counter += 1
    headers = {'cache-control': [{'value': 'max-age=60'}]}
    return {'status': '200', 'headers': headers, 'body': str(counter)}
""",
        default=CACHING_OPTIMIZED,
    )
    assert [site.ask("/a").body for _ in range(2)] == [b"1", b"2"]
