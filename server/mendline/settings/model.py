"""The settings model: every setting, its type, default, limits and description, in one place.

Names are camelCase and dotted outside (`completion.maxTokens`, in the editor, `.mendline.toml` and the user's
`config.toml`), snake_case inside (`settings.completion.max_tokens`). Documentation and the VS Code client's
`package.json` are generated from here.
"""

from __future__ import annotations

import enum
from typing import Any

from attrs import field, frozen


class Scope(enum.Enum):
    """Who may set a setting."""

    USER = "user"
    """The user only: a repository that could set it could send code away or make Mendline load its files."""
    WORKSPACE = "workspace"
    """A repository's `.mendline.toml` may set it too."""


@frozen
class Spec:
    """What is known of a setting beside its default.

    Attributes:
        doc: one or two sentences for the user.
        minimum, maximum: limits of a number, inclusive.
        choices: the only values a text may have; beside numbers, texts that stand for a choice ("auto").
        scope: who may set it.
        restart: whether a change takes effect only when the engine is restarted.
        table: for a list of tables, the class of one: its attributes are the keys, texts or lists of texts.
    """

    doc: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    scope: Scope = Scope.WORKSPACE
    restart: bool = False
    table: type | None = None


SPEC = "mendline.spec"


def setting(default: Any, doc: str, **spec: Any) -> Any:
    """Declare a setting: an attrs field whose metadata carries its `Spec`."""
    return field(default=default, metadata={SPEC: Spec(doc, **spec)})


@frozen
class ModelSettings:
    """Which model is used."""

    completion: str = setting(
        "qwen2.5-coder-1.5b-instruct",
        "Model for inline suggestions: an id from `mendline models list`, or the path of a GGUF file.",
        scope=Scope.USER,
        restart=True,
    )


@frozen
class EngineSettings:
    """Where and how the model runs."""

    url: str = setting(
        "",
        "Base address of a server that speaks the OpenAI API, such as `http://gpu-box:8080/v1`. "
        "Empty: the model runs on this machine, in one process that all editors share.",
        scope=Scope.USER,
    )
    api_key_env: str = setting(
        "",
        "Name of the environment variable that holds the key for `engine.url`.",
        scope=Scope.USER,
    )
    gpu_layers: int | str = setting(
        "auto",
        "How many of the model's layers go to the GPU. `auto`: all, fewer when its memory is short.",
        minimum=0,
        maximum=10_000,
        choices=("auto",),
        scope=Scope.USER,
        restart=True,
    )
    context_tokens: int | str = setting(
        "auto",
        "Size of the model's context in tokens. `auto`: chosen from model and memory.",
        minimum=256,
        maximum=1_048_576,
        choices=("auto",),
        scope=Scope.USER,
        restart=True,
    )
    threads: int | str = setting(
        "auto",
        "Threads the model computes with. `auto`: one a physical core, or what `mendline bench tune` found faster.",
        minimum=1,
        maximum=1024,
        choices=("auto",),
        scope=Scope.USER,
        restart=True,
    )
    micro_batch: int | str = setting(
        "auto",
        "The most tokens computed in one go. Larger ones read long prompts faster, smaller ones stop sooner when a "
        "keystroke overtakes a request. `auto`: 64 on the CPU, 512 on a GPU, or what `mendline bench tune` found.",
        minimum=16,
        maximum=4096,
        choices=("auto",),
        scope=Scope.USER,
        restart=True,
    )
    flash_attention: str = setting(
        "auto",
        "Whether attention is computed in llama.cpp's fused form. `auto`: off on the CPU, where it is slower; on a "
        "GPU llama.cpp decides; or what `mendline bench tune` found.",
        choices=("auto", "on", "off"),
        scope=Scope.USER,
        restart=True,
    )
    kv_type: str = setting(
        "auto",
        "Type of the numbers in the model's KV cache. `q8_0` takes half the memory, needs flash attention, and loses "
        "some precision at each splice. `auto`: `f16`.",
        choices=("auto", "f16", "q8_0"),
        scope=Scope.USER,
        restart=True,
    )
    repack: str = setting(
        "auto",
        "Whether the model's weights are copied into a layout made for the processor; otherwise they stay mapped from "
        "the file, which takes less memory. `auto`: off on x86 with AVX2, where it is slower, on elsewhere; or what "
        "`mendline bench tune` found.",
        choices=("auto", "on", "off"),
        scope=Scope.USER,
        restart=True,
    )
    speculation: str = setting(
        "auto",
        "Whether tokens that repeat earlier text are guessed and checked several at once; the result is the same. "
        "`auto`: where it pays.",
        choices=("auto", "off"),
        scope=Scope.USER,
        restart=True,
    )
    splice: str = setting(
        "auto",
        "Whether the KV cache behind the cursor is kept when you type, so that a keystroke costs the same in long "
        "files as in short ones. `auto`: where the model's memory allows it; `off` computes everything behind the "
        "change anew.",
        choices=("auto", "off"),
        scope=Scope.USER,
        restart=True,
    )
    saved_state_mb: int = setting(
        0,
        "How many MiB of computed prompts may be kept on disk, so that the first suggestion after a restart of the "
        "engine comes quickly. They contain code from your files, readable by your user only. 0 keeps none.",
        minimum=0,
        maximum=1_048_576,
        scope=Scope.USER,
        restart=True,
    )
    idle_minutes: float = setting(
        10.0,
        "Minutes without a request after which the shared engine process ends and gives its memory back.",
        minimum=0.05,
        maximum=100_000,
        scope=Scope.USER,
        restart=True,
    )


@frozen
class CompletionSettings:
    """Inline suggestions."""

    enabled: bool = setting(True, "Whether Mendline offers suggestions.")
    disabled_languages: tuple[str, ...] = setting(
        (),
        "Language ids (as in LSP, such as `markdown`) in which Mendline stays silent. "
        "Lists from several places add up.",
    )
    debounce_ms: int | str = setting(
        "auto",
        "Milliseconds to wait after a keystroke before the model is asked. "
        "`auto`: adapts to how long suggestions take.",
        minimum=0,
        maximum=5000,
        choices=("auto",),
    )
    max_tokens: int = setting(256, "The most tokens a suggestion may have.", minimum=1, maximum=2048)
    candidates: int | str = setting(
        "auto",
        "How many suggestions are made when you ask for them, so that you can choose; the best comes first. `auto`: "
        "four on a GPU; on a CPU one, and more where the first did not pass its checks whole.",
        minimum=1,
        maximum=8,
        choices=("auto",),
    )
    instructed: str = setting(
        "auto",
        "Whether the model is asked a second time, in words, when you ask for a block and it is not sure of the first "
        "text: better, and some seconds slower on a CPU. `auto`: where the code around the cursor is short enough, and "
        "the machine fast enough for `completion.timeoutMs`.",
        choices=("auto", "off"),
    )
    examples: bool = setting(
        True,
        "Whether what you ask for is tried on the examples in the docstring around it, and other texts are looked for "
        "where they fail: Python, in trusted workspaces, in the sandbox.",
    )
    multiline: str = setting(
        "auto",
        "Whether a suggestion may span lines. `auto`: where the code around the cursor asks for a block.",
        choices=("auto", "never", "always"),
    )
    show_threshold: float = setting(
        0.35,
        "Least confidence (0 to 1) a suggestion needs to be shown; 0 shows all. Confidence is the mean probability of "
        "the text's tokens, halved where one of its names exists nowhere.",
        minimum=0,
        maximum=1,
    )
    timeout_ms: int = setting(
        10_000,
        "Milliseconds after which a request shows what is good so far, or nothing.",
        minimum=50,
        maximum=120_000,
    )


@frozen
class CheckCommand:
    """A check of the user's own: a command, and how to read what it says.

    Attributes:
        name: what it is called in titles and in `repair.checks`.
        run: the program and its arguments, without a shell. `{file}` stands for the file that is checked, `{root}` for
            the folder that is a copy of the workspace.
        languages: the language ids it is for; empty for all.
        output: "pattern" or "sarif".
        pattern: for the first, a regular expression (Python's) with groups `file`, `line`, `column`, `message`,
            `severity` and `code`, of which only `line` and `message` are needed; it is looked for in each line.
    """

    name: str
    run: tuple[str, ...]
    languages: tuple[str, ...] = ()
    output: str = "pattern"
    pattern: str = ""


@frozen
class RepairSettings:
    """Quick-fixes that are checked before they are offered."""

    enabled: bool = setting(True, "Whether Mendline offers fixes for diagnostics.")
    checks: tuple[str, ...] = setting(
        (),
        "Names of the checks that judge a fix, such as `ruff` or `tsc`. Empty: all that there are for the language and "
        "the project. Lists from several places add up.",
    )
    commands: tuple[CheckCommand, ...] = setting(
        (),
        "Checks of your own, each a table: `name`, its own; `run`, the program and its arguments as a list, in which "
        "`{file}` and `{root}` are filled in; `languages`, a list of language ids; `output`, `pattern` or `sarif`; "
        "`pattern`, a regular expression that is looked for in each line, with groups `line`, `message` and, if it has "
        "them, `file`, `column`, `severity`, `code`. They run in trusted workspaces only, in the sandbox. Lists from "
        "several places add up.",
        table=CheckCommand,
    )
    rounds: int = setting(
        3,
        "How often the model is asked for a problem; each round is told what the checks said of the one before.",
        minimum=1,
        maximum=10,
    )
    candidates: int | str = setting(
        "auto",
        "How many fixes are drawn in a round besides the model's first choice. `auto`: three on a CPU, eight on a GPU.",
        minimum=0,
        maximum=16,
        choices=("auto",),
    )
    timeout_ms: int = setting(
        30_000,
        "Milliseconds after which the search for a fix ends with the best it has found.",
        minimum=500,
        maximum=600_000,
    )
    idle: bool = setting(
        False,
        "Whether fixes for the problems at your cursor are looked for while you rest, so that checked ones are there "
        "when you ask. Any keystroke ends that.",
    )


@frozen
class DiagnosticsSettings:
    """Syntax errors that Mendline itself reports."""

    enabled: bool = setting(
        True,
        "Whether Mendline reports syntax errors; where another source reports the same lines, it stays silent.",
    )


@frozen
class ContextSettings:
    """What the model sees besides the file itself."""

    index: bool = setting(
        True,
        "Whether an index of what the workspace's files define is kept on disk, by a process of its own that works "
        "when the machine is idle. Secrets are masked in it, and ignored files left out.",
    )
    omit: tuple[str, ...] = setting(
        (),
        "Sources of related code that are left out. Lists from several places add up.",
        choices=("notes", "imports", "usages", "definitions", "openFiles", "edits", "diagnostics", "ownImports"),
    )


@frozen
class PrivacySettings:
    """What never leaves the disk, not even for the local model."""

    exclude: tuple[str, ...] = setting(
        (),
        "Patterns (as in `.gitignore`) of files in which Mendline stays silent and which it never reads. "
        "Lists from several places add up.",
    )


@frozen
class Settings:
    """All settings. The defaults need no configuration at all."""

    model: ModelSettings = field(factory=ModelSettings)
    engine: EngineSettings = field(factory=EngineSettings)
    completion: CompletionSettings = field(factory=CompletionSettings)
    repair: RepairSettings = field(factory=RepairSettings)
    diagnostics: DiagnosticsSettings = field(factory=DiagnosticsSettings)
    context: ContextSettings = field(factory=ContextSettings)
    privacy: PrivacySettings = field(factory=PrivacySettings)
    trace: str = setting(
        "off",
        "How much is logged: `off` (warnings), `messages` (one line a request, no code), `verbose` (with code).",
        choices=("off", "messages", "verbose"),
        scope=Scope.USER,
    )
