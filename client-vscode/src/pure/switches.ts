/** Where suggestions are switched off. */

export interface Switches {
  /** `completion.enabled`. */
  enabled: boolean;
  /** `completion.disabledLanguages`. */
  languages: readonly string[];
  /** URIs of documents in which they are off in this workspace. */
  files: readonly string[];
}

/** Return why there are no suggestions in a document, as words for the user; empty where there are. */
export function silenced(switches: Switches, uri: string, languageId: string): string {
  if (!switches.enabled) return 'Suggestions are switched off';
  if (switches.languages.includes(languageId)) return `Suggestions are switched off in ${languageId}`;
  if (switches.files.includes(uri)) return 'Suggestions are switched off in this file';
  return '';
}

/** Return a list with a value taken out, or put in where it isn't in it. */
export function toggled(list: readonly string[], value: string): string[] {
  return list.includes(value) ? list.filter((each) => each !== value) : [...list, value];
}
