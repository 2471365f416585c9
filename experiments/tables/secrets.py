"""Which environment variables hold a secret, told by their names or by what they hold, and how it may be spelled.

Nothing that is rendered or frozen needs one of them: kernels and smoke runs are started without. What sends a secret
(the judge to its endpoint, the hub's client) reads the variable itself, in the process that the user started.
"""

import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from urllib.parse import quote, quote_plus

NAMES = r"(?:^|_)(?:TOKENS?|KEYS?|SECRETS?|PAT|PASS|PASSPHRASE|CREDENTIALS?|AUTH)$|APIKEY$|PASSWORDS?$|PASSWD$|SECRET_"
"""A regular expression, of any case."""
ADDRESS = r"[\w.+-]+://[^/\s:@]*:[^/\s@]+@"
"""What an address with a password in it begins with."""
_NAMES, _ADDRESS = re.compile(NAMES, re.I), re.compile(ADDRESS)
_LOGIN = re.compile(r"(?<=://)[^/\s@]+@")


def is_secret(name: str, value: str) -> bool:
    """Whether a variable of this name holds a secret: a token, a key, a password, or an address with one."""
    return bool(_NAMES.search(name) or _ADDRESS.search(value))


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that hold none."""
    return {name: value for name, value in environment.items() if not is_secret(name, value)}


def hide_login(text: str) -> str:
    """The text with no user name and no password in any address."""
    return _LOGIN.sub("", text)


def spellings(secret: str) -> Iterator[str]:
    """The secret as it may stand in a text: as it is, as in an address, in base64 (at each offset), in hexadecimal."""
    content = secret.encode()
    yield from dict.fromkeys((secret, quote(secret, safe=""), quote_plus(secret), content.hex(), content.hex().upper()))
    if len(content) < 6:
        return  # a piece of its base64 would stand in any text
    for encode in (b64encode, urlsafe_b64encode):
        for offset in range(3):
            whole = encode(bytes(offset) + content).decode()
            # What is of the secret alone: from the first character without a bit of another byte to the last.
            yield whole[-(-8 * offset // 6) : 8 * (offset + len(content)) // 6]


def hide(text: str, secret: str, instead: str) -> str:
    """The text without the secret, however it is spelled there."""
    for spelling in spellings(secret):
        text = text.replace(spelling, instead)
    return text
