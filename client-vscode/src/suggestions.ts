/** Ghost text on its way from the server to the editor. */
import type * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';
import type { Switching } from './switching';

type Notify = (method: string, params: object) => void;

/** Return the part of the middleware that suggestions go through. */
export function inlineCompletions(notify: Notify, switching: Switching): Pick<Middleware, 'provideInlineCompletionItems'> {
  return {
    async provideInlineCompletionItems(document, position, context, token, next) {
      if (switching.silenced(document)) return null;
      const found = await next(document, position, context, token);
      const items = Array.isArray(found) ? found : (found?.items ?? []);
      // The editor draws the first one and doesn't tell: the stable API has no event for it.
      if (items[0] && !token.isCancellationRequested) notify('mendline/didShow', { item: shown(items[0]) });
      return found ?? null;
    },
  };
}

function shown(item: vscode.InlineCompletionItem): object {
  return { insertText: item.insertText, command: item.command };
}
