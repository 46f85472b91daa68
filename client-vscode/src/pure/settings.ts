/** Which settings the server is told. */

export interface Inspected {
  /** The name without `mendline.`, such as `completion.maxTokens`. */
  name: string;
  value: unknown;
  /** Whether the user or the workspace has set it. */
  explicit: boolean;
}

/** Settings of the extension itself: where the server is. The server knows none of them. */
const OWN = 'server.';

/** Return the names of the server's settings among those of a `package.json`, without `mendline.`. */
export function serverSettings(properties: Iterable<string>): string[] {
  return [...properties]
    .filter((name) => name.startsWith('mendline.'))
    .map((name) => name.slice('mendline.'.length))
    .filter((name) => !name.startsWith(OWN));
}

/**
 * Return what the server is told: dotted names and values.
 *
 * Defaults are left out. The server has the same ones, and for the server what an editor says wins over
 * `.mendline.toml` and the user's `config.toml`, which then would never count.
 */
export function told(inspected: Iterable<Inspected>): Record<string, unknown> {
  return Object.fromEntries([...inspected].filter((each) => each.explicit).map(({ name, value }) => [name, value]));
}
