"""Secrets that are known by their form: what issuers give out begins or looks in a way of its own.

Patterns also match what is somewhat shorter than the real thing, so that a key is masked while it is being typed or
pasted in parts. No pattern reaches over the end of a line.
"""

from __future__ import annotations

import re
from typing import Final

from attrs import field, frozen


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@frozen
class Format:
    """A kind of secret.

    Attributes:
        name: what it is.
        hints: a text without any of these has no such secret in it; a plain search for them is much cheaper.
        pattern: finds it; the group `secret` is what has to go, the rest tells what it is and stays.
    """

    name: str
    hints: tuple[str, ...]
    pattern: re.Pattern[str] = field(converter=_compiled)


# Where a token begins, and the two sets of characters most tokens are made of.
_AT: Final = r"(?<![A-Za-z0-9_])"
_DIGIT_AHEAD: Final = r"(?=[A-Za-z_-]*[0-9])"

# fmt: off
FORMATS: Final = (
    Format("AWS access key id", ("AKIA", "ASIA", "AGPA", "AIDA", "AROA", "ANPA", "ANVA", "ABIA", "ACCA"),
           _AT + r"(?:AKIA|ASIA|AGPA|AIDA|AROA|ANPA|ANVA|ABIA|ACCA)(?=[A-Z]*[0-9])(?P<secret>[A-Z0-9]{12,})"),
    Format("AWS secret access key", ("aws", "AWS", "Aws"),
           r"(?i:aws)[^\n\r]{0,40}?[\"'=:\s](?=[A-Za-z/+]*[0-9])(?![0-9a-f]{40})"
           r"(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])"),
    Format("GitHub token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
           _AT + r"gh[pousr]_(?P<secret>[A-Za-z0-9]{16,})"),
    Format("GitHub fine-grained token", ("github_pat_",), _AT + r"github_pat_(?P<secret>[A-Za-z0-9_]{16,})"),
    Format("GitLab token", ("glpat-", "glptt-", "gldt-", "glrt-", "glcbt-", "glft-", "glsoat-", "glagent-", "gloas-",
                            "glimt-"),
           _AT + r"gl(?:pat|ptt|dt|rt|cbt|ft|soat|agent|oas|imt)-" + _DIGIT_AHEAD + r"(?P<secret>[\w-]{16,})"),
    Format("Slack token", ("xox", "xapp-"),
           _AT + r"(?:xox[abceoprsd]|xapp)-" + _DIGIT_AHEAD + r"(?P<secret>[\w-]{10,})"),
    Format("Slack webhook", ("hooks.slack",),
           r"hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/(?P<secret>[\w/+-]{16,})"),
    Format("Discord webhook", ("/webhooks/",), r"discord(?:app)?\.com/api/webhooks/(?P<secret>\d{8,}/[\w-]{16,})"),
    Format("Stripe key", ("_live_", "_test_"), _AT + r"(?:sk|rk|pk)_(?:live|test)_(?P<secret>[A-Za-z0-9]{10,})"),
    Format("Stripe webhook secret", ("whsec_",), _AT + r"whsec_(?P<secret>[A-Za-z0-9+/=]{16,})"),
    Format("Google API key", ("AIza",), _AT + r"AIza(?P<secret>[\w-]{20,})"),
    Format("Google OAuth secret", ("GOCSPX-", "ya29."), _AT + r"(?:GOCSPX-|ya29\.)(?P<secret>[\w-]{16,})"),
    Format("model provider's key", ("sk-",),
           r"(?<![\w-])sk-(?:ant-|proj-|svcacct-|admin-|or-)?(?=[A-Za-z_-]*[0-9])(?P<secret>[\w-]{20,})"),
    Format("model provider's key", ("hf_", "gsk_", "xai-", "pplx-", "r8_"),
           _AT + r"(?:hf_|gsk_|xai-|pplx-|r8_)(?=[A-Za-z0-9]*[A-Z0-9])(?P<secret>[A-Za-z0-9]{20,})"),
    Format("npm token", ("npm_",), _AT + r"npm_(?P<secret>[A-Za-z0-9]{20,})"),
    Format("npm registry token", ("_auth",),
           r"(?::_auth|_authToken)[ \t]*=[ \t]*[\"']?(?!\$)(?P<secret>[\w+/=.-]{16,})"),
    Format("PyPI token", ("pypi-A",), _AT + r"pypi-A(?P<secret>[\w-]{20,})"),
    Format("JWT", ("eyJ",), _AT + r"eyJ(?P<secret>[\w-]{8,}\.eyJ[\w-]{8,}(?:\.[\w-]*)?)"),
    Format("password in a URL", ("://",),
           r"://[^\s:/@'\"`<>{}$%]{0,80}:"
           r"(?![^@\n]{0,80}[<>{}$]|\*|%[sdr(]|(?i:pass|passwd|password|pwd?|secret|x+|test|root|admin|guest|postgres)@)"
           r"(?P<secret>[^\s/@'\"`]{3,80})@(?=[\w\[.%{$<-])"),
    Format("Azure storage key", ("Key=",), r"(?:Account|SharedAccess)Key=(?P<secret>[A-Za-z0-9+/]{20,}={0,2})"),
    Format("Azure signature", ("sig=",), r"[?&;]sig=(?=[A-Za-z%/+]*[0-9])(?P<secret>[\w%/+-]{20,}=*)"),
    Format("Twilio id or key", ("AC", "SK"), _AT + r"(?:AC|SK)(?P<secret>[0-9a-f]{32})(?![A-Za-z0-9_])"),
    Format("SendGrid key", ("SG.",), _AT + r"SG\.(?=[\w.-]*[0-9])(?P<secret>[\w-]{16,}(?:\.[\w-]*)?)"),
    Format("Mailgun key", ("key-",), r"(?<![\w-])key-(?P<secret>[0-9a-f]{32})(?![\w-])"),
    Format("Mailchimp key", ("-us",), _AT + r"(?P<secret>[0-9a-f]{32})-us[0-9]{1,2}(?![\w])"),
    Format("Telegram bot token", (":AA",), _AT + r"[0-9]{8,10}:AA(?P<secret>[\w-]{30,})"),
    Format("Square token", ("sq0",), _AT + r"sq0[a-z]{3}-(?P<secret>[\w-]{20,})"),
    Format("Shopify token", ("shp",), _AT + r"shp(?:at|ca|pa|ss)_(?P<secret>[0-9a-fA-F]{20,})"),
    Format("DigitalOcean token", ("_v1_",), _AT + r"do[opr]_v1_(?P<secret>[0-9a-f]{20,})"),
    Format("Databricks token", ("dapi",), _AT + r"dapi(?P<secret>[0-9a-f]{32})"),
    Format("Docker token", ("dckr_",), _AT + r"dckr_(?:pat|oat)_(?P<secret>[\w-]{16,})"),
    Format("Vault token", ("hvs.", "hvb."), _AT + r"hv[sb]\.(?=[\w-]*[0-9])(?P<secret>[\w-]{20,})"),
    Format("age key", ("AGE-SECRET-KEY-",), r"AGE-SECRET-KEY-1(?P<secret>[A-Z0-9]{16,})"),
    Format("bearer token", ("earer ", "EARER "),
           r"(?i:bearer)[ ]+(?=[A-Za-z_.~+/-]*[0-9])(?P<secret>[\w.~+/-]{16,}=*)"),
    Format("basic authorization", ("asic ",),
           r"(?i:authorization)\W{1,6}[Bb]asic[ ]+(?P<secret>[A-Za-z0-9+/]{8,}={0,2})"),
)
# fmt: on
"""Tried in this order; what one has masked, the next ones see masked."""

_BY_HINT: Final = tuple((hint, number) for number, kind in enumerate(FORMATS) for hint in kind.hints)


def formats_in(text: str) -> list[Format]:
    """Return the formats worth searching a text for, in order."""
    numbers = [number for hint, number in _BY_HINT if hint in text]
    return [FORMATS[number] for number in dict.fromkeys(numbers)] if numbers else []
