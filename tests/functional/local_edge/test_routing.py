"""Which behavior a path goes to, and which distributions are refused."""

from typing import Any

import pytest

from tests.functional.local_edge import sources
from workbench.local_edge import LocalEdge, UnsupportedDistribution
from workbench.local_edge.path_pattern import compile_path_pattern, normalize_path


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("*", "/", True),
        ("/tickets/*", "/tickets/1/2", True),
        ("/tickets/*", "/tickets/", True),
        ("/tickets/*", "/tickets", False),
        ("/tickets*", "/tickets", True),
        ("tickets/*", "/tickets/1", True),
        ("*.jpg", "/a/b.jpg", True),
        ("*.jpg", "/a/b.jpg/c", False),
        ("/?.html", "/a.html", True),
        ("/?.html", "/.html", False),
        ("/?.html", "/ab.html", False),
        ("/Tickets", "/tickets", False),
        ("/a.b", "/axb", False),
        ("/a[1]", "/a[1]", True),
        ("/a*", "/b/a", False),
    ],
)
def test_a_path_pattern_matches_as_at_cloudfront(pattern: str, path: str, matches: bool) -> None:
    assert bool(compile_path_pattern(pattern)(path)) is matches


@pytest.mark.parametrize(
    ("path", "normalized"),
    [
        ("/", "/"),
        ("/a/b", "/a/b"),
        ("/a/", "/a/"),
        ("//a///b", "/a/b"),
        ("/a/./b/../c", "/a/c"),
        ("/../../a", "/a"),
        ("/a/..", "/"),
        ("/a/b/.", "/a/b/"),
        ("/%74ickets", "/tickets"),
        ("/a%2fb", "/a%2Fb"),
        ("/100%", "/100%"),
    ],
)
def test_a_path_is_normalized_before_a_behavior_is_chosen(path: str, normalized: str) -> None:
    assert normalize_path(path) == normalized


def test_the_first_matching_behavior_decides_and_the_default_takes_the_rest(workshop: Any) -> None:
    marks = {
        name: workshop.zip(sources.returning(f"{{'status': '200', 'body': {name!r}}}"), name)
        for name in "abc"
    }

    def running(name: str, **changes: Any) -> Any:
        pairs = workshop.associations(("viewer-request", name))
        return workshop.behavior(LambdaFunctionAssociations=pairs, **changes)

    config = workshop.distribution(
        1,
        running("c"),
        running("a", PathPattern="/tickets/vip*"),
        running("b", PathPattern="/tickets/*"),
        running("c", PathPattern="/tickets/vip-late"),
    )
    functions = {name: (path, f"{name}.handler") for name, path in marks.items()}
    with LocalEdge(config, functions, log=lambda message: None) as edge:
        assert workshop.ask(edge, "/tickets/vip-late").body == b"a"
        assert workshop.ask(edge, "/tickets/1").body == b"b"
        assert workshop.ask(edge, "/x/../tickets/1").body == b"b"
        assert workshop.ask(edge, "/Tickets/1").body == b"c"
        assert workshop.ask(edge, "/tickets/1", "POST", body=b"").body == b"b"


def _with_association(workshop: Any, **changes: Any) -> Any:
    pair = workshop.associations(("viewer-request", "shop"))
    pair["Items"][0].update(changes)
    return workshop.behavior(LambdaFunctionAssociations=pair)


@pytest.mark.rule("numbered-version", "include-body-event")
@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"EventType": "origin-request"}, "runs no functions on 'origin-request'"),
        (
            {"LambdaFunctionARN": "arn:aws:lambda:us-east-1:123456789012:function:shop:$LATEST"},
            "not the ARN of a numbered version",
        ),
        ({"LambdaFunctionARN": "arn:aws:lambda:us-east-1:123456789012:function:shop"}, "numbered version"),
        ({"LambdaFunctionARN": "arn:aws:lambda:eu-west-1:123456789012:function:shop:1"}, "in us-east-1"),
        ({"EventType": "viewer-response", "IncludeBody": True}, "IncludeBody is for request events"),
        ({}, "no zip is given for the function 'shop'"),
    ],
)
def test_a_function_that_cloudfront_would_not_take_is_refused(
    workshop: Any, changes: dict[str, Any], problem: str
) -> None:
    with pytest.raises(UnsupportedDistribution, match=problem.replace("$", r"\$")):
        LocalEdge(workshop.distribution(1, _with_association(workshop, **changes)), {})


def test_a_distribution_without_http_2_has_no_grpc(workshop: Any) -> None:
    config = workshop.distribution(1, workshop.behavior(GrpcConfig={"Enabled": True}))
    with pytest.raises(UnsupportedDistribution, match="gRPC needs"):
        LocalEdge(config | {"HttpVersion": "http1.1"}, {})
    assert LocalEdge(config | {"HttpVersion": "http2and3"}, {})


@pytest.mark.rule("one-function")
def test_two_functions_on_one_event_are_refused_with_the_page_of_aws(workshop: Any) -> None:
    pairs = workshop.associations(("viewer-request", "a"), ("viewer-request", "b"))
    with pytest.raises(
        UnsupportedDistribution, match=r"two functions on viewer-request.* \(https://docs\.aws"
    ):
        LocalEdge(workshop.distribution(1, workshop.behavior(LambdaFunctionAssociations=pairs)), {})


def test_two_versions_of_one_function_are_refused(workshop: Any) -> None:
    other = _with_association(
        workshop, LambdaFunctionARN="arn:aws:lambda:us-east-1:123456789012:function:shop:4"
    )
    config = workshop.distribution(1, _with_association(workshop), other | {"PathPattern": "/a"})
    with pytest.raises(UnsupportedDistribution, match="versions 4 and 3 of 'shop'"):
        LocalEdge(config, {})


@pytest.mark.rule("origin-exists", "method-sets", "cached-method-sets", "grpc-needs")
@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"TargetOriginId": "other"}, "no origin has the Id 'other'"),
        ({"AllowedMethods": {"Items": ["GET"]}}, r"no such choice of methods: \['GET'\]"),
        ({"AllowedMethods": {"Items": ["GET", "HEAD", "POST"]}}, "no such choice of methods"),
        (
            {"AllowedMethods": {"Items": ["GET", "HEAD"], "CachedMethods": {"Items": ["GET"]}}},
            "no such choice of cached methods",
        ),
        (
            {
                "AllowedMethods": {
                    "Items": ["GET", "HEAD"],
                    "CachedMethods": {"Items": ["GET", "HEAD", "OPTIONS"]},
                }
            },
            "no such choice of cached methods",
        ),
        (
            {"GrpcConfig": {"Enabled": True}, "AllowedMethods": {"Items": ["GET", "HEAD"]}},
            "gRPC needs the method POST and HTTP/2",
        ),
        ({"CachePolicyId": "11111111-2222-3333-4444-555555555555"}, "unknown cache policy"),
        ({"OriginRequestPolicyId": "11111111-2222-3333-4444-555555555555"}, "unknown origin request policy"),
        ({"FunctionAssociations": {"Items": [{}]}}, "no CloudFront Functions"),
    ],
)
def test_a_behavior_that_the_edge_cannot_follow_is_refused(
    workshop: Any, changes: dict[str, Any], problem: str
) -> None:
    with pytest.raises(UnsupportedDistribution, match=problem):
        LocalEdge(workshop.distribution(1, workshop.behavior(**changes)), {})


def test_an_origin_url_for_an_origin_that_does_not_exist_is_refused(workshop: Any) -> None:
    with pytest.raises(UnsupportedDistribution, match="no origin has the Id 'shop'"):
        LocalEdge(
            workshop.distribution(1, workshop.behavior()), {}, origin_urls={"shop": "http://127.0.0.1:1"}
        )
