"""A distribution that behavior_association wrote, served by the local edge: the same JSON, the same behaviors."""

import json
from typing import Any

from moto import mock_aws

from tests.behavior_association.account import Account
from tests.behavior_association.cloudfront_server import CloudFrontServer
from tests.behavior_association.distributions import DISTRIBUTION, behavior, distribution, listed, pair
from tests.functional.local_edge import sources
from workbench.local_edge import LocalEdge

SAY_WHAT_IS_SEEN = (
    "{'status': '200', 'body': request['method'] + ' ' + request.get('body', {}).get('data', 'no body')}"
)


def attached(origin: Any, *path_patterns: str, **event: Any) -> Any:
    """What `aws cloudfront get-distribution-config` gives after the function ran, through a JSON file and back."""
    with mock_aws(), CloudFrontServer() as server:
        account = Account(server)
        origins = listed(
            [
                {
                    "Id": "site",
                    "DomainName": "127.0.0.1",
                    "CustomOriginConfig": {
                        "HTTPPort": origin.server_port,
                        "HTTPSPort": 443,
                        "OriginProtocolPolicy": "http-only",
                    },
                }
            ]
        )
        ordered = [behavior("/tickets/free/*"), behavior("/tickets/*"), behavior("*.jpg")]
        account.cloudfront.put(DISTRIBUTION, distribution(*ordered, Origins=origins))
        account(*path_patterns, **event)
        return json.loads(json.dumps({"DistributionConfig": account.config}))


def served(workshop: Any, document: Any) -> LocalEdge:
    code = {
        "shop-viewer-request": workshop.zip(sources.returning(SAY_WHAT_IS_SEEN), "request"),
        "shop-viewer-response": workshop.zip(sources.PASS_RESPONSE, "response"),
    }
    return LocalEdge(
        document["DistributionConfig"],
        {name: (path, f"{name.rpartition('-')[2]}.handler") for name, path in code.items()},
        log=lambda message: None,
    )


def test_the_pair_runs_where_it_was_attached_and_nowhere_else(workshop: Any, origin: Any) -> None:
    document = attached(origin, "/tickets/*", "*.jpg")

    with served(workshop, document) as edge:
        assert workshop.ask(edge, "/tickets/1").body == b"GET no body"
        assert workshop.ask(edge, "/tickets/free/1").body == b"from the origin"
        assert workshop.ask(edge, "/tickets/free/1.jpg").body == b"from the origin"
        assert workshop.ask(edge, "/posters/1.jpg").body == b"GET no body"
        assert workshop.ask(edge, "/").body == b"from the origin"


def test_include_body_is_that_of_the_association(workshop: Any, origin: Any) -> None:
    document = attached(origin, "*", associations=pair(include_body=True))

    with served(workshop, document) as edge:
        answer = workshop.ask(edge, "/basket", "POST", body=b"ticket=1")

    assert answer.body == b"POST dGlja2V0PTE="
