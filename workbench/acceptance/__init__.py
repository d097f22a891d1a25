"""The acceptance run: the connector on a real AWS account, proved step by step as a visitor sees it, then destroyed.

`python -m workbench.acceptance`, or `make acceptance`. The account comes in as a value, so that the tests run the same
program against stand-ins (tests/acceptance).
"""
