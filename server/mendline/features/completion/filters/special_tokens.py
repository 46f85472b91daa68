"""Cuts a candidate at control tokens that a model wrote out as text."""

from __future__ import annotations

import re

from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.outcome import Rejection, RejectReason
from mendline.features.completion.site import Site

# The spellings of the FIM and turn tokens of Qwen, StarCoder, Code Llama, DeepSeek, Codestral, Granite, Llama 3 and
# Gemma, whose bars may be the full-width ones of DeepSeek's vocabulary.
_TOKEN = re.compile(
    r"<[|｜][\w▁ ]{2,40}[|｜]>"
    r"|<(?:fim_\w{3,12}|file_sep|repo_name|filename|reponame|endoftext|EOT|PRE|SUF|MID|(?:start|end)_of_turn)>"
    r"|\[(?:PREFIX|SUFFIX|MIDDLE)\]|</?s>$"
)


def cut_special_tokens(candidate: Candidate, site: Site) -> Candidate | Rejection:
    """Cut at the first control token, unless the lines around the cursor deal with such texts themselves."""
    for found in _TOKEN.finditer(candidate.text):
        if _is_at_home(found.group(), site):
            continue
        kept = candidate.until(found.start())
        if not kept.text.strip():
            return Rejection(RejectReason.EMPTY, "the model wrote a control token and nothing else")
        return kept
    return candidate


def _is_at_home(token: str, site: Site) -> bool:
    return any(token in line for line in (site.before, site.rest, *site.preceding, *site.following))
