/** The quiet item in the language status, and what is asked once when something is missing. */
import * as vscode from 'vscode';
import { face } from './pure/status';
import type { Session } from './session';
import type { Switching } from './switching';

const SEVERITIES = {
  information: vscode.LanguageStatusSeverity.Information,
  warning: vscode.LanguageStatusSeverity.Warning,
  error: vscode.LanguageStatusSeverity.Error,
};

/** Show the status of the server, for the document at hand. */
export function showStatus(session: Session, switching: Switching): vscode.Disposable {
  const item = vscode.languages.createLanguageStatusItem('mendline.status', [{ pattern: '**' }, { scheme: 'untitled' }]);
  item.name = 'Mendline';
  const update = (): void => {
    const document = vscode.window.activeTextEditor?.document;
    const shown = face(session.status, document ? switching.silenced(document) : '');
    item.text = shown.text;
    item.detail = shown.detail;
    item.severity = SEVERITIES[shown.severity];
    item.busy = shown.busy;
    item.command = { title: 'Menu', command: 'mendline.showStatus' };
  };
  update();
  return vscode.Disposable.from(
    item,
    session.onDidChange(update),
    switching.onDidChange(update),
    vscode.workspace.onDidChangeConfiguration(update),
    vscode.window.onDidChangeActiveTextEditor(update),
  );
}

/** Ask, once each, whether a missing server shall be installed and a missing model fetched. */
export function offerWhatIsMissing(session: Session): vscode.Disposable {
  const asked = new Set<string>();
  return session.onDidChange(() => {
    const { status } = session;
    const missing = status === 'no-server' ? status : typeof status === 'object' && status.state === 'missing-model';
    if (!missing || asked.has(String(missing))) return;
    asked.add(String(missing));
    if (status === 'no-server') void offerServer();
    else if (typeof status === 'object') void offerModel(status.model);
  });
}

async function offerServer(): Promise<void> {
  const path = vscode.workspace.getConfiguration('mendline').get('server.path', '');
  if (path) {
    const open = 'Open Settings';
    const text = `There is no program at ${path}, where mendline.server.path has it.`;
    if ((await vscode.window.showWarningMessage(text, open)) === open) {
      await vscode.commands.executeCommand('workbench.action.openSettings', 'mendline.server.path');
    }
    return;
  }
  const install = 'Install';
  const text = "Mendline's server is not on this machine. Install it into an environment of its own?";
  if ((await vscode.window.showInformationMessage(text, install, 'Not Now')) === install) {
    await vscode.commands.executeCommand('mendline.installServer');
  }
}

async function offerModel(model: string): Promise<void> {
  const [download, choose] = ['Download', 'Choose Another…'];
  const text = `Mendline needs the model ${model}, which is not on this machine.`;
  const chosen = await vscode.window.showInformationMessage(text, download, choose);
  if (chosen === download) await vscode.commands.executeCommand('mendline.download');
  if (chosen === choose) await vscode.commands.executeCommand('mendline.chooseModel');
}
