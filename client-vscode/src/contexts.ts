/** What menus and the walkthrough ask: context keys. */
import * as vscode from 'vscode';
import { FIX_ALL } from './fixing';
import type { Session } from './session';

/** Keep the keys in line with the session: menus show nothing that the server can't do. */
export function keepContexts(session: Session): vscode.Disposable {
  const known = new Map<string, boolean>();
  return session.onDidChange(() => {
    for (const [key, value] of Object.entries(contexts(session))) {
      if (known.get(key) === value) continue;
      known.set(key, value);
      void vscode.commands.executeCommand('setContext', `mendline.${key}`, value);
    }
  });
}

function contexts({ running, status }: Session): Record<string, boolean> {
  const provider = running?.initializeResult?.capabilities.codeActionProvider;
  const kinds = typeof provider === 'object' ? (provider.codeActionKinds ?? []) : [];
  return {
    running: running !== undefined,
    ready: typeof status === 'object' && (status.state === 'ready' || status.state === 'busy'),
    canFixProblem: Boolean(provider),
    canFixFile: kinds.some((kind) => kind === FIX_ALL),
  };
}
