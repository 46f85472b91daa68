/** What `package.json` names is there: commands, context keys, files. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

interface Entry {
  command?: string;
  submenu?: string;
  when?: string;
}

interface Step {
  description: string;
  media: { markdown: string };
  completionEvents: string[];
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const { commands, menus, keybindings, walkthroughs } = manifest.contributes as {
  commands: { command: string; title: string }[];
  menus: Record<string, Entry[]>;
  keybindings: (Entry & { key: string })[];
  walkthroughs: { steps: Step[] }[];
};
const declared = new Set(commands.map(({ command }) => command));
const entries = [...Object.values(menus).flat(), ...keybindings];
const steps = walkthroughs.flatMap((each) => each.steps);

const found = (pattern: RegExp, text: string): string[] => [...text.matchAll(pattern)].map((each) => each[1] ?? '');

test('each command has a function, and each function a command', () => {
  const registered = found(/^ {4}'(mendline\.\w+)': /gm, readFileSync('src/commands.ts', 'utf8'));
  assert.deepEqual([...declared].sort(), registered.sort());
});

/** Commands of the editor itself that the walkthrough names; the test in the real VS Code runs them. */
const EDITORS = new Set(['workbench.action.files.newUntitledFile', 'editor.action.inlineSuggest.commit']);

test('menus, keys and the walkthrough name commands that are declared', () => {
  const named = [
    ...entries.flatMap(({ command }) => command ?? []),
    ...steps.flatMap(({ description }) => found(/\(command:([\w.]+)(?:\?[^)]*)?\)/g, description)),
    ...steps.flatMap(({ completionEvents }) => found(/^onCommand:(.*)$/gm, completionEvents.join('\n'))),
  ];
  assert.deepEqual([...new Set(named)].filter((name) => !declared.has(name) && !EDITORS.has(name)), []);
  assert.ok(named.length > 30);
});

test('what a user does while at work is in the context menu', () => {
  const there = new Set(menus['mendline.context']?.map(({ command }) => command));
  for (const name of [
    ...['toggle', 'toggleLanguage', 'toggleFile', 'trigger', 'fixProblem', 'fixFile', 'explain', 'explainFix'],
    ...['showStatus', 'chooseModel', 'download', 'restart', 'openLog', 'report'],
  ]) {
    assert.ok(there.has(`mendline.${name}`), name);
  }
  assert.ok(menus['editor/context']?.some(({ submenu }) => submenu === 'mendline.context'));
  for (const place of ['editor/title/context', 'explorer/context']) {
    assert.deepEqual(menus[place]?.map(({ command }) => command), ['mendline.toggleFile']);
  }
});

test('conditions ask for context keys that are kept', () => {
  const kept = found(/^ {4}(\w+): /gm, readFileSync('src/contexts.ts', 'utf8').split('return {')[1] ?? '');
  const asked = [
    ...entries.flatMap(({ when }) => found(/mendline\.(\w+)/g, when ?? '')),
    ...steps.flatMap(({ completionEvents }) => found(/^onContext:mendline\.(.*)$/gm, completionEvents.join('\n'))),
  ];
  assert.deepEqual([...new Set(asked)].sort(), kept.sort());
});

test('keys that the pages name are bound here or by the editor', () => {
  const pages = [readFileSync('README.md', 'utf8'), readFileSync('media/walkthrough/type.md', 'utf8')];
  const spelled = (key: string): string => key.replace('right', '→').replace(/(^|\+)(\w)/g, (part) => part.toUpperCase());
  const own = keybindings.map(({ key }) => spelled(key));
  const editors = ['Alt+]', 'Alt+['];
  for (const text of pages) {
    const named = found(/((?:Ctrl\+)?(?:Alt|Ctrl)\+[^\s,|])/g, text);
    assert.deepEqual([...new Set(named)].sort(), [...own, ...editors].sort());
  }
});

test('files that are named exist and are packed', () => {
  const packed = readFileSync('.vscodeignore', 'utf8');
  for (const file of [manifest.icon, ...steps.map(({ media }) => media.markdown)]) assert.ok(existsSync(file), file);
  assert.ok(packed.includes(`!${manifest.icon}\n`) && packed.includes('!media/walkthrough/*.md\n'));
  assert.equal(readdirSync('media/walkthrough').length, steps.length);
  for (const picture of found(/\]\((media\/[^)]+)\)/g, readFileSync('README.md', 'utf8'))) assert.ok(existsSync(picture), picture);
});

test('titles that the README quotes are those of commands', () => {
  const readme = readFileSync('README.md', 'utf8');
  const titles = new Set(commands.map(({ title }) => title.replace(/…$/, '')));
  const quoted = found(/"(?:Mendline: )?([A-Z][\w ]+?)…?"/g, readme).filter((each) => each !== 'Mendline');
  assert.deepEqual(quoted.filter((each) => !titles.has(each)), []);
  assert.ok(quoted.length >= 10);
});
