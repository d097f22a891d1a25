"""Who is taken for whom among the requests."""

from urllib.parse import quote

from workbench.control_room.visitors import Visitors
from workbench.local_edge.viewer_event import ViewerRequest

SESSION = f"QueueITAccepted-SDFrts345E-V3_winternights={quote('EventId=winternights&QueueId=a-1&Hash=0')}"


def request(cookie: str = "", querystring: str = "", agent: str = "Firefox") -> ViewerRequest:
    headers = [("User-Agent", agent)]
    if cookie:
        headers.append(("Cookie", cookie))
    return ViewerRequest("id", "127.0.0.1", "GET", "/", querystring, headers, b"")


def test_browsers_are_told_apart() -> None:
    visitors = Visitors()
    assert [visitors.number(request(agent=agent)) for agent in ("a", "b", "a")] == [1, 2, 1]


def test_a_visitor_keeps_the_number_from_the_first_request_through_line_token_and_session() -> None:
    visitors = Visitors()
    way = [
        request(),
        request(cookie="theme=dark; queue-place-northlight-winternights=a-1"),
        request(querystring="x=1&queueittoken=e_winternights~q_a-1~ts_1~h_0"),
        request(cookie=SESSION),
    ]
    assert [visitors.number(one) for one in way] == [1, 1, 1, 1]


def test_two_visitors_of_one_browser_are_two_by_their_queue_ids() -> None:
    visitors = Visitors()
    assert visitors.number(request(cookie=SESSION)) == 1
    assert visitors.number(request(cookie=SESSION.replace("a-1", "b-2"))) == 2
    assert visitors.number(request()) == 3
    assert visitors.number(request(cookie=SESSION)) == 1
