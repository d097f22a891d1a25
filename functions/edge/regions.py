"""AWS regions: where each one is, which of several is nearest, and how its endpoints are called."""

from __future__ import annotations

from collections.abc import Iterable
from math import asin, cos, radians, sin, sqrt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

HOME_REGION: Final = "us-east-1"
"""Where the connector's table is written, and always to be found."""

# Latitude and longitude in degrees, of the place that AWS names a region after.
COORDINATES: Final = {
    "af-south-1": (-33.9, 18.4),  # Cape Town
    "ap-east-1": (22.3, 114.2),  # Hong Kong
    "ap-east-2": (25.0, 121.6),  # Taipei
    "ap-northeast-1": (35.7, 139.7),  # Tokyo
    "ap-northeast-2": (37.6, 127.0),  # Seoul
    "ap-northeast-3": (34.7, 135.5),  # Osaka
    "ap-south-1": (19.1, 72.9),  # Mumbai
    "ap-south-2": (17.4, 78.5),  # Hyderabad
    "ap-southeast-1": (1.3, 103.8),  # Singapore
    "ap-southeast-2": (-33.9, 151.2),  # Sydney
    "ap-southeast-3": (-6.2, 106.8),  # Jakarta
    "ap-southeast-4": (-37.8, 145.0),  # Melbourne
    "ap-southeast-5": (3.1, 101.7),  # Malaysia
    "ap-southeast-6": (-36.8, 174.8),  # New Zealand
    "ap-southeast-7": (13.8, 100.5),  # Thailand
    "ca-central-1": (45.5, -73.6),  # Montreal
    "ca-west-1": (51.0, -114.1),  # Calgary
    "eu-central-1": (50.1, 8.7),  # Frankfurt
    "eu-central-2": (47.4, 8.5),  # Zurich
    "eu-north-1": (59.3, 18.1),  # Stockholm
    "eu-south-1": (45.5, 9.2),  # Milan
    "eu-south-2": (41.6, -0.9),  # Spain
    "eu-west-1": (53.3, -6.3),  # Ireland
    "eu-west-2": (51.5, -0.1),  # London
    "eu-west-3": (48.9, 2.4),  # Paris
    "il-central-1": (32.1, 34.8),  # Tel Aviv
    "me-central-1": (24.5, 54.4),  # United Arab Emirates
    "me-south-1": (26.1, 50.6),  # Bahrain
    "mx-central-1": (20.6, -100.4),  # Mexico
    "sa-east-1": (-23.5, -46.6),  # Sao Paulo
    "us-east-1": (38.9, -77.4),  # N. Virginia
    "us-east-2": (40.0, -83.0),  # Ohio
    "us-west-1": (37.4, -121.9),  # N. California
    "us-west-2": (45.8, -119.7),  # Oregon
}

# The domains of the partitions beside the commercial one and GovCloud, by how their regions' names begin.
_DNS_SUFFIXES: Final = {
    "cn-": "amazonaws.com.cn",
    "eusc-": "amazonaws.eu",
    "us-iso-": "c2s.ic.gov",
    "us-isob-": "sc2s.sgov.gov",
    "us-isof-": "csp.hci.ic.gov",
    "eu-isoe-": "cloud.adc-e.uk",
}


def distance_km(one: str, other: str) -> float:
    """The great-circle distance of two regions in `COORDINATES`."""
    (latitude_1, longitude_1), (latitude_2, longitude_2) = COORDINATES[one], COORDINATES[other]
    latitudes = sin(radians(latitude_2 - latitude_1) / 2) ** 2
    longitudes = sin(radians(longitude_2 - longitude_1) / 2) ** 2
    across = latitudes + cos(radians(latitude_1)) * cos(radians(latitude_2)) * longitudes
    return 2 * 6371 * asin(sqrt(min(1.0, across)))


def by_distance(region: str, candidates: Iterable[str]) -> list[str]:
    """`candidates` and the home region, each once, the nearest to `region` first.

    A region is nearest to itself even if its place is unknown; otherwise one whose place is unknown comes last, and
    seen from an unknown place the home region is the nearest. Equals are in the order of their names.
    """

    def rank(candidate: str) -> tuple[float, bool, str]:
        if candidate == region:
            return (-1.0, False, candidate)
        if region in COORDINATES and candidate in COORDINATES:
            return (distance_km(region, candidate), False, candidate)
        return (float("inf"), candidate != HOME_REGION, candidate)

    return sorted({*candidates, HOME_REGION}, key=rank)


def dynamodb_host(region: str) -> str:
    """The host of DynamoDB's endpoint in `region`, of any partition."""
    for beginning, suffix in _DNS_SUFFIXES.items():
        if region.startswith(beginning):
            return f"dynamodb.{region}.{suffix}"
    return f"dynamodb.{region}.amazonaws.com"
