/** What became of the last suggestion or fix in a document, and of all suggestions, on pages that can't be edited. */
import * as path from 'node:path';
import * as vscode from 'vscode';
import { type Explanation, page } from './pure/explanation';
import { page as figuresPage, type Told as ToldFigures } from './pure/figures';
import type { Session } from './session';

const SCHEME = 'mendline-explanation';

/** The pages that were asked for, by the path of their URI. */
export class Explanations implements vscode.TextDocumentContentProvider {
  private readonly pages = new Map<string, string>();
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  private last: vscode.TextDocument | undefined;

  readonly onDidChange = this.changes.event;

  register(): vscode.Disposable {
    const follow = (editor = vscode.window.activeTextEditor): void => {
      if (editor) this.last = editor.document;
    };
    follow();
    return vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.window.onDidChangeActiveTextEditor(follow),
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.pages.get(uri.path) ?? 'Ask for the explanation again.\n';
  }

  /** Show what became of the last suggestion in the document at hand. */
  async suggestion(session: Session): Promise<void> {
    await this.show<Explanation>(session, 'mendline/explain', 'Suggestion', 'Nothing was asked for', (told, document) =>
      page(told, vscode.workspace.asRelativePath(fileOf(document.uri)), document.languageId),
    );
  }

  /** Show why the last fix in it is what it is; the server has put it into words. */
  async fix(session: Session): Promise<void> {
    const none = 'No fix was looked for';
    await this.show<{ markdown: string }>(session, 'mendline/explainFix', 'Fix', none, (told) => told.markdown);
  }

  /** Show how many suggestions were shown, taken and kept on this machine. */
  async figures(session: Session): Promise<void> {
    const told = await session.running?.sendRequest<ToldFigures>('mendline/figures');
    if (told) await this.open('Acceptance', figuresPage(told), 'markdown.showPreview');
    else void vscode.window.showInformationMessage('Mendline does not run.');
  }

  private async show<Told>(
    session: Session,
    method: string,
    title: string,
    none: string,
    write: (told: Told, document: vscode.TextDocument) => string,
  ): Promise<void> {
    const document = this.atHand();
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
    await this.open(`${title} in ${path.basename(document.uri.path)}`, write(told, document), 'markdown.showPreviewToSide');
  }

  /** Return the document at hand, or the last one where a page has the focus: an explanation, the walkthrough. */
  private atHand(): vscode.TextDocument | undefined {
    const last = this.last?.isClosed ? undefined : this.last;
    return vscode.window.activeTextEditor?.document ?? last;
  }

  private async open(title: string, text: string, command: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${title}.md` });
    this.pages.set(uri.path, text);
    this.changes.fire(uri);
    await vscode.commands.executeCommand(command, uri);
  }
}

/** A notebook's cell is not in the workspace, as the editor sees it; its file is. */
function fileOf(uri: vscode.Uri): vscode.Uri {
  return uri.scheme === 'vscode-notebook-cell' ? vscode.Uri.file(uri.path) : uri;
}
