/** Running programs: never in the workspace's folder, where a Python would import what lies there. */
import { spawn } from 'node:child_process';
import type * as vscode from 'vscode';

export interface Finished {
  /** The exit status; undefined where it could not be started or was stopped. */
  status: number | undefined;
  stdout: string;
  stderr: string;
}

export interface Running {
  cwd: string;
  /** Told each line, of either stream, as it comes. */
  onLine?: (line: string) => void;
  token?: vscode.CancellationToken;
}

/** Run a program to its end. Never throws: what goes wrong is in the result. */
export function run(program: string, args: readonly string[], { cwd, onLine, token }: Running): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    const cancelling = token?.onCancellationRequested(() => child.kill());
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      let rest = '';
      child[name].setEncoding('utf8').on('data', (piece: string) => {
        texts[name] += piece;
        const lines = (rest + piece).split(/\r?\n/);
        rest = lines.pop() ?? '';
        for (const line of lines) onLine?.(line);
      });
    }
    const end = (status: number | undefined, problem = ''): void => {
      cancelling?.dispose();
      resolve({ status, stdout: texts.stdout, stderr: texts.stderr + problem });
    };
    child.on('error', (error) => end(undefined, error.message));
    child.on('close', (status) => end(status ?? undefined));
  });
}
