"""The control room: one page that shows what a local edge does while it does it.

`event_stream` is what followers are told, `activity` makes that out of what edge, table and config-refresh say,
`explained` answers why a request was decided as it was, `app` serves the page.
"""
