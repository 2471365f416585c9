"""The predicates, one file for each source; `analysis.claims.registry` names them as the claim tables do."""
