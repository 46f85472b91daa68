/** Mendline in VS Code: a client of its language server, and nothing that the server could do. */
import * as vscode from 'vscode';
import { registerCommands } from './commands';
import { Explanations } from './explaining';
import { keepContexts } from './contexts';
import { followFocus } from './focus';
import { Session } from './session';
import { offerWhatIsMissing, showStatus } from './status';
import { Switching } from './switching';

let session: Session | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Mendline', { log: true });
  const switching = new Switching(context.workspaceState);
  const explanations = new Explanations();
  const started = new Session(context, log, switching);
  session = started;
  context.subscriptions.push(
    log,
    started,
    showStatus(started, switching),
    offerWhatIsMissing(started),
    keepContexts(started),
    followFocus(started),
    explanations.register(),
    registerCommands(started, switching, explanations),
    vscode.workspace.onDidGrantWorkspaceTrust(() => started.restart()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('mendline.server.path')) void started.restart();
      else if (event.affectsConfiguration('mendline')) started.reconfigure();
    }),
  );
  // Not awaited: the editor waits for activation, and not for a server.
  void started.restart();
}

export async function deactivate(): Promise<void> {
  await session?.end();
}
