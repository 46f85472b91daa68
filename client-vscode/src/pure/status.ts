/** What the status item says. */

/** `mendline/status`, as the server sends it. */
export interface ServerStatus {
  state: 'off' | 'missing-model' | 'downloading' | 'starting' | 'loading' | 'ready' | 'busy' | 'failed';
  kind: 'Normal' | 'Inactive' | 'Warning' | 'Error';
  busy: boolean;
  message: string;
  model: string;
  percent: number | null;
  command: { title: string; command: string; arguments?: unknown[] } | null;
}

/** What the extension itself knows of the server, where the server can't say anything. */
export type Absence = 'no-server' | 'starting' | 'stopped';

export interface Face {
  text: string;
  detail: string;
  severity: 'information' | 'warning' | 'error';
  busy: boolean;
}

const ABSENCES: Record<Absence, Face> = {
  'no-server': { text: 'Mendline: not installed', detail: 'The server is missing', severity: 'warning', busy: false },
  starting: { text: 'Mendline: starting', detail: 'The server starts', severity: 'information', busy: true },
  stopped: { text: 'Mendline: stopped', detail: 'The server has ended', severity: 'error', busy: false },
};

/** Return what to show. `silenced` is why there are no suggestions in the document at hand; empty where there are. */
export function face(status: ServerStatus | Absence, silenced = ''): Face {
  if (typeof status === 'string') return ABSENCES[status];
  const message = status.message.toLowerCase() === status.state ? '' : status.message;
  const detail = [status.model, message].filter(Boolean).join(' · ');
  if (silenced && ['off', 'ready', 'busy'].includes(status.state)) {
    return { text: 'Mendline: off', detail: silenced, severity: 'information', busy: false };
  }
  return {
    text: `Mendline: ${short(status)}`,
    detail,
    severity: status.kind === 'Error' ? 'error' : status.kind === 'Warning' ? 'warning' : 'information',
    busy: status.busy,
  };
}

function short({ state, percent }: ServerStatus): string {
  const words = state === 'missing-model' ? 'model missing' : state;
  return percent === null ? words : `${words} ${percent} %`;
}
