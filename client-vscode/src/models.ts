/** Which model completes: chosen from what the server's catalogue has, fetched where it isn't there. */
import * as vscode from 'vscode';
import { type Model, parse, type Row, rows } from './pure/catalogue';
import { run } from './running';
import type { Session } from './session';

const SETTING = 'model.completion';

/** Let the user choose a model; fetch it if it isn't on this machine. */
export async function chooseModel(session: Session): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('mendline');
  const models = await list(session);
  if (!models) return;
  const file: Row | vscode.QuickPickItem = { label: '$(file) A GGUF file on this machine…' };
  const items: (Row | vscode.QuickPickItem)[] = [...rows(models, configuration.get(SETTING, '')), file];
  const chosen = await vscode.window.showQuickPick(items, { title: 'Model for suggestions', matchOnDetail: true });
  if (!chosen) return;
  if (!('model' in chosen)) {
    const filters = { 'GGUF models': ['gguf'] };
    const [found] = (await vscode.window.showOpenDialog({ filters, title: 'Model for suggestions' })) ?? [];
    if (found) await configuration.update(SETTING, found.fsPath, vscode.ConfigurationTarget.Global);
    return;
  }
  await configuration.update(SETTING, chosen.model.id, vscode.ConfigurationTarget.Global);
  if (!chosen.model.installed) await download(session, chosen.model.id);
}

/** Fetch a model, by default the one in the settings; the server shows how far it is and what goes wrong. */
export async function download(session: Session, model?: string): Promise<void> {
  if (!session.running) {
    void vscode.window.showInformationMessage('Mendline does not run.');
    return;
  }
  const args = model ? [model] : [];
  await session.running.sendRequest('workspace/executeCommand', { command: 'mendline.downloadModel', arguments: args });
}

async function list(session: Session): Promise<Model[] | undefined> {
  if (!session.program) {
    void vscode.window.showInformationMessage("Mendline's server is not on this machine.");
    return undefined;
  }
  const cwd = session.context.globalStorageUri.fsPath;
  const done = await run(session.program.path, ['models', 'list', '--json'], { cwd });
  try {
    return parse(done.stdout);
  } catch (error) {
    session.log.error(`mendline models list: ${String(error)}\n${done.stderr}`);
    void vscode.window.showErrorMessage('The models could not be listed. The log has the details.');
    return undefined;
  }
}
