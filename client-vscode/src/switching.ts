/** Suggestions on and off: everywhere, in a language, in a file. */
import * as vscode from 'vscode';
import { silenced, toggled } from './pure/switches';

const FILES = 'mendline.silencedFiles';

/** Knows where suggestions are off, and switches them. */
export class Switching {
  private readonly changes = new vscode.EventEmitter<void>();

  /** Fired when a file was switched; settings have an event of their own. */
  readonly onDidChange = this.changes.event;

  constructor(private readonly state: vscode.Memento) {}

  /** Return why there are no suggestions in a document; empty where there are. */
  silenced(document: vscode.TextDocument): string {
    const switches = { enabled: this.enabled, languages: this.languages, files: this.files };
    return silenced(switches, document.uri.toString(), document.languageId);
  }

  async toggleEverywhere(): Promise<void> {
    await this.configure('completion.enabled', !this.enabled);
  }

  async toggleLanguage(): Promise<void> {
    const language = vscode.window.activeTextEditor?.document.languageId;
    if (language) await this.configure('completion.disabledLanguages', toggled(this.languages, language));
  }

  /** Switch a file, without a name the one at hand. */
  async toggleFile(named?: vscode.Uri): Promise<void> {
    const uri = named ?? vscode.window.activeTextEditor?.document.uri;
    if (!uri) return;
    await this.state.update(FILES, toggled(this.files, uri.toString()));
    await vscode.commands.executeCommand('editor.action.inlineSuggest.hide');
    this.changes.fire();
  }

  private get enabled(): boolean {
    return this.configuration.get('completion.enabled', true);
  }

  private get languages(): string[] {
    return this.configuration.get('completion.disabledLanguages', []);
  }

  private get files(): string[] {
    return this.state.get(FILES, []);
  }

  private get configuration(): vscode.WorkspaceConfiguration {
    return vscode.workspace.getConfiguration('mendline');
  }

  private async configure(name: string, value: unknown): Promise<void> {
    // Where the workspace has a value of its own, that one counts.
    const own = this.configuration.inspect(name)?.workspaceValue !== undefined;
    const target = own ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
    await this.configuration.update(name, value, target);
  }
}
