"""The contract between experiments and analysis: a CSV and the JSON sidecar that describes it.

Nothing here imports anything heavier than pydantic, so that rendering a report needs no experiment code:

- `errors`: what a user is told; `sidecar`: the description of a table; `canonical`: rows to bytes and back;
- `digest`: SHA-256 of bytes, code and lock files; `locations`: where the tables lie;
- `read`: one verified table; `verify`: every problem of all tables; `localise`: which cell was changed.
"""
