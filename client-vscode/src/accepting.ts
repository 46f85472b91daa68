/** Taking a word or a line of a suggestion: as the editor does it, and told to the server, for the editor tells nobody. */
import * as vscode from 'vscode';
import type { Session } from './session';

/** Take the next word, or the rest of the line, of what is on the screen. */
export async function acceptPart(session: Session, part: 'Word' | 'Line'): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const item = session.showing.in(editor?.document);
  const before = editor?.document.getText();
  await vscode.commands.executeCommand(`editor.action.inlineSuggest.acceptNext${part}`);
  if (!editor || !item || before === undefined) return;
  const acceptedLength = editor.document.getText().length - before.length;
  // All of it is an acceptance, which the suggestion's own command tells.
  if (acceptedLength <= 0 || acceptedLength >= item.insertText.length) return;
  await session.running?.sendNotification('mendline/didPartiallyAccept', { item, acceptedLength });
}
