"""Whether an arrival brings a valid enqueue token, as a room can require (protocol section 10)."""

from workbench.enqueue_token import InvalidEnqueueToken, read_enqueue_token
from workbench.sample_waiting_room.error_texts import ErrorText
from workbench.sample_waiting_room.waiting_room import Account

_MISSING = ErrorText(
    "You did not come from the site",
    "This waiting room only takes visitors whom the site has sent. Open the page you want there: it leads back here.",
)
_INVALID = ErrorText(
    "This link has been changed",
    "The proof that the site sent you was altered on the way, or another site made it.",
)
_EXPIRED = ErrorText(
    "This link has expired",
    "The proof that the site sent you is good for a few minutes only, and this one was used later than that.",
)
_ELSEWHERE = ErrorText(
    "This link is for another waiting room",
    "The site sent you to another line. Each event has a waiting room of its own.",
)
_OTHER_ADDRESS = ErrorText(
    "Your network has changed", "The proof that the site sent you was made for another internet connection."
)


def refusal(token: str, account: Account, event_id: str, client_ip: str, now: float) -> ErrorText | None:
    """Why an arrival with `token` (empty for none) is refused at `now` (Unix seconds); None for a valid token.

    The platform has one secret key at a time, and refuses a token that any other has signed.
    """
    if not token:
        return _MISSING
    try:
        read = read_enqueue_token(token, account.secret_key)
    except InvalidEnqueueToken:
        return _INVALID
    if (read.customer_id.lower(), read.event_id.lower()) != (account.customer_id.lower(), event_id.lower()):
        return _ELSEWHERE
    if read.expires_at_ms < now * 1000:
        return _EXPIRED
    if read.client_ip and read.client_ip != client_ip:
        return _OTHER_ADDRESS
    return None
