"""Arithmetic between results: whether the numbers of frozen tables can all be true at once.

- `rows`: within a row of any table, by what its columns say of themselves: an estimate in its interval, an interval and
  its p-value about zero, a p-value and its counts; `declared`: the relations that studies and `shipped.yaml` declare;
- `across`: one quantity with one value wherever it stands; `contradictions`: all of it.
"""
