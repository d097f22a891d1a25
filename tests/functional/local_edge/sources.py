"""Functions that many tests need, as source text."""

PASS_REQUEST = "def handler(event, context):\n    return event['Records'][0]['cf']['request']\n"
PASS_RESPONSE = "def handler(event, context):\n    return event['Records'][0]['cf']['response']\n"
MARK_RESPONSE = """
def handler(event, context):
    response = event['Records'][0]['cf']['response']
    response['headers']['x-marked'] = [{'key': 'X-Marked', 'value': 'yes'}]
    return response
"""


def returning(expression: str) -> str:
    """A function that returns `expression`, in which `request`, `response` and `cf` are the event's."""
    return (
        "def handler(event, context):\n"
        "    cf = event['Records'][0]['cf']\n"
        "    request, response = cf['request'], cf.get('response')\n"
        f"    return {expression}\n"
    )


def in_the_answer(expression: str) -> str:
    """A viewer-request function that answers with an expression's value as JSON."""
    return "import json, os, sys\n" + returning(f"{{'status': '200', 'body': json.dumps({expression})}}")
