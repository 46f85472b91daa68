from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from mendline.text.secrets import mask
from support.planted_secrets import PLANTED

PIECES = (
    "password",
    "API_KEY",
    "token",
    ' = "',
    '"',
    "'",
    ": ",
    "=",
    ",",
    "\\",
    "://",
    "@",
    "\n",
    "\r\n",
    "\n\n",
    "\\n",
    "hunter2",
    "q8Zt2LmX9vB4nK7wJ3hD",
    "xX0xX0xX",
    "😀",
    "é",
    "-----BEGIN PRIVATE KEY-----",
    "-----END PRIVATE KEY-----",
    "MIIEpAIBAAKCAQEA7Vb9K2mN4pQ6rS8tU0vW1xY3zA5bC7dE9fG1hI3jK5lM",
)
TEXTS = st.lists(
    st.one_of(st.sampled_from(PIECES), st.sampled_from([line for line, _ in PLANTED.values()]), st.text(max_size=5)),
    max_size=30,
).map("".join)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_masking_keeps_the_shape_and_is_done_after_once(text: str) -> None:
    masked = mask(text)
    assert len(masked) == len(text)
    assert len(masked.encode("utf-8", "surrogatepass")) == len(text.encode("utf-8", "surrogatepass"))
    assert all(new == old or new in "xX0" for new, old in zip(masked, text, strict=True))
    assert mask(masked) == masked


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS)
def test_a_line_is_masked_the_same_wherever_it_stands(before: str, after: str) -> None:
    if "PRIVATE KEY" in before + after or before.endswith("\r"):
        return
    assert mask(f"{before}\n{after}") == f"{mask(before)}\n{mask(after)}"
