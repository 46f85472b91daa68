/** The server's log lines, in the editor's levels. */

export type Level = 'debug' | 'info' | 'warn' | 'error';

const LEVELS: Record<string, Level> = { DEBUG: 'debug', INFO: 'info', WARNING: 'warn', ERROR: 'error', CRITICAL: 'error' };

/** Return a line's level and its text without level and time, which the editor writes itself. */
export function logged(line: string): { level: Level; text: string } {
  const found = /^\d\d:\d\d:\d\d ([A-Z]+) (.*)$/.exec(line);
  const level = LEVELS[found?.[1] ?? ''];
  return level ? { level, text: found?.[2] ?? '' } : { level: 'info', text: line };
}
