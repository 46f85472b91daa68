/** "Explain": what became of the last suggestion or fix in a document, on a page that can't be edited. */
import * as path from 'node:path';
import * as vscode from 'vscode';
import { type Explanation, page } from './pure/explanation';
import type { Session } from './session';

const SCHEME = 'mendline-explanation';

/** The pages that were asked for, by the path of their URI. */
export class Explanations implements vscode.TextDocumentContentProvider {
  private readonly pages = new Map<string, string>();
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();

  readonly onDidChange = this.changes.event;

  register(): vscode.Disposable {
    return vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.pages.get(uri.path) ?? 'Ask for the explanation again.\n';
  }

  /** Show what became of the last suggestion in the document at hand. */
  async suggestion(session: Session): Promise<void> {
    await this.show<Explanation>(session, 'mendline/explain', 'Suggestion', 'Nothing was asked for', (told, document) =>
      page(told, vscode.workspace.asRelativePath(document.uri), document.languageId),
    );
  }

  /** Show why the last fix in it is what it is; the server has put it into words. */
  async fix(session: Session): Promise<void> {
    const none = 'No fix was looked for';
    await this.show<{ markdown: string }>(session, 'mendline/explainFix', 'Fix', none, (told) => told.markdown);
  }

  private async show<Told>(
    session: Session,
    method: string,
    title: string,
    none: string,
    write: (told: Told, document: vscode.TextDocument) => string,
  ): Promise<void> {
    const document = vscode.window.activeTextEditor?.document;
    if (!document || !session.running) {
      void vscode.window.showInformationMessage(document ? 'Mendline does not run.' : 'No file is open.');
      return;
    }
    const textDocument = { uri: session.running.code2ProtocolConverter.asUri(document.uri) };
    const told = await session.running.sendRequest<Told | null>(method, { textDocument });
    if (!told) {
      void vscode.window.showInformationMessage(`${none} in this file yet.`);
      return;
    }
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${title} in ${path.basename(document.uri.path)}.md` });
    this.pages.set(uri.path, write(told, document));
    this.changes.fire(uri);
    await vscode.commands.executeCommand('markdown.showPreviewToSide', uri);
  }
}
