"""Which variables hold secrets, and how a secret is found however it is spelled."""

from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote

import pytest

from experiments.tables.secrets import hide, hide_login, is_secret, without_secrets

SECRETS = (
    "HF_TOKEN",
    "hf_token",
    "TOKEN",
    "COLOPHON_JUDGE_KEY",
    "OPENAI_API_KEY",
    "AWS_SECRET_ACCESS_KEY",
    "CLIENT_SECRET",
    "PGPASSWORD",
    "DB_PASSWORD",
    "NPM_AUTH",
    "GH_PAT",
    "SECRET_OF_MINE",
    "SSH_PASSPHRASE",
    "SERVICE_CREDENTIALS",
)
SECRET = "sk-+/?=&%é-0123456789"


@pytest.mark.parametrize("name", SECRETS)
def test_these_hold_secrets(name):
    assert is_secret(name, "x")
    assert without_secrets({name: "x", "PATH": "/bin"}) == {"PATH": "/bin"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PATH", "/usr/bin:/bin"),
        ("TOKENIZERS_PARALLELISM", "false"),
        ("KEYBOARD", "us"),
        ("SSH_AUTH_SOCK", "/run/agent"),
        ("COMPASS", "north"),
        ("PYTHONHASHSEED", "0"),
        ("HTTPS_PROXY", "http://proxy.invalid:8080"),
        ("LANG", "C.UTF-8"),
        ("COLOPHON_JUDGE_URL", "http://127.0.0.1:8000/v1"),
    ],
)
def test_these_hold_none(name, value):
    assert not is_secret(name, value)


def test_an_address_with_a_password_is_a_secret_whatever_its_name():
    assert is_secret("HTTPS_PROXY", "http://me:pass@proxy.invalid:8080")
    assert (
        hide_login("cannot open https://me:pass@host.invalid/x.git: no") == "cannot open https://host.invalid/x.git: no"
    )


@pytest.mark.parametrize("before", ["", "a", "ab", "Bearer ", "user:"])
@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
def test_a_secret_is_found_in_base64_wherever_it_begins(before, encode):
    told = encode(f"{before}{SECRET} and more".encode()).decode()
    assert "[key]" in hide(told, SECRET, "[key]")


@pytest.mark.parametrize("spell", [str, lambda text: quote(text, safe=""), lambda text: text.encode().hex()])
def test_a_secret_is_found_as_it_is_in_addresses_and_in_hexadecimal(spell):
    assert hide(f"<{spell(SECRET)}>", SECRET, "[key]") == "<[key]>"


def test_a_text_without_it_stays():
    assert hide("You said: Yes", "x", "[key]") == "You said: Yes"
    assert hide("nothing to hide: sk-", SECRET, "[key]") == "nothing to hide: sk-"
