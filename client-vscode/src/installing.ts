/** An environment of the extension's own with the server in it. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { managedEnvironment, selectedPython, WINDOWS } from './finding';
import { pythonIn } from './pure/lookup';
import { OLDEST, PROBE, type Python, pythons, suits } from './pure/python';
import { run } from './running';

/** Make the environment anew, with progress; tell the user what goes wrong. Return whether the server is there. */
export async function installServer(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Promise<boolean> {
  const options = { location: vscode.ProgressLocation.Notification, title: 'Installing Mendline', cancellable: true };
  const problem = await vscode.window.withProgress(options, async (progress, token) => {
    const installing = new Installing(context, log, (message) => progress.report({ message }), token);
    const found = await installing.install();
    return token.isCancellationRequested ? undefined : found;
  });
  if (problem === '') return true;
  if (problem) {
    log.error(problem);
    const open = 'Open Log';
    void vscode.window.showErrorMessage(problem, open).then((chosen) => chosen === open && log.show());
  }
  return false;
}

class Installing {
  private readonly environment: string;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
    private readonly tell: (message: string) => void,
    private readonly token: vscode.CancellationToken,
  ) {
    this.environment = managedEnvironment(context);
  }

  /** Return what went wrong, an empty text where nothing did. */
  async install(): Promise<string> {
    await fs.mkdir(path.dirname(this.environment), { recursive: true });
    this.tell('looking for Python');
    const python = await this.findPython();
    if (!python) return `Mendline needs Python ${OLDEST.join('.')} or newer with its venv module; none was found.`;
    this.tell('making an environment');
    await fs.rm(this.environment, { recursive: true, force: true });
    const made = await this.step(python.command, [...python.arguments, '-I', '-m', 'venv', this.environment]);
    if (!made) return this.failed('The environment could not be made.');
    this.tell('fetching packages; llama.cpp is compiled for this machine, which takes some minutes');
    const pip = ['-I', '-m', 'pip', 'install', '--disable-pip-version-check', '--progress-bar', 'off', this.package()];
    const installed = await this.step(pythonIn(this.environment, WINDOWS), pip);
    return installed ? '' : this.failed('The server could not be installed.');
  }

  private async findPython(): Promise<Python | undefined> {
    const selected = vscode.workspace.isTrusted ? selectedPython() : undefined;
    for (const python of pythons(selected, WINDOWS)) {
      const probe = await run(python.command, [...python.arguments, '-I', '-c', PROBE], { cwd: this.cwd() });
      if (probe.status === 0 && suits(probe.stdout)) return python;
    }
    return undefined;
  }

  private package(): string {
    const setting = vscode.workspace.getConfiguration('mendline').get('server.package', '').trim();
    return setting || `mendline==${this.context.extension.packageJSON.version}`;
  }

  private async step(program: string, args: readonly string[]): Promise<boolean> {
    if (this.token.isCancellationRequested) return false;
    this.log.info([program, ...args].join(' '));
    const onLine = (line: string): void => this.log.info(line);
    return (await run(program, args, { cwd: this.cwd(), onLine, token: this.token })).status === 0;
  }

  /** Half an environment must not be taken for one. */
  private async failed(problem: string): Promise<string> {
    await fs.rm(this.environment, { recursive: true, force: true });
    return `${problem} The log has the details.`;
  }

  private cwd(): string {
    return path.dirname(this.environment);
  }
}
