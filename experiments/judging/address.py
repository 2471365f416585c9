"""The address of an endpoint: where it may not hold a secret, and what of it may be shown."""

from urllib.parse import urlsplit


def problem_of(base_url: str) -> str | None:
    """What is wrong with a base URL, without a word of it, since it may hold a key; None where it is well.

    User names, passwords, queries and fragments are refused: they are where keys are put, and logs keep addresses.
    """
    try:
        parts = urlsplit(base_url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is no web address"
    if parts.scheme not in ("http", "https") or not host or any(c.isspace() or not c.isprintable() for c in base_url):
        return "is no web address; it must read http(s)://host/path"
    if "@" in parts.netloc:
        return "holds a user name or password; name the environment variable of the key under key instead"
    if parts.query or parts.fragment or base_url.endswith(("?", "#")):
        return "holds a query or fragment; a key belongs in the environment variable that key names"
    return None


def host_of(base_url: str) -> str:
    """Host and port of a base URL without a problem: all that tables and messages say of it."""
    parts = urlsplit(base_url)
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
