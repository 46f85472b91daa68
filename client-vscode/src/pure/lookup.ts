/**
 * Where the server is looked for. The first of these that exists is used:
 *
 * 1. the setting `mendline.server.path`. Where it is set nothing else is tried: a typing error should show;
 * 2. the environment of the workspace: the one the Python extension has selected, then `.venv` and `venv` in each of
 *    its folders. Only in a workspace that the user trusts, for what lies there is the repository's code;
 * 3. the environment that the extension manages, in its own storage;
 * 4. the absolute folders of PATH, likewise only with trust: a project's own are often among them.
 */
import * as path from 'node:path';

export interface Places {
  /** The setting `mendline.server.path`; empty where it is not set. */
  setting: string;
  /** Paths of the workspace's folders. */
  folders: readonly string[];
  trusted: boolean;
  /** The Python that the Python extension has selected, if there is one. */
  python: string | undefined;
  /** The environment that the extension manages. */
  managed: string;
  /** The variable PATH, as it is. */
  searchPath: string;
  home: string;
  windows: boolean;
}

export interface Candidate {
  path: string;
  origin: 'setting' | 'workspace' | 'managed' | 'PATH';
}

/** Return where the server may be, in the order above. */
export function candidates(places: Places): Candidate[] {
  const { windows } = places;
  if (places.setting.trim()) {
    return [{ path: expandHome(places.setting.trim(), places.home, windows), origin: 'setting' }];
  }
  const found: Candidate[] = [];
  if (places.trusted) {
    const name = programName(windows);
    if (places.python) {
      found.push({ path: join(windows, flavour(windows).dirname(places.python), name), origin: 'workspace' });
    }
    for (const folder of places.folders) {
      for (const environment of ['.venv', 'venv']) {
        found.push({ path: programIn(join(windows, folder, environment), windows), origin: 'workspace' });
      }
    }
  }
  found.push({ path: programIn(places.managed, windows), origin: 'managed' });
  return places.trusted ? [...found, ...onSearchPath(places)] : found;
}

/** Return the server's program in a virtual environment. */
export function programIn(environment: string, windows: boolean): string {
  return join(windows, environment, windows ? 'Scripts' : 'bin', programName(windows));
}

/** Return a virtual environment's own Python. */
export function pythonIn(environment: string, windows: boolean): string {
  return join(windows, environment, windows ? 'Scripts' : 'bin', windows ? 'python.exe' : 'python');
}

function onSearchPath({ searchPath, windows }: Places): Candidate[] {
  const { delimiter, isAbsolute } = flavour(windows);
  const folders = searchPath.split(delimiter).filter((each) => isAbsolute(each));
  return folders.map((each) => ({ path: join(windows, each, programName(windows)), origin: 'PATH' }));
}

function expandHome(text: string, home: string, windows: boolean): string {
  return text === '~' || /^~[/\\]/.test(text) ? join(windows, home, text.slice(1)) : text;
}

function programName(windows: boolean): string {
  return windows ? 'mendline.exe' : 'mendline';
}

function join(windows: boolean, ...parts: string[]): string {
  return flavour(windows).join(...parts);
}

function flavour(windows: boolean): path.PlatformPath {
  return windows ? path.win32 : path.posix;
}
