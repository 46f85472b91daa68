/** Every command of the palette, each with what it does. */
import * as vscode from 'vscode';
import { acceptPart } from './accepting';
import type { Explanations } from './explaining';
import { fixFile, fixProblem } from './fixing';
import { installServer } from './installing';
import { showMenu } from './menu';
import { chooseModel, download } from './models';
import { report } from './reporting';
import type { Session } from './session';
import type { Switching } from './switching';

/** Register the commands. */
export function registerCommands(session: Session, switching: Switching, explanations: Explanations): vscode.Disposable {
  const commands: Record<string, (argument?: unknown) => unknown> = {
    'mendline.trigger': () => vscode.commands.executeCommand('editor.action.inlineSuggest.trigger'),
    'mendline.acceptWord': () => acceptPart(session, 'Word'),
    'mendline.acceptLine': () => acceptPart(session, 'Line'),
    'mendline.fixProblem': () => fixProblem(session),
    'mendline.fixFile': () => fixFile(session),
    'mendline.explain': () => explanations.suggestion(session),
    'mendline.explainFix': () => explanations.fix(session),
    'mendline.showFigures': () => explanations.figures(session),
    'mendline.toggle': () => switching.toggleEverywhere(),
    'mendline.toggleLanguage': () => switching.toggleLanguage(),
    // Menus of a tab and of the explorer say which file.
    'mendline.toggleFile': (uri) => switching.toggleFile(uri instanceof vscode.Uri ? uri : undefined),
    'mendline.showStatus': () => showMenu(session, switching),
    'mendline.chooseModel': () => chooseModel(session),
    'mendline.download': () => download(session),
    'mendline.restart': () => restartEngine(session),
    'mendline.restartServer': () => session.restart(),
    'mendline.installServer': () => install(session),
    'mendline.openLog': () => session.log.show(),
    'mendline.report': () => report(session),
  };
  const registered = Object.entries(commands).map(([id, run]) => vscode.commands.registerCommand(id, run));
  return vscode.Disposable.from(...registered);
}

async function restartEngine(session: Session): Promise<void> {
  if (!session.running) return session.restart();
  await session.running.sendRequest('workspace/executeCommand', { command: 'mendline.restartEngine', arguments: [] });
}

async function install(session: Session): Promise<void> {
  // A program that runs can't be replaced everywhere, and must not be where it can.
  await session.end();
  await installServer(session.context, session.log);
  await session.restart();
}
