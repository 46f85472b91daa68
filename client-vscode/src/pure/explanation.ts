/** What became of the last suggestion, as a page of Markdown. */

/** The answer to `mendline/explain`; see `extensions.py` in the server. */
export interface Explanation {
  uri: string;
  position: { line: number; character: number };
  trigger: string;
  lines: number;
  source: string;
  shape: string;
  /** `text` is missing from servers of before it was told. */
  sections: { name: string; path: string; characters: number; tokens: number; text?: string }[];
  raw: string;
  candidates: {
    text: string;
    confidence: number | null;
    parsed: boolean | null;
    checks: string[];
    finish: string | null;
  }[];
  steps: { name: string; before: number; after: number; detail: string }[];
  reasons: { reason: string; detail: string }[];
  tokens: number;
  /** In seconds; all but `waited` from when that was over. */
  timings: { waited: number; first_token: number | null; generated: number | null; gate: number | null; total: number };
  usage: Record<string, unknown> | null;
}

/** What is behind the names of the prompt's sections. */
const SECTIONS: Record<string, string> = {
  prefix: 'this file, before the cursor',
  suffix: 'this file, after the cursor',
  scope: 'this file, headers of what the cursor is in',
  kept: 'related code, as an earlier prompt had it',
  cell: 'other cells of the notebook',
  notes: 'notes of the project',
  imports: 'signatures behind imports',
  usages: 'how other files call what is imported',
  definitions: 'definitions elsewhere in the workspace',
  openFiles: 'signatures of open files',
  edits: 'your last changes',
  diagnostics: 'problems nearby',
  ownImports: "this file's imports",
};

/** Return the page. `languageId` colours the code in it. */
export function page(told: Explanation, file: string, languageId: string): string {
  const { line, character } = told.position;
  const asked = told.trigger === 'invoked' ? 'You asked for it' : 'It was asked for while you typed';
  const parts = [
    `# ${file}, line ${line + 1}, column ${character + 1}`,
    `${asked}. Source: ${told.source}.${told.shape ? ` Shape: ${told.shape}.` : ''}`,
    ...candidates(told, languageId),
    ...reasons(told),
    ...seen(told, languageId),
    ...steps(told),
    ...timings(told),
    ...raw(told, languageId),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Return code in a fence that nothing in it can close. */
export function fenced(code: string, languageId: string): string {
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${languageId}\n${code}\n${fence}`;
}

function candidates({ candidates: all }: Explanation, languageId: string): string[] {
  return all.flatMap((each, index) => {
    const facts = [
      each.confidence === null ? 'confidence unknown' : `confidence ${(100 * each.confidence).toFixed(0)} %`,
      each.parsed === null ? 'not parsed' : each.parsed ? 'parsed with your file' : 'does not parse',
      ...each.checks.filter((check) => !each.parsed || check !== 'parses'),
    ];
    return [`## Suggestion ${index + 1}`, facts.join(' · '), fenced(each.text, languageId)];
  });
}

function reasons({ reasons: all }: Explanation): string[] {
  if (all.length === 0) return [];
  return ['## Not shown, because', all.map((each) => `- **${each.reason}** ${cell(each.detail)}`.trimEnd()).join('\n')];
}

function seen({ sections }: Explanation, languageId: string): string[] {
  if (sections.length === 0) return ['## What the model saw', 'It was not asked.'];
  const rows = sections.map(
    (each) =>
      `| ${SECTIONS[each.name] ?? cell(each.name)} | ${each.path ? cell(each.path) : ''} | ${each.tokens} | ${each.characters} |`,
  );
  const tokens = sections.reduce((sum, each) => sum + each.tokens, 0);
  const head = '| part | from | tokens (about) | characters |\n|---|---|--:|--:|';
  const parts = sections.flatMap((each) => part(each, languageId));
  return ['## What the model saw', `${head}\n${rows.join('\n')}\n| all | | ${tokens} | |`, 'Secrets are masked.', ...parts];
}

/** The text of a part, folded away. Other files' may be in another language. */
function part({ name, path, text }: Explanation['sections'][number], languageId: string): string[] {
  if (!text) return [];
  const title = [SECTIONS[name] ?? name, path].filter(Boolean).join(': ');
  return [`<details><summary>${plain(title)}</summary>`, fenced(text, path ? '' : languageId), '</details>'];
}

function steps({ steps: all }: Explanation): string[] {
  const changed = all.filter((each) => each.before !== each.after || each.detail);
  if (changed.length === 0) return [];
  const rows = changed.map((each) => `| ${cell(each.name)} | ${each.before} → ${each.after} | ${cell(each.detail)} |`);
  return ['## What filters and checks changed', `| step | characters | |\n|---|---|---|\n${rows.join('\n')}`];
}

function timings({ timings: times, tokens }: Explanation): string[] {
  const rows: [string, number | null][] = [
    ['waited for more to be typed', times.waited || null],
    ['first token', times.first_token],
    ['generated', times.generated],
    ['parsing', times.gate],
    ['in all', times.total],
  ];
  const shown = rows.flatMap(([name, seconds]) => (seconds === null ? [] : [`${name} ${(1000 * seconds).toFixed(0)} ms`]));
  return ['## Time', `${shown.join(' · ')} · ${tokens} tokens generated`];
}

function raw({ raw: text, candidates: all }: Explanation, languageId: string): string[] {
  return text && text !== all[0]?.text ? ['## What the model wrote', fenced(text, languageId)] : [];
}

function plain(text: string): string {
  return text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`).replace(/\s+/g, ' ');
}

function cell(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|#]/g, '\\$&').replace(/\s+/g, ' ');
}
