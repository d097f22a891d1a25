"""Which region is nearest, and how its endpoint is called."""

import boto3
import pytest

from edge.regions import COORDINATES, by_distance, distance_km, dynamodb_host


@pytest.mark.parametrize(
    ("region", "replicas", "nearest"),
    [
        ("eu-central-1", ["eu-west-1", "ap-southeast-1"], ["eu-west-1", "us-east-1", "ap-southeast-1"]),
        ("eu-central-1", [], ["us-east-1"]),
        ("ap-southeast-2", ["eu-west-1", "ap-northeast-1"], ["ap-northeast-1"]),
        ("sa-east-1", ["eu-west-1", "us-west-2"], ["us-east-1"]),
        ("us-west-1", ["us-west-2", "eu-west-1"], ["us-west-2"]),
        ("ap-northeast-1", ["us-west-2"], ["us-west-2"]),  # over the Pacific
        ("eu-west-2", ["eu-west-1", "eu-west-2"], ["eu-west-2"]),
        ("us-east-1", ["us-east-2"], ["us-east-1"]),
        # each region once
        (
            "eu-west-1",
            ["ap-southeast-2", "eu-west-2", "us-east-1", "eu-west-2"],
            ["eu-west-2", "us-east-1", "ap-southeast-2"],
        ),
        # an unknown region is near itself and else nearest to us-east-1; an unknown replica is the last to be asked
        ("xx-nowhere-1", ["eu-west-1", "ap-south-1"], ["us-east-1"]),
        ("xx-nowhere-1", ["xx-nowhere-1"], ["xx-nowhere-1", "us-east-1"]),
        ("eu-west-1", ["xx-nowhere-1"], ["us-east-1", "xx-nowhere-1"]),
    ],
)
def test_the_replicas_and_us_east_1_are_asked_by_their_distance(
    region: str, replicas: list[str], nearest: list[str]
) -> None:
    ordered = by_distance(region, replicas)

    assert ordered[: len(nearest)] == nearest
    assert len(ordered) == len({*replicas, "us-east-1"})


@pytest.mark.parametrize(
    ("one", "other", "kilometres"),
    [
        ("us-east-1", "eu-west-1", 5450),
        ("ap-southeast-2", "sa-east-1", 13400),
        ("eu-west-1", "eu-west-1", 0),
        ("ap-southeast-6", "us-west-2", 11400),
    ],
)
def test_distances_are_those_of_the_globe(one: str, other: str, kilometres: int) -> None:
    assert distance_km(one, other) == pytest.approx(kilometres, rel=0.03)
    assert distance_km(one, other) == distance_km(other, one)


def test_every_commercial_region_that_the_aws_library_knows_has_a_place() -> None:
    known = set(boto3.Session().get_available_regions("dynamodb", "aws", allow_non_regional=False))
    assert known - COORDINATES.keys() == set()


def test_every_place_is_on_the_globe() -> None:
    assert all(
        -90 <= latitude <= 90 and -180 <= longitude <= 180 for latitude, longitude in COORDINATES.values()
    )


@pytest.mark.parametrize("region", ["us-east-1", "ap-southeast-5", "us-gov-east-1", "cn-northwest-1"])
def test_endpoints_are_those_that_the_aws_library_uses(region: str) -> None:
    client = boto3.client(
        "dynamodb", region_name=region, aws_access_key_id="an-id", aws_secret_access_key="not-a-real-key"
    )
    assert client.meta.endpoint_url == f"https://{dynamodb_host(region)}"
    client.close()


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("us-gov-west-1", "dynamodb.us-gov-west-1.amazonaws.com"),
        ("cn-north-1", "dynamodb.cn-north-1.amazonaws.com.cn"),
        ("eusc-de-east-1", "dynamodb.eusc-de-east-1.amazonaws.eu"),
        ("us-iso-east-1", "dynamodb.us-iso-east-1.c2s.ic.gov"),
        ("us-isob-east-1", "dynamodb.us-isob-east-1.sc2s.sgov.gov"),
    ],
)
def test_partitions_have_their_own_domains(region: str, host: str) -> None:
    assert dynamodb_host(region) == host
