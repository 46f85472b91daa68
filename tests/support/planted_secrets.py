"""Secrets of many kinds, none of them real. They are put together here so that no scanner finds them in this file."""

from __future__ import annotations

import base64

_MIXED = "aB3dE5gH7jK9mN2pQ4rS6tU8vW1xY0zA" * 4
_HEX = "0123456789abcdef" * 4
_LINES = "\n".join(f"MIIE{_MIXED[:60]}" for _ in range(5))


def _jwt() -> str:
    header, body = (
        base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (b'{"alg":"HS256"}', b'{"sub":"42"}')
    )
    return f"{header}.{body}.{_MIXED[:43]}"


# Kind: a line of code, and what of it must not be seen.
PLANTED: dict[str, tuple[str, str]] = {
    "AWS access key id": (f'key_id = "AKIA{_MIXED[:16].upper()}"', _MIXED[:16].upper()),
    "AWS secret key": (f'aws_secret_access_key = "{_MIXED[:40]}"', _MIXED[:40]),
    "GitHub token": (f"gh = 'ghp_{_MIXED[:36]}'", _MIXED[:36]),
    "GitHub fine-grained token": (f"gh = 'github_pat_{_MIXED[:22]}_{_MIXED[:59]}'", _MIXED[:59]),
    "GitLab token": (f'lab = "glpat-{_MIXED[:20]}"', _MIXED[:20]),
    "Slack token": (f'bot = "xoxb-123456789012-1234567890123-{_MIXED[:24]}"', _MIXED[:24]),
    "Slack webhook": (f'url = "https://hooks.slack.com/services/T0001ABCD/B0001ABCD/{_MIXED[:24]}"', _MIXED[:24]),
    "Stripe key": (f'stripe.api = "sk_live_{_MIXED[:24]}"', _MIXED[:24]),
    "Google API key": (f'maps = "AIza{_MIXED[:35]}"', _MIXED[:35]),
    "OpenAI key": (f'client = OpenAI("sk-proj-{_MIXED[:48]}")', _MIXED[:48]),
    "Anthropic key": (f'client = Anthropic("sk-ant-api03-{_MIXED[:93]}")', _MIXED[:93]),
    "npm token": (f"run('npm_{_MIXED[:36]}')", _MIXED[:36]),
    "PyPI token": (f"upload('pypi-AgEIcHlwaS5vcmc{_MIXED[:60]}')", _MIXED[:60]),
    "JWT": (f'headers = {{"X": "{_jwt()}"}}', _MIXED[:43]),
    "private key": (
        f'pem = """-----BEGIN RSA PRIVATE KEY-----\n{_LINES}\n-----END RSA PRIVATE KEY-----"""',
        _LINES,
    ),
    "password in a URL": ('db = "postgres://app:h8Tq-3vnZ@db.internal:5432/app"', "h8Tq-3vnZ"),
    "named password": ('login(user="ada", password="h0rse&Stapler")', "h0rse&Stapler"),
    "named key": (f'API_KEY = "{_MIXED[3:35]}"', _MIXED[3:35]),
    "Azure storage key": (f'c = "AccountName=a;AccountKey={_MIXED[:86]}==;Suffix=b"', _MIXED[:86]),
    "Twilio id": (f'twilio("AC{_HEX[:32]}")', _HEX[:32]),
    "SendGrid key": (f'mail = "SG.{_MIXED[:22]}.{_MIXED[5:48]}"', _MIXED[5:48]),
    "bearer token": (f'h = "Authorization: Bearer {_MIXED[:40]}"', _MIXED[:40]),
}


def pieces_of(secret: str) -> set[str]:
    """Every eight characters of a secret's lines that stand together: none may be seen anywhere."""
    return {line[at : at + 8] for line in secret.split("\n") for at in range(max(1, len(line) - 7))}
