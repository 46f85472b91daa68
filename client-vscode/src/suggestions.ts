/** Ghost text on its way from the server to the editor. */
import type * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';
import type { Switching } from './switching';

type Notify = (method: string, params: object) => void;

/** What the server is told of a suggestion that is on the screen. */
export interface Shown {
  insertText: string;
  command: vscode.Command | undefined;
}

/** The suggestion that was handed to the editor last, and where. */
export class Showing {
  private last: { document: vscode.TextDocument; item: Shown } | undefined;

  note(document: vscode.TextDocument, item: Shown | undefined): void {
    this.last = item && { document, item };
  }

  in(document: vscode.TextDocument | undefined): Shown | undefined {
    return this.last && this.last.document === document ? this.last.item : undefined;
  }
}

/** Return the part of the middleware that suggestions go through. */
export function inlineCompletions(
  notify: Notify,
  switching: Switching,
  showing: Showing,
): Pick<Middleware, 'provideInlineCompletionItems'> {
  return {
    async provideInlineCompletionItems(document, position, context, token, next) {
      if (switching.silenced(document)) return null;
      const found = await next(document, position, context, token);
      const items = Array.isArray(found) ? found : (found?.items ?? []);
      if (token.isCancellationRequested) return found ?? null;
      const item = items[0] && shown(items[0]);
      showing.note(document, item);
      // The editor draws the first one and doesn't tell: the stable API has no event for it.
      if (item) notify('mendline/didShow', { item });
      return found ?? null;
    },
  };
}

function shown({ insertText, command }: vscode.InlineCompletionItem): Shown {
  return { insertText: typeof insertText === 'string' ? insertText : insertText.value, command };
}
