/** Which Python an environment for the server is made with. */

export interface Python {
  command: string;
  arguments: readonly string[];
}

/** The oldest version the server runs with. */
export const OLDEST = [3, 11] as const;

/** A program that prints the version it is run with, and fails where environments can't be made. */
export const PROBE = 'import sys, venv, ensurepip; print(*sys.version_info[:2])';

/** Return what may be a Python, the best guess first. */
export function pythons(selected: string | undefined, windows: boolean): Python[] {
  const own = selected ? [{ command: selected, arguments: [] }] : [];
  const versions = ['3.13', '3.12', '3.11', '3.14'];
  const named = windows
    ? [...versions.map((each) => ({ command: 'py', arguments: [`-${each}`] })), { command: 'python', arguments: [] }]
    : ['python3', ...versions.map((each) => `python${each}`), 'python'].map((command) => ({ command, arguments: [] }));
  return [...own, ...named];
}

/** Tell whether what `PROBE` printed is a version that will do. */
export function suits(printed: string): boolean {
  const found = /^(\d+) (\d+)\s*$/.exec(printed);
  if (!found) return false;
  const [major, minor] = [Number(found[1]), Number(found[2])];
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}
