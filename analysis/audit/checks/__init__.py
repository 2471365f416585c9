"""One idea a file. A check is a function from `read` to findings; `analysis.audit.registry` lists them."""
