/** "Report a problem": what somebody has to know of this machine, in the clipboard and on the screen. No code. */
import * as vscode from 'vscode';
import { face } from './pure/status';
import { run } from './running';
import type { Session } from './session';

/** Put the summary together, copy it, and open it so that the user sees what it says. */
export async function report(session: Session): Promise<void> {
  const options = { location: vscode.ProgressLocation.Notification, title: 'Mendline looks at its installation' };
  const content = await vscode.window.withProgress(options, () => summary(session));
  await vscode.env.clipboard.writeText(content);
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'markdown', content }));
  void vscode.window.showInformationMessage('The summary is in the clipboard. Say what happened, and what you expected.');
}

async function summary({ context, program, status }: Session): Promise<string> {
  const { text, detail } = face(status);
  const facts = [
    '## What happened\n\n\n## Environment\n',
    `- editor: ${vscode.env.appName} ${vscode.version} on ${process.platform} ${process.arch}`,
    `- extension: ${context.extension.packageJSON.version}`,
    `- server: ${program ? `found by ${program.origin}` : 'not found'}`,
    `- workspace trusted: ${vscode.workspace.isTrusted}`,
    `- status: ${text}, ${detail}`,
  ];
  if (program) {
    const done = await run(program.path, ['doctor', '--no-engine'], { cwd: context.globalStorageUri.fsPath });
    facts.push('', '```', `${done.stdout}${done.stderr}`.trim(), '```');
  }
  return `${facts.join('\n')}\n`;
}
