"""Everything in the protocol that is Mendline's own: methods, commands, payloads.

Notifications and requests (all names and fields are stable; fields may be added):

    mendline/status               server -> editor, notification; also a request without parameters with this result
        {state, kind, busy, message, model, percent, command}
        state:   "off" | "missing-model" | "downloading" | "starting" | "loading" | "ready" | "busy" | "failed"
        kind:    "Normal" | "Inactive" | "Warning" | "Error", for a status item's look
        percent: 0 to 100 while something is loaded, else null
        command: {title, command, arguments} that would help, or null
        The request's result also has index: [{folder, phase: "none" | "building" | "ready", files, definitions,
        passages, leftOut: {reason: files}, searchable}], one for each folder of the workspace
    mendline/explain              request {textDocument}: what became of the last suggestion in a document, or null.
                                  timings: in seconds; `waited` for more to be typed, and the others after that.
                                  sections: what the model saw, each with its text, secrets masked
    mendline/explainFix           request {textDocument}: why the last fix of a document is what it is, or why there
                                  is none; null when none was looked for. {uri, version, title, found,
                                  verified, origin, problem: {message, source, code, line}, diff, ending, rounds,
                                  tokens, seconds, trouble, markdown: all of it in words,
                                  attempts: [{round, origin, fate, said, diff}]: what was tried,
                                  before, after: [{check, status, findings, testsPassed, testsFailed, note, confinement,
                                  seconds}]: what each check said of the document and of the fix}
    mendline/figures              request without parameters: what became of suggestions on this machine, the latest day
                                  first. {days: [{day, languages: [{language, shown, accepted, partiallyAccepted,
                                  followed: accepted ones looked at 30 s later, kept: how many of those were still
                                  in the document, characters: inserted by accepting}]}]}
    mendline/didShow              notification {item}: an inline completion item is on the screen. It stays the first
                                  one offered while what is typed agrees with it, until one comes that goes on where
                                  it ends or is clearly likelier. What is left of it keeps the id in its command
    mendline/didPartiallyAccept   notification {item, acceptedLength}: a part of it was taken, in UTF-16 units from
                                  the start of its insertText
    textDocument/didFocus         notification {textDocument: {uri}, position, range}: the user opened, switched to,
                                  scrolled or moved to a place, whose prompt is then computed ahead. position: the
                                  cursor; range: what is visible, and its middle is the place when the cursor is not in
                                  it. Both may be left out; without textDocument, no document has the focus

Commands of `workspace/executeCommand`:

    mendline.didAccept [id]             a suggestion was taken; every item carries it, editors run it by themselves. The
                                        next one is begun at once, before the editor asks
    mendline.downloadModel [model?]     fetch a model; without an argument, the one in the settings
    mendline.restartEngine []           let go of the engine and start it anew
    mendline.fix [data]                 look for the fix of a code action, given its data, and have the editor apply
                                        it; for editors that don't resolve code actions. Returns {ok, title, verified,
                                        message}

An editor that shows `mendline/status` says so in its capabilities: {"experimental": {"mendline": {"status": true}}}.
One that doesn't is asked once, with a message, whether a missing model shall be fetched; one that declares no
`window.showMessage` either is told once how to fetch it.
"""

from __future__ import annotations

from typing import Any

from lsprotocol import types

STATUS = "mendline/status"
EXPLAIN = "mendline/explain"
EXPLAIN_FIX = "mendline/explainFix"
FIGURES = "mendline/figures"
DID_SHOW = "mendline/didShow"
DID_PARTIALLY_ACCEPT = "mendline/didPartiallyAccept"
DID_FOCUS = "textDocument/didFocus"

DID_ACCEPT_COMMAND = "mendline.didAccept"
DOWNLOAD_COMMAND = "mendline.downloadModel"
RESTART_COMMAND = "mendline.restartEngine"
FIX_COMMAND = "mendline.fix"


def shows_status(capabilities: types.ClientCapabilities) -> bool:
    """Tell whether an editor has a place for `mendline/status`."""
    return bool(field(capabilities.experimental, "mendline", "status"))


def field(value: Any, *names: str) -> Any:
    """Look into nested plain values or objects; None where something is missing."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else getattr(value, name, None)
    return value
