/** The server from the extension's side: found, started, watched, started anew. */
import * as fs from 'node:fs/promises';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { findServer } from './finding';
import type { Candidate } from './pure/lookup';
import type { Absence, ServerStatus } from './pure/status';
import { Showing } from './suggestions';
import type { Switching } from './switching';

/** One server, or what is known of why there is none. */
export class Session implements vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<void>();
  private client: LanguageClient | undefined;
  private turn: Promise<void> = Promise.resolve();

  /** Fired when `status` changed. */
  readonly onDidChange = this.changes.event;

  status: ServerStatus | Absence = 'starting';

  /** What of Mendline's is on the screen. */
  readonly showing = new Showing();

  /** Where the server's program was found. */
  program: Candidate | undefined;

  constructor(
    readonly context: vscode.ExtensionContext,
    readonly log: vscode.LogOutputChannel,
    private readonly switching: Switching,
  ) {}

  /** The client while its server answers. */
  get running(): LanguageClient | undefined {
    return this.client?.isRunning() ? this.client : undefined;
  }

  /** Start the server, or start it anew: what runs is ended first. */
  restart(): Promise<void> {
    this.turn = this.turn.then(async () => {
      await this.stop();
      await this.start();
    });
    return this.turn;
  }

  /** Tell the server that settings have changed; it asks for those it wants. */
  reconfigure(): void {
    void this.running?.sendNotification('workspace/didChangeConfiguration', { settings: null });
  }

  /** End the server. */
  async end(): Promise<void> {
    await this.turn;
    await this.stop();
  }

  dispose(): void {
    this.changes.dispose();
  }

  private async start(): Promise<void> {
    this.program = await findServer(this.context);
    if (!this.program) {
      this.become('no-server');
      return;
    }
    this.log.info(`The server is ${this.program.path} (${this.program.origin}).`);
    this.become('starting');
    await fs.mkdir(this.context.globalStorageUri.fsPath, { recursive: true });
    // Read and run only now: it is nearly all of the extension's code, and the editor waits for activation.
    const { makeClient, State } = await import('./client.js');
    const client = makeClient(this.context, this.program.path, this.log, this.switching, this.showing);
    this.client = client;
    client.onNotification('mendline/status', (status: ServerStatus) => this.become(status));
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Stopped && this.client === client) this.become('stopped');
      if (newState === State.Starting) this.become('starting');
    });
    try {
      await client.start();
    } catch (error) {
      this.log.error(`The server does not start: ${String(error)}`);
      this.become('stopped');
    }
  }

  private async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    try {
      await client?.dispose();
    } catch (error) {
      this.log.warn(`The server did not end as it should: ${String(error)}`);
    }
  }

  private become(status: ServerStatus | Absence): void {
    this.status = status;
    this.changes.fire();
  }
}
