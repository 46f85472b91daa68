from __future__ import annotations

import pytest

from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.filters.licence_header import cut_licence_header
from mendline.features.completion.outcome import Rejection, RejectReason
from mendline.features.completion.site import Site
from support.cursor_text import snapshot_at

DROPPED = RejectReason.LICENCE_TEXT


@pytest.mark.parametrize(
    ("drawn", "text", "expected"),
    [
        ("ˇ", "# Copyright (c) 2020 Someone\n# All rights reserved.", DROPPED),
        ("ˇ", "// SPDX-License-Identifier: MIT", DROPPED),
        ("#ˇ", " Licensed under the Apache License, Version 2.0", DROPPED),
        ("ˇ", "import os\n# This file is part of something.", "import os"),
        ("ˇ", "x = 1\n\n# Permission is hereby granted, free of charge", "x = 1\n"),
        # Code that deals with such texts, and users who write one.
        ("ˇ", "copyright_year = 1", "copyright_year = 1"),
        ("ˇ", "show(license)", "show(license)"),
        ("# Copyrightˇ", " (c) 2020 Someone", " (c) 2020 Someone"),
        ("LICENSE = (\n    ˇ", '"Permission is hereby granted"', '"Permission is hereby granted"'),
    ],
)
def test_licences_are_the_users_matter(drawn: str, text: str, expected: str | RejectReason) -> None:
    snapshot, offset = snapshot_at(drawn)
    result = cut_licence_header(Candidate.of(text), Site.of(snapshot.document, offset, "python", "#"))
    assert (result.reason if isinstance(result, Rejection) else result.text) == expected
