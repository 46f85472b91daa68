from __future__ import annotations

import pytest

from mendline.engine.llama.prompt import fill_prompt, split_room
from mendline.engine.protocol import ContextChunk, FillRequest
from support.word_tokenizer import WordTokenizer

UTIL = ContextChunk("lib/util.py", "def f(): pass\n")
DATA = ContextChunk("data.py", "N = 1")
REQUEST = FillRequest(prefix="a = ", suffix="\nb", path="src/main.py")
RELATED = FillRequest(prefix="a = ", suffix="\nb", path="src/main.py", context=(UTIL, DATA))


@pytest.mark.parametrize(
    ("tokenizer", "request_", "layout"),
    [
        pytest.param(
            WordTokenizer(), REQUEST, "«<|fim_prefix|>»a = «<|fim_suffix|>»\nb«<|fim_middle|>»", id="one file"
        ),
        pytest.param(
            WordTokenizer(),
            RELATED,
            "«<|repo_name|>»repo\n"
            "«<|file_sep|>»lib/util.py\ndef f(): pass\n"
            "«<|file_sep|>»data.py\nN = 1\n"
            "«<|file_sep|>»src/main.py\n«<|fim_prefix|>»a = «<|fim_suffix|>»\nb«<|fim_middle|>»",
            id="related files",
        ),
        pytest.param(
            WordTokenizer(adds_bos=True),
            REQUEST,
            "«<bos>»«<|fim_prefix|>»a = «<|fim_suffix|>»\nb«<|fim_middle|>»",
            id="BOS where the model wants it",
        ),
        pytest.param(
            WordTokenizer(files=False),
            RELATED,
            "«<|fim_prefix|>»# lib/util.py\ndef f(): pass\n# data.py\nN = 1\n# src/main.py\na = "
            "«<|fim_suffix|>»\nb«<|fim_middle|>»",
            id="fill markers without file markers",
        ),
        pytest.param(WordTokenizer(fim=False), REQUEST, "a = ", id="prefix only"),
        pytest.param(
            WordTokenizer(fim=False, adds_bos=True),
            RELATED,
            "«<bos>»# lib/util.py\ndef f(): pass\n# data.py\nN = 1\n# src/main.py\na = ",
            id="prefix only with related files",
        ),
        pytest.param(WordTokenizer(fim=False), FillRequest(prefix=""), "«<bos>»", id="nothing to start from"),
        pytest.param(
            WordTokenizer(),
            FillRequest(prefix="<|fim_middle|>", suffix="<|im_end|>", context=(ContextChunk("<|repo_name|>", "x"),)),
            "«<|repo_name|>»repo\n«<|file_sep|>»<|repo_name|>\nx\n"
            "«<|fim_prefix|>»<|fim_middle|>«<|fim_suffix|>»<|im_end|>«<|fim_middle|>»",
            id="markers in files stay text",
        ),
    ],
)
def test_layout(tokenizer: WordTokenizer, request_: FillRequest, layout: str) -> None:
    prompt = fill_prompt(request_, tokenizer, room=1000)
    assert tokenizer.show(prompt.tokens) == layout
    assert prompt.trimmed == 0


def test_the_suffix_marker_is_where_the_prompt_says() -> None:
    tokenizer = WordTokenizer()
    for request in (REQUEST, RELATED):
        prompt = fill_prompt(request, tokenizer, room=1000)
        assert prompt.suffix_at is not None
        assert prompt.tokens[prompt.suffix_at] == tokenizer.marker("<|fim_suffix|>")
    assert fill_prompt(REQUEST, WordTokenizer(fim=False), room=1000).suffix_at is None


@pytest.mark.parametrize(
    ("prefix", "suffix", "room", "kept"),
    [
        (10, 10, 20, (10, 10)),
        (0, 0, 0, (0, 0)),
        (300, 300, 160, (120, 40)),
        (300, 10, 160, (150, 10)),
        (10, 300, 160, (10, 150)),
        (121, 300, 160, (111, 40)),
        (122, 300, 160, (112, 40)),
        (300, 300, 0, (0, 0)),
        (5, 5, 3, (3, 0)),
    ],
)
def test_split_room(prefix: int, suffix: int, room: int, kept: tuple[int, int]) -> None:
    assert split_room(prefix, suffix, room) == kept


@pytest.mark.parametrize("room", [8, 20, 40, 64, 90, 120])
def test_what_does_not_fit_is_counted_and_nothing_else_is_lost(room: int) -> None:
    tokenizer = WordTokenizer()
    request = FillRequest(
        prefix=" ".join(f"p{n}" for n in range(40)),
        suffix=" ".join(f"s{n}" for n in range(40)),
        path="m.py",
        context=(UTIL, DATA),
    )
    whole = fill_prompt(request, tokenizer, room=10_000)
    prompt = fill_prompt(request, tokenizer, room)
    assert len(prompt.tokens) <= room
    markers = 5 + 4  # repository line and path line go when the last related file goes
    assert len(whole.tokens) - markers <= len(prompt.tokens) + prompt.trimmed <= len(whole.tokens)


def test_related_files_go_first_from_the_last_one_and_the_text_near_the_cursor_stays() -> None:
    tokenizer = WordTokenizer()
    request = FillRequest(
        prefix="far " + "x " * 9 + "near", suffix="close" + " y" * 9, context=(UTIL, DATA), path="m.py"
    )
    sizes = {}
    for room in range(90, 15, -1):
        text = tokenizer.show(fill_prompt(request, tokenizer, room).tokens)
        sizes[room] = ("data.py" in text, "util" in text, "far" in text, "near" in text and "close" in text)
    assert sizes[90] == (True, True, True, True)
    seen = list(dict.fromkeys(sizes.values()))
    assert seen[:3] == [(True, True, True, True), (False, True, True, True), (False, False, True, True)]
    assert seen[3] == (False, False, False, True)


def test_the_cut_stays_in_place_while_text_is_typed() -> None:
    tokenizer = WordTokenizer()
    starts: list[str] = []
    for typed in range(64):
        prefix = " ".join(f"w{n}" for n in range(400 + typed))
        prompt = fill_prompt(FillRequest(prefix=prefix, suffix="tail"), tokenizer, room=320)
        starts.append(tokenizer.show(prompt.tokens[1:2]))
    assert len(set(starts)) <= 64 * 2 // 20 + 2  # a word and a space each; steps of 320 / 16 tokens


def test_a_huge_line_is_cut_before_it_is_tokenised() -> None:
    tokenizer = WordTokenizer()
    prompt = fill_prompt(FillRequest(prefix="x " * 1_000_000, suffix="y " * 1_000_000), tokenizer, room=100)
    assert len(prompt.tokens) <= 100
    assert tokenizer.tokenized_characters < 20_000
    assert 3_900_000 < prompt.trimmed < 4_100_000
