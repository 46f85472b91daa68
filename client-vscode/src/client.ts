/** The language client: what it tells the server of the editor, and the server of it. */
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import * as vscode from 'vscode';
import {
  type ClientCapabilities,
  type LanguageClientOptions,
  LanguageClient,
  State,
  type StaticFeature,
} from 'vscode-languageclient/node';
import { serverConfiguration } from './configuring';
import { Bars } from './progress';
import { logged } from './pure/logging';
import { inlineCompletions, type Showing } from './suggestions';
import type { Switching } from './switching';

export { State };

const LANGUAGES = ['file', 'untitled', 'vscode-notebook-cell'].map((scheme) => ({ scheme }));

/** Make a client for the server at `program`; it isn't started yet. */
export function makeClient(
  context: vscode.ExtensionContext,
  program: string,
  log: vscode.LogOutputChannel,
  switching: Switching,
  showing: Showing,
): LanguageClient {
  const bars = new Bars((token) => void client.sendNotification('window/workDoneProgress/cancel', { token }));
  const options: LanguageClientOptions = {
    documentSelector: LANGUAGES,
    outputChannel: log,
    stdioOptions: { stdout: writeLog, stderr: writeLog },
    initializationOptions: { trusted: vscode.workspace.isTrusted },
    diagnosticPullOptions: { onChange: true, onTabs: false },
    connectionOptions: { maxRestartCount: 10 },
    middleware: {
      ...inlineCompletions((method, params) => void client.sendNotification(method, params), switching, showing),
      handleWorkDoneProgress: (token, params, next) => bars.handle(token, params, next),
      workspace: {
        configuration: (params) =>
          params.items.map((item) => (item.section === 'mendline' ? serverConfiguration(context) : null)),
      },
    },
  };
  // Not in the workspace's folder: nothing that lies there may come before what the server's Python imports.
  const server = { command: program, args: ['serve'], options: { cwd: context.globalStorageUri.fsPath } };
  const client = new LanguageClient('mendline', 'Mendline', server, options);
  client.registerFeature(SHOWS_STATUS);
  return client;
}

function writeLog(input: Readable, log: vscode.LogOutputChannel): void {
  createInterface({ input, crlfDelay: Infinity }).on('line', (line) => {
    const { level, text } = logged(line);
    log[level](text);
  });
}

const SHOWS_STATUS: StaticFeature = {
  fillClientCapabilities(capabilities: ClientCapabilities): void {
    capabilities.experimental = { ...capabilities.experimental, mendline: { status: true } };
  },
  initialize(): void {},
  getState: () => ({ kind: 'static' }),
  clear(): void {},
};
