/** The menu behind the status item: what can be done now, the likeliest first. */
import * as vscode from 'vscode';
import { face } from './pure/status';
import type { Session } from './session';
import type { Switching } from './switching';

interface Choice extends vscode.QuickPickItem {
  command: string;
  arguments?: unknown[] | undefined;
}

/** Show the menu and do what the user chooses. */
export async function showMenu(session: Session, switching: Switching): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  const shown = face(session.status, document ? switching.silenced(document) : '');
  const title = [shown.text, shown.detail].join(' · ');
  const chosen = await vscode.window.showQuickPick(choices(session, document), { title, placeHolder: 'Mendline' });
  if (chosen) await vscode.commands.executeCommand(chosen.command, ...(chosen.arguments ?? []));
}

function choices({ status }: Session, document: vscode.TextDocument | undefined): Choice[] {
  const file = document ? vscode.workspace.asRelativePath(document.uri) : '';
  return [
    ...(status === 'no-server' ? [{ label: '$(cloud-download) Install the server', command: 'mendline.installServer' }] : []),
    ...(status === 'stopped' ? [{ label: '$(debug-restart) Start the server', command: 'mendline.restartServer' }] : []),
    ...(typeof status === 'object' && status.command
      ? [{ label: `$(lightbulb) ${status.command.title}`, command: status.command.command, arguments: status.command.arguments }]
      : []),
    { label: '$(circle-slash) Suggestions on or off', command: 'mendline.toggle' },
    ...(document
      ? [
          { label: '$(circle-slash) … in this language', description: document.languageId, command: 'mendline.toggleLanguage' },
          { label: '$(circle-slash) … in this file', description: file, command: 'mendline.toggleFile' },
          { label: '$(question) Explain the last suggestion', description: file, command: 'mendline.explain' },
        ]
      : []),
    { label: '$(graph) Acceptance figures', command: 'mendline.showFigures' },
    { label: '$(symbol-misc) Choose a model', command: 'mendline.chooseModel' },
    { label: '$(debug-restart) Restart the engine', command: 'mendline.restart' },
    { label: '$(gear) Settings', command: 'workbench.action.openSettings', arguments: ['@ext:mendline.mendline'] },
    { label: '$(output) Open the log', command: 'mendline.openLog' },
    { label: '$(report) Report a problem', command: 'mendline.report' },
  ];
}
