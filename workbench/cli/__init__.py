"""`queueit`, the command line of the connector: ask, check, publish, roll back, switch off, diagnose.

One module a command; `docs/command-line.md` is its reference.
"""
