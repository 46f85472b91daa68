"""What real editors say that they can do: whole sets that pytest-lsp ships, of others the parts that Mendline reads.

The latter are facts taken from the editors' sources: Helix 25.7 (`helix-lsp/src/client.rs`), Sublime Text's LSP 2.13
(`plugin/core/sessions.py`), lsp-mode 8.0.0 (`lsp--client-capabilities`), Eglot 1.24 (`eglot-client-capabilities`), Kate
26.11 (`addons/lspclient/lspclientserver.cpp`), Zed of 2024 (`crates/lsp/src/lsp.rs`). Kate 22.12's is what it sent.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, Final

from support.inline_capabilities import JETBRAINS, KINDS, VSCODE


def _shipped(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((files("pytest_lsp") / "clients" / f"{name}.json").read_text())["capabilities"]
    return found


_HELIX: Final[dict[str, Any]] = {
    "workspace": {
        "configuration": True,
        "didChangeConfiguration": {"dynamicRegistration": False},
        "workspaceFolders": True,
        "applyEdit": True,
        "executeCommand": {"dynamicRegistration": False},
        "inlayHint": {"refreshSupport": False},
        "workspaceEdit": {"documentChanges": True, "resourceOperations": ["create", "rename", "delete"]},
        "didChangeWatchedFiles": {"dynamicRegistration": True, "relativePatternSupport": True},
        "diagnostic": {"refreshSupport": True},
    },
    "textDocument": {
        "completion": {
            "completionItem": {
                "snippetSupport": True,
                "resolveSupport": {"properties": ["documentation", "detail", "additionalTextEdits"]},
                "insertReplaceSupport": True,
                "deprecatedSupport": True,
                "tagSupport": {"valueSet": [1]},
            }
        },
        "codeAction": {
            "codeActionLiteralSupport": KINDS,
            "isPreferredSupport": True,
            "disabledSupport": True,
            "dataSupport": True,
            "resolveSupport": {"properties": ["edit", "command"]},
        },
        "diagnostic": {"dynamicRegistration": False, "relatedDocumentSupport": True},
        "publishDiagnostics": {"versionSupport": True, "tagSupport": {"valueSet": [1, 2]}},
    },
    "window": {"workDoneProgress": True, "showMessage": {"messageActionItem": {"additionalPropertiesSupport": True}}},
    "general": {"positionEncodings": ["utf-8", "utf-32", "utf-16"]},
}

_SUBLIME: Final[dict[str, Any]] = {
    "workspace": {
        "applyEdit": True,
        "didChangeConfiguration": {"dynamicRegistration": True},
        "executeCommand": {},
        "workspaceEdit": {"documentChanges": True, "failureHandling": "abort"},
        "workspaceFolders": True,
        "configuration": True,
        "diagnostics": {"refreshSupport": True},
    },
    "textDocument": {
        "synchronization": {"dynamicRegistration": True, "didSave": True},
        "completion": {
            "dynamicRegistration": True,
            "completionItem": {
                "snippetSupport": True,
                "documentationFormat": ["markdown", "plaintext"],
                "resolveSupport": {"properties": ["detail", "documentation", "additionalTextEdits"]},
                "insertReplaceSupport": True,
                "insertTextModeSupport": {"valueSet": [2]},
                "labelDetailsSupport": True,
            },
            "insertTextMode": 2,
            "completionList": {"itemDefaults": ["editRange", "insertTextFormat", "data"]},
        },
        "codeAction": {
            "dynamicRegistration": True,
            "codeActionLiteralSupport": KINDS,
            "isPreferredSupport": True,
            "dataSupport": True,
            "resolveSupport": {"properties": ["edit"]},
            "tagSupport": {"valueSet": [1]},
        },
        "publishDiagnostics": {"relatedInformation": True, "versionSupport": True, "dataSupport": True},
        "diagnostic": {"dynamicRegistration": True, "relatedDocumentSupport": True},
    },
    "window": {
        "showDocument": {"support": True},
        "workDoneProgress": True,
        "showMessage": {"messageActionItem": {"additionalPropertiesSupport": True}},
    },
    "general": {"positionEncodings": ["utf-16"]},
}

_LSP_MODE: Final[dict[str, Any]] = {
    "workspace": {
        "workspaceEdit": {"documentChanges": True, "resourceOperations": ["create", "rename", "delete"]},
        "applyEdit": True,
        "executeCommand": {"dynamicRegistration": False},
        "didChangeWatchedFiles": {"dynamicRegistration": True},
        "workspaceFolders": True,
        "configuration": True,
    },
    "textDocument": {
        "synchronization": {"willSave": True, "didSave": True, "willSaveWaitUntil": True},
        "codeAction": {
            "dynamicRegistration": True,
            "isPreferredSupport": True,
            "codeActionLiteralSupport": KINDS,
            "resolveSupport": {"properties": ["edit", "command"]},
            "dataSupport": True,
        },
        "completion": {
            "completionItem": {
                "snippetSupport": True,
                "documentationFormat": ["markdown", "plaintext"],
                "insertReplaceSupport": True,
                "insertTextModeSupport": {"valueSet": [1, 2]},
            },
            "contextSupport": True,
        },
        "publishDiagnostics": {"relatedInformation": True, "tagSupport": {"valueSet": [1, 2]}, "versionSupport": True},
    },
    "window": {"workDoneProgress": True},
}

_EGLOT: Final[dict[str, Any]] = {
    "workspace": {
        "applyEdit": True,
        "executeCommand": {"dynamicRegistration": False},
        "workspaceEdit": {"documentChanges": True, "resourceOperations": ["create", "delete", "rename"]},
        "didChangeWatchedFiles": {"dynamicRegistration": True, "relativePatternSupport": True},
        "configuration": True,
        "workspaceFolders": True,
    },
    "textDocument": {
        "synchronization": {"willSave": True, "willSaveWaitUntil": True, "didSave": True},
        "completion": {
            "completionItem": {
                "snippetSupport": False,
                "documentationFormat": ["markdown", "plaintext"],
                "insertReplaceSupport": True,
            },
            "contextSupport": True,
        },
        "codeAction": {
            "resolveSupport": {"properties": ["edit", "command"]},
            "dataSupport": True,
            "codeActionLiteralSupport": KINDS,
            "isPreferredSupport": True,
        },
        "diagnostic": {"dynamicRegistration": False},
        "publishDiagnostics": {"versionSupport": True, "tagSupport": {"valueSet": [1, 2]}},
    },
    "window": {
        "showDocument": {"support": True},
        "showMessage": {"messageActionItem": {"additionalPropertiesSupport": True}},
        "workDoneProgress": True,
    },
    "general": {"positionEncodings": ["utf-32", "utf-8", "utf-16"]},
    "experimental": {},
}

_KATE: Final[dict[str, Any]] = {
    "workspace": {"configuration": True, "workspaceFolders": True},
    "textDocument": {
        "synchronization": {"didSave": True},
        "completion": {
            "completionItem": {
                "snippetSupport": True,
                "labelDetailsSupport": True,
                "resolveSupport": {"properties": ["additionalTextEdits", "documentation"]},
            }
        },
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "refactor", "source"]}}
        },
        "publishDiagnostics": {"relatedInformation": True},
        "diagnostic": {"dynamicRegistration": False, "relatedInformation": True},
    },
    "window": {"workDoneProgress": True, "showMessage": {"messageActionItem": {"additionalPropertiesSupport": True}}},
}
"""An edit has to come with its action: nothing is resolved, and nothing applied that a server asks for."""

_KATE_22: Final[dict[str, Any]] = {
    "textDocument": {
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "refactor", "source"]}}
        },
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
        "hover": {"contentFormat": ["markdown", "plaintext"]},
        "publishDiagnostics": {"relatedInformation": True},
        "selectionRange": {"dynamicRegistration": False},
        "synchronization": {"didSave": True},
    },
    "window": {"workDoneProgress": True},
    "workspace": {"workspaceFolders": True},
}
"""It asks for completion items without a word of them here, and is sent its diagnostics."""

_ZED: Final[dict[str, Any]] = {
    "workspace": {
        "configuration": True,
        "didChangeConfiguration": {"dynamicRegistration": True},
        "didChangeWatchedFiles": {"dynamicRegistration": True, "relativePatternSupport": True},
        "workspaceFolders": True,
        "applyEdit": True,
        "workspaceEdit": {"documentChanges": True, "resourceOperations": ["create", "rename", "delete"]},
        "diagnostic": {"refreshSupport": True},
    },
    "textDocument": {
        "synchronization": {"didSave": True},
        "completion": {
            "completionItem": {
                "snippetSupport": True,
                "resolveSupport": {"properties": ["additionalTextEdits", "command", "documentation"]},
                "insertReplaceSupport": True,
                "labelDetailsSupport": True,
            },
            "completionList": {
                "itemDefaults": ["commitCharacters", "editRange", "insertTextMode", "insertTextFormat", "data"]
            },
            "contextSupport": True,
        },
        "codeAction": {
            "codeActionLiteralSupport": KINDS,
            "dataSupport": True,
            "resolveSupport": {"properties": ["kind", "diagnostics", "isPreferred", "disabled", "edit", "command"]},
        },
        "publishDiagnostics": {"relatedInformation": True},
        "diagnostic": {"dynamicRegistration": False, "relatedDocumentSupport": True},
    },
    "window": {"workDoneProgress": True, "showMessage": {}},
    "general": {"positionEncodings": ["utf-16"]},
}

_MODEST: Final[dict[str, Any]] = {
    "workspace": {"applyEdit": True},
    "textDocument": {"completion": {}, "codeAction": {}, "publishDiagnostics": {}},
}
"""Edits can be applied, and that is all: no literal actions, no versions, no resolution, no progress."""

CAPABILITIES: Final[dict[str, dict[str, Any]]] = {
    "vscode": VSCODE,
    "vscode 1.65": _shipped("visual_studio_code_v1.65.2"),
    "neovim 0.11": _shipped("neovim_v0.11.0"),
    "neovim 0.6": _shipped("neovim_v0.6.1"),
    "eglot": _shipped("emacs_v29.1"),
    "eglot 1.24": _EGLOT,
    "lsp-mode 8": _LSP_MODE,
    "helix": _HELIX,
    "sublime": _SUBLIME,
    "kate": _KATE,
    "kate 22.12": _KATE_22,
    "zed": _ZED,
    "jetbrains": JETBRAINS,
    "modest": _MODEST,
    "inline completion": {**_HELIX, "textDocument": {**_HELIX["textDocument"], "inlineCompletion": {}}},
}
"""By editor; "modest" and "inline completion" are made up."""
