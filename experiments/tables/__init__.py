"""The contract between experiments and analysis: a CSV or Parquet file, and the JSON sidecar that describes it.

Nothing here imports anything heavier than pydantic, so that rendering a report needs no experiment code; only a table
that is stored as Parquet makes pyarrow be loaded:

- `errors`: what a user is told; `sidecar`: the description of a table; `canonical` and `parquet`: rows to bytes and
  back; `stored`: which of the two;
- `digest`: SHA-256 of bytes, code and lock files; `locations`: where the tables lie;
- `read`: one verified table; `verify`: every problem of all tables; `localise` and `blocks`: which cell was changed.
"""
