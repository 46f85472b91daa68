/** Where the user is, so that the server computes the prompt of that place before the first keystroke. */
import * as vscode from 'vscode';
import type { Session } from './session';

/** Milliseconds a cursor or a scroll bar must rest before the place is told. */
const REST = 150;

const SCHEMES = new Set(['file', 'untitled', 'vscode-notebook-cell']);

/** Tell the server of the place, until disposed. */
export function followFocus(session: Session): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  const tell = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const client = session.running;
    if (client) void client.sendNotification('textDocument/didFocus', place(vscode.window.activeTextEditor));
  };
  const later = (editor: vscode.TextEditor): void => {
    if (editor !== vscode.window.activeTextEditor) return;
    clearTimeout(timer);
    timer = setTimeout(tell, REST);
  };
  return vscode.Disposable.from(
    { dispose: () => clearTimeout(timer) },
    vscode.window.onDidChangeActiveTextEditor(tell),
    vscode.window.onDidChangeTextEditorSelection((event) => later(event.textEditor)),
    vscode.window.onDidChangeTextEditorVisibleRanges((event) => later(event.textEditor)),
  );
}

function place(editor: vscode.TextEditor | undefined): object {
  if (!editor || !SCHEMES.has(editor.document.uri.scheme)) return {};
  const [first, last] = [editor.visibleRanges[0], editor.visibleRanges.at(-1)];
  return {
    textDocument: { uri: editor.document.uri.toString() },
    position: plain(editor.selection.active),
    ...(first && last ? { range: { start: plain(first.start), end: plain(last.end) } } : {}),
  };
}

function plain({ line, character }: vscode.Position): object {
  return { line, character };
}
