/** Settings, as the server asks for them. */
import * as vscode from 'vscode';
import { serverSettings, told } from './pure/settings';

/** Return what the user and the workspace have set of the server's settings. */
export function serverConfiguration(context: vscode.ExtensionContext): Record<string, unknown> {
  const groups: { properties: object }[] = context.extension.packageJSON.contributes.configuration;
  const names = serverSettings(groups.flatMap((group) => Object.keys(group.properties)));
  const configuration = vscode.workspace.getConfiguration('mendline');
  return told(
    names.map((name) => {
      const places = configuration.inspect(name);
      const set = [places?.globalValue, places?.workspaceValue, places?.workspaceFolderValue];
      return { name, value: configuration.get(name), explicit: set.some((value) => value !== undefined) };
    }),
  );
}
