/** The server's program on this machine; the order in which it is looked for is written in `pure/lookup.ts`. */
import * as fs from 'node:fs/promises';
import { homedir } from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { type Candidate, candidates, type Places } from './pure/lookup';

export const WINDOWS = process.platform === 'win32';

/** Return the folder of the environment that the extension manages. */
export function managedEnvironment(context: vscode.ExtensionContext): string {
  return path.join(context.globalStorageUri.fsPath, 'server');
}

/** Return the first program there is, undefined where there is none. */
export async function findServer(context: vscode.ExtensionContext): Promise<Candidate | undefined> {
  for (const candidate of candidates(places(context))) {
    if (await isProgram(candidate.path)) return candidate;
  }
  return undefined;
}

/** Return the Python that the Python extension has selected, if it is there and at work already. */
export function selectedPython(): string | undefined {
  const extension = vscode.extensions.getExtension('ms-python.python');
  if (!extension?.isActive) return undefined;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const selected: unknown = extension.exports?.environments?.getActiveEnvironmentPath?.(folder)?.path;
  return typeof selected === 'string' && path.isAbsolute(selected) ? selected : undefined;
}

function places(context: vscode.ExtensionContext): Places {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return {
    setting: vscode.workspace.getConfiguration('mendline').get('server.path', ''),
    folders: folders.filter((each) => each.uri.scheme === 'file').map((each) => each.uri.fsPath),
    trusted: vscode.workspace.isTrusted,
    python: selectedPython(),
    managed: managedEnvironment(context),
    searchPath: process.env['PATH'] ?? '',
    home: homedir(),
    windows: WINDOWS,
  };
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await fs.access(file, fs.constants.X_OK);
    return (await fs.stat(file)).isFile();
  } catch {
    return false;
  }
}
