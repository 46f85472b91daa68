/** Progress of work that can be stopped, where its button is seen. Other progress stays in the status bar. */
import * as vscode from 'vscode';
import type { ProgressToken, WorkDoneProgressBegin, WorkDoneProgressEnd, WorkDoneProgressReport } from 'vscode-languageclient';

type Value = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;

interface Bar {
  report(value: WorkDoneProgressReport): void;
  end(): void;
}

/** The bars that are shown, by token. */
export class Bars {
  private readonly shown = new Map<ProgressToken, Bar>();

  constructor(private readonly cancel: (token: ProgressToken) => void) {}

  /** Take what the server says of its progress; `next` shows it as the client library does. */
  handle(token: ProgressToken, value: Value, next: (token: ProgressToken, value: Value) => void): void {
    if (value.kind === 'begin' && value.cancellable) {
      this.shown.set(token, this.begin(token, value.title));
      return;
    }
    const bar = this.shown.get(token);
    if (!bar) return next(token, value);
    if (value.kind === 'end') {
      this.shown.delete(token);
      bar.end();
    } else if (value.kind === 'report') {
      bar.report(value);
    }
  }

  private begin(token: ProgressToken, title: string): Bar {
    let percentage = 0;
    let show: (value: { message?: string; increment?: number }) => void = () => {};
    let end: () => void = () => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    void vscode.window.withProgress(options, (progress, cancellation) => {
      show = (value) => progress.report(value);
      cancellation.onCancellationRequested(() => this.cancel(token));
      return ended;
    });
    const report = (value: WorkDoneProgressReport): void => {
      const increment = (value.percentage ?? percentage) - percentage;
      percentage += increment;
      show({ increment, ...(value.message === undefined ? {} : { message: value.message }) });
    };
    return { report, end };
  }
}
