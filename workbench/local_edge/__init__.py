"""A stand-in for CloudFront on this machine: behaviors, Lambda@Edge functions, cache and origin.

It follows CloudFront where a connector can notice: which behavior a path goes to, what the functions' events hold, what
their answers may change, when viewer-response runs, what is cached and what a visitor gets when a function fails
(protocol section 8). It differs in this, on purpose:

- Visitors talk plain HTTP to it and are treated as if they had come over HTTPS, so `ViewerProtocolPolicy` does nothing.
- Any Host is served, as if it were an alias of the distribution.
- Error responses are never cached (CloudFront keeps some for 10 s); a stale object is fetched anew, not revalidated.
- Nothing is compressed, and no custom error page is shown.
- `rewrite_locations` may change the redirects that leave it, so that a redirect to `https://` can reach a local server.
"""

from workbench.local_edge.distribution import UnsupportedDistribution
from workbench.local_edge.edge import LocalEdge
from workbench.local_edge.request_log import EdgeEvent, Exchange, FunctionLine, Invocation, RuleBreach

__all__ = [
    "EdgeEvent",
    "Exchange",
    "FunctionLine",
    "Invocation",
    "LocalEdge",
    "RuleBreach",
    "UnsupportedDistribution",
]
