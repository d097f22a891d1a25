"""What is refused, with the behavior and the way out in the message."""

from typing import Any

import pytest

from behavior_association.errors import AssociationError, InvalidRequest, Refused, ServiceError
from tests.behavior_association.cloudfront import written
from tests.behavior_association.distributions import (
    DISTRIBUTION,
    arn,
    behavior,
    distribution,
    function_arn,
    functions,
    lambdas,
    pair,
)


def refusal(account: Any, *path_patterns: str, **event: Any) -> str:
    before = account.cloudfront.document(DISTRIBUTION)
    with pytest.raises(Refused) as caught:
        account(*path_patterns, **event)
    assert account.cloudfront.document(DISTRIBUTION) == before
    assert account.record() is None
    dry = account(*path_patterns, **event, dry_run=True)
    assert "; ".join(dry["problems"]) == str(caught.value)
    return str(caught.value)


def test_a_missing_distribution(account: Any) -> None:
    with pytest.raises(AssociationError, match=r"EGONE: there is none with this id.*check distribution_id"):
        account("*", distribution_id="EGONE")


def test_a_missing_path_pattern_with_those_that_there_are(shop: Any) -> None:
    assert refusal(shop, "/checkout/*", "/tickets/*") == (
        f"distribution {DISTRIBUTION}, behavior '/checkout/*': there is no behavior with this path pattern; add it to "
        "the distribution, or name one of /tickets/*, basket*, *.jpg, * (* is the default behavior)"
    )


def test_a_default_behavior_that_never_gets_a_request(account: Any) -> None:
    account.has(behavior("*"))

    assert "an ordered behavior takes every path" in refusal(account, "*")


@pytest.mark.parametrize("event_type", ["viewer_request", "viewer_response"])
def test_a_cloudfront_function_on_a_viewer_event(account: Any, event_type: str) -> None:
    rewrite = functions(**{event_type: function_arn("rewrite")})
    account.has(behavior("/tickets/*", FunctionAssociations=rewrite), behavior("/free/*"))

    message = refusal(account, "/tickets/*", "/free/*")

    assert f"behavior '/tickets/*': the CloudFront Function {function_arn('rewrite')}" in message
    assert "set on_conflict to replace" in message
    assert "/free/*" not in message


def test_a_foreign_function_on_a_viewer_event(account: Any) -> None:
    account.has(default=behavior(LambdaFunctionAssociations=lambdas(viewer_response=arn("headers"))))

    message = refusal(account, "*")

    assert message.startswith(
        f"distribution {DISTRIBUTION}, behavior '*': the function {arn('headers')} is on its viewer-response"
    )


def test_every_problem_at_once(account: Any) -> None:
    foreign = behavior(LambdaFunctionAssociations=lambdas(viewer_request=arn("a"), viewer_response=arn("b")))
    account.has(default=foreign)

    assert refusal(account, "*", "/gone/*").count(f"distribution {DISTRIBUTION}") == 3


def test_a_staging_distribution(account: Any) -> None:
    account.has(Staging=True)

    assert "it is the staging distribution of a continuous deployment" in refusal(account, "*")


def test_a_primary_with_a_continuous_deployment_policy_is_warned_of(account: Any) -> None:
    account.has(ContinuousDeploymentPolicyId="policy")

    assert "promoting its staging distribution replaces" in account("*", dry_run=True)["warnings"][0]
    assert "promoting its staging distribution replaces" in account("*")["warnings"][0]


def test_a_multi_tenant_distribution_is_warned_of(account: Any) -> None:
    account.has(ConnectionMode="tenant-only")

    result = account("*")

    assert (result["outcome"], len(result["warnings"])) == ("attached", 1)
    assert "runs for every domain of all its tenants" in result["warnings"][0]


def test_a_tenant_of_a_multi_tenant_distribution(account: Any) -> None:
    with pytest.raises(InvalidRequest, match="a tenant has no behaviors; give the id of "):
        account("*", distribution_id="dt_2wjDZi3hD1ivOXf6rpZJO1AB")


def test_a_behavior_with_grpc_on(account: Any) -> None:
    with_grpc = behavior("/api/*", GrpcConfig={"Enabled": True})
    without = behavior("/tickets/*", GrpcConfig={"Enabled": False})
    account.has(with_grpc, without)

    message = refusal(account, "/api/*", "/tickets/*")

    assert message.startswith(f"distribution {DISTRIBUTION}, behavior '/api/*': it has gRPC switched on")
    assert "/tickets/*" not in message


IN_THE_LIST = (b"<LambdaFunctionAssociations>", b"<LambdaFunctionAssociations><FutureMode>all</FutureMode>")
IN_THE_ITEMS = (b"</LambdaFunctionAssociation>", b"</LambdaFunctionAssociation><FutureAssociation/>")
TWO_LISTS = (b"<FunctionAssociations>", b"<FunctionAssociations/><FunctionAssociations>")
MISCOUNTED = (b"<Quantity>1</Quantity><Items><LambdaF", b"<Quantity>3</Quantity><Items><LambdaF")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (IN_THE_LIST, "<FutureMode> in <LambdaFunctionAssociations>"),
        (IN_THE_ITEMS, "<FutureAssociation> in <Items>"),
        (TWO_LISTS, "a second <FunctionAssociations>"),
        (MISCOUNTED, "a <Quantity> in <LambdaFunctionAssociations> that is not the number of its items"),
    ],
)
def test_an_unknown_element_in_a_list_of_functions(
    account: Any, change: tuple[bytes, bytes], named: str
) -> None:
    images = lambdas(origin_request=arn("images"))
    document = written(distribution(default=behavior(LambdaFunctionAssociations=images)))
    assert change[0] in document
    account.cloudfront.store(DISTRIBUTION, document.replace(*change))

    assert f"its functions are listed with {named}" in refusal(account, "*")


def test_an_association_that_would_lose_a_setting_when_it_gives_way(account: Any) -> None:
    auth = lambdas(viewer_request=arn("auth"))
    document = written(distribution(default=behavior(LambdaFunctionAssociations=auth)))
    setting = b"<FutureOrder>1</FutureOrder>"
    account.cloudfront.put(DISTRIBUTION, document.replace(b"<IncludeBody>", setting + b"<IncludeBody>"))

    message = refusal(account, "*", on_conflict="replace")

    assert "the function on its viewer-request cannot be replaced: it has <FutureOrder>" in message


@pytest.mark.parametrize(
    ("document", "what"),
    [
        (b"<Distribution/>", "it is a <Distribution>"),
        (b"<DistributionConfig/>", "<DistributionConfig> has 0 <DefaultCacheBehavior>"),
        (
            b"<!DOCTYPE x [<!ENTITY a 'b'>]><DistributionConfig>&a;</DistributionConfig>",
            "it has a document type",
        ),
    ],
)
def test_a_configuration_that_is_not_understood(account: Any, document: bytes, what: str) -> None:
    account.cloudfront.store(DISTRIBUTION, document)

    with pytest.raises(
        ServiceError, match=f"{DISTRIBUTION}: CloudFront's configuration of it is not .*{what}"
    ):
        account("*")


def test_a_response_that_is_cut_short(account: Any) -> None:
    account.cloudfront.store(DISTRIBUTION, b"<DistributionConfig>")

    with pytest.raises(ServiceError, match=f"{DISTRIBUTION}: CloudFront could not be asked"):
        account("*")


def test_more_associations_than_cloudfront_allows(account: Any) -> None:
    ordered = [
        behavior(f"/{number}/*", LambdaFunctionAssociations=lambdas(origin_request=arn("images")))
        for number in range(60)
    ]
    account.has(*ordered)
    named = [f"/{number}/*" for number in range(21)]

    message = refusal(account, *named)

    assert "it would have 102 Lambda@Edge associations, more than the 100" in message
    account.cloudfront.quota = 150
    assert account(*named, association_quota=150)["outcome"] == "attached"


def test_a_version_that_was_never_published(shop: Any) -> None:
    message = refusal(shop, "*", associations=pair(99))

    assert f"{DISTRIBUTION}, viewer-request: there is no {arn('shop-viewer-request', 99)}" in message


def test_what_cloudfront_itself_refuses_names_the_distribution(shop: Any) -> None:
    shop.cloudfront.refuses[DISTRIBUTION] = "TooManyDistributionsWithLambdaAssociations"

    with pytest.raises(AssociationError, match=rf"{DISTRIBUTION}: CloudFront answered TooMany.*quota raised"):
        shop("*")


UNQUALIFIED = arn("shop-viewer-request").removesuffix(":3")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"lambda_arn": UNQUALIFIED}, "has no version, but CloudFront takes a numbered version only"),
        ({"lambda_arn": f"{UNQUALIFIED}:$LATEST"}, r"ends in \$LATEST, but CloudFront takes a numbered"),
        ({"lambda_arn": f"{UNQUALIFIED}:live"}, "ends in live, but CloudFront takes a numbered version only"),
        (
            {"lambda_arn": arn("shop-viewer-request").replace("us-east-1", "eu-west-1")},
            "is in eu-west-1, but Lambda@Edge functions live in us-east-1",
        ),
        ({"lambda_arn": "shop-viewer-request"}, "is not the ARN of a Lambda function"),
        ({"lambda_arn": None}, "is not the ARN of a Lambda function"),
        ({"event_type": "origin-request"}, 'has the event type "origin-request"; use viewer-request'),
        ({"event_type": "viewer-response", "include_body": True}, "no include_body here"),
        ({"event_type": "viewer-response"}, "two functions for one event type"),
        ({"include_body": "yes"}, '"include_body" takes true or false'),
    ],
)
def test_an_association_that_cloudfront_does_not_take(
    shop: Any, changes: dict[str, Any], message: str
) -> None:
    request, response = pair()

    with pytest.raises(InvalidRequest, match=message):
        shop("*", associations=[{**request, **changes}, response])


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({"distribution_id": None}, '"distribution_id" is "None"'),
        ({"distribution_id": "d111.cloudfront.net"}, "it takes an id such as EDFDVBD6EXAMPLE"),
        ({"path_patterns": []}, '"path_patterns" is empty; give "\\*"'),
        ({"path_patterns": "*"}, '"path_patterns" takes a list'),
        ({"path_patterns": [3]}, '"path_patterns" takes path patterns'),
        ({"path_patterns": ["x" * 256]}, "up to 255 characters"),
        ({"associations": []}, '"associations" is empty'),
        ({"associations": {}}, '"associations" takes a list'),
        ({"associations": ["x"]}, "not an object"),
        ({"on_conflict": "ask"}, "use fail or replace"),
        ({"association_quota": 0}, "takes a whole number from 1"),
        ({"association_quota": True}, "takes a whole number from 1"),
        ({"remember_previous": "yes"}, '"remember_previous" takes true or false'),
        ({"dry_run": 1}, '"dry_run" takes true or false'),
        ({"revision": 1}, '"revision" takes text'),
        ({"action": "remove"}, "use attach or detach"),
    ],
)
def test_an_event_that_is_not_understood(shop: Any, event: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        shop("*", **event)
    assert shop.cloudfront.updates == []
