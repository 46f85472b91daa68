/** Fixes on the user's word, of Mendline alone; the light bulb has them too, among those of others. */
import * as vscode from 'vscode';
import type { CodeAction, Command, LanguageClient } from 'vscode-languageclient/node';
import type { Session } from './session';

const QUICK_FIX = 'quickfix';
export const FIX_ALL = 'source.fixAll.mendline';

/** Fix a problem at the cursor. */
export async function fixProblem(session: Session): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor) await fix(session, editor, problemsAt(editor), QUICK_FIX);
}

/** Fix what can be fixed in the file. */
export async function fixFile(session: Session): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor) await fix(session, editor, vscode.languages.getDiagnostics(editor.document.uri), FIX_ALL);
}

function problemsAt(editor: vscode.TextEditor): vscode.Diagnostic[] {
  const all = vscode.languages.getDiagnostics(editor.document.uri);
  const at = all.filter((each) => each.range.intersection(editor.selection));
  return at.length > 0 ? at : all.filter((each) => each.range.intersection(linesOf(editor)));
}

async function fix(session: Session, editor: vscode.TextEditor, problems: vscode.Diagnostic[], kind: string): Promise<void> {
  const client = session.running;
  if (!client) return;
  const version = editor.document.version;
  const actions = await ask(client, editor, problems, kind);
  if (actions.length === 0) void vscode.window.showInformationMessage('Mendline has no fix to offer here.');
  const action = actions.length > 1 ? await choose(actions) : actions[0];
  if (!action) return;
  const chosen = await resolved(session, client, action);
  const edit = await client.protocol2CodeConverter.asWorkspaceEdit(chosen?.edit);
  if (!edit) return;
  if (editor.document.version === version) await vscode.workspace.applyEdit(edit);
  else void vscode.window.showInformationMessage('The file was changed meanwhile; ask for the fix again.');
}

async function ask(
  client: LanguageClient,
  { document, selection }: vscode.TextEditor,
  problems: vscode.Diagnostic[],
  kind: string,
): Promise<CodeAction[]> {
  const { code2ProtocolConverter: convert } = client;
  const params = {
    textDocument: convert.asTextDocumentIdentifier(document),
    range: convert.asRange(problems[0]?.range ?? selection),
    context: { diagnostics: await convert.asDiagnostics(problems), only: [kind], triggerKind: 1 },
  };
  const found = await client.sendRequest<(CodeAction | Command)[] | null>('textDocument/codeAction', params);
  return (found ?? []).filter((each): each is CodeAction => 'kind' in each);
}

async function choose(actions: CodeAction[]): Promise<CodeAction | undefined> {
  const items = actions.map((action) => ({ label: action.title, action }));
  return (await vscode.window.showQuickPick(items, { title: 'Fix' }))?.action;
}

/** Have the server look for the fix: it shows that it does, and says so where it finds none. */
async function resolved(session: Session, client: LanguageClient, action: CodeAction): Promise<CodeAction | undefined> {
  if (action.edit) return action;
  try {
    return await client.sendRequest<CodeAction>('codeAction/resolve', action);
  } catch (error) {
    session.log.info(`The fix was not finished: ${String(error)}`);
    return undefined;
  }
}

function linesOf({ document, selection }: vscode.TextEditor): vscode.Range {
  return document.lineAt(selection.start.line).range.union(document.lineAt(selection.end.line).range);
}
