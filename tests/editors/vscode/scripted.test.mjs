/** Scenarios in which the model's answers are written down beforehand. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Editor, scripted, SERVER } from './editor.mjs';

const ANSWERS = [
  { prefix_ends_with: 'def add(a, b):\n    return', middle: ' a + b' },
  { prefix_ends_with: 'def sub(a, b):\n    ', middle: 'total = a - b\n    return total\n' },
  { prefix_ends_with: 'show(', middle: '\n    "one",\n    "two",\n)\n' },
  { prefix_ends_with: 'pick =', middle: ' 1', others: [' 2'] },
];

let editor;

before(async () => {
  editor = await Editor.open({
    files: { 'start.py': '' },
    settings: { 'mendline.server.path': SERVER, 'mendline.completion.debounceMs': 0, 'mendline.completion.candidates': 3 },
    environment: scripted(ANSWERS),
  });
  await editor.file('start.py');
  await editor.statusWith('ready');
});

after(() => editor?.close());

async function suggested(name) {
  await editor.file(name, 'def add(a, b):\n');
  await editor.type('    return');
  assert.equal(await editor.ghostWith('a + b'), ' a + b');
}

test('ghost text is drawn, and Tab inserts it', async () => {
  await suggested('tab.py');
  await editor.shot('ghost-text');
  await editor.keys('Tab');
  await editor.saved('tab.py', 'def add(a, b):\n    return a + b');
});

test('typing a suggestion keeps what is left of it, and another letter takes it away', async () => {
  await suggested('through.py');
  await editor.type(' a');
  await editor.until('the rest', async () => (await editor.ghost()) === ' + b');
  await editor.type('x');
  await editor.noGhost();
  await editor.saved('through.py', 'def add(a, b):\n    return ax');
});

test('Escape takes it away, and Control+Right takes a word of it', async () => {
  await suggested('escape.py');
  await editor.keys('Escape');
  await editor.noGhost();
  await editor.command('Mendline: Suggest Here');
  await editor.ghostWith('a + b');
  for (const rest of ['a + b', ' + b']) {
    await editor.keys('Control+ArrowRight');
    await editor.until(`only ${rest} is left`, async () => (await editor.ghost()) === rest);
  }
  await editor.saved('escape.py', 'def add(a, b):\n    return a');
});

test('a suggestion of several lines', async () => {
  await editor.file('lines.py', 'def sub(a, b):\n');
  await editor.type('    ');
  assert.equal(await editor.ghostWith('return total'), 'total = a - b\n    return total');
  await editor.shot('several-lines');
  await editor.keys('Tab');
  await editor.saved('lines.py', 'def sub(a, b):\n    total = a - b\n    return total');
});

test('between brackets that the editor has closed the text stays balanced', async () => {
  await editor.file('brackets.py', '');
  await editor.type('show(');
  await editor.command('Mendline: Suggest Here');
  await editor.ghostWith('"two"');
  await editor.keys('Tab');
  await editor.noGhost();
  await editor.until('balanced text', () => /^show\(\n {4}"one",\n {4}"two",\n\)\s*$/.test(editor.read('brackets.py')));
});

test('of several suggestions the next one can be had', async () => {
  await editor.file('pick.py', '');
  await editor.type('pick =');
  await editor.ghostWith('1');
  await editor.command('Mendline: Suggest Here');
  // The editor asks anew at each press before it goes on: one that is still on its way would go on from what is wanted.
  await editor.until('the other one', async () => {
    await editor.keys('Alt+]');
    await pause(1000);
    return (await editor.ghost()) === ' 2';
  });
  await editor.keys('Tab');
  await editor.saved('pick.py', 'pick = 2');
});

test('a syntax error is marked, has a fix in the light bulb, and is fixed on the word of the user', async () => {
  await editor.file('broken.py', 'print((1, 2)\n');
  await editor.page.locator('.squiggly-error').first().waitFor();
  await editor.keys('Control+Home', 'End', 'Control+.');
  await editor.page.locator('.action-widget .monaco-list-row', { hasText: 'Mendline' }).first().waitFor();
  await editor.shot('quick-fix');
  await editor.keys('Escape');
  await editor.command('Mendline: Fix This Problem');
  await editor.page.locator('.squiggly-error').first().waitFor({ state: 'detached' });
  await editor.saved('broken.py', 'print((1, 2))\n');
});

test('the last suggestion is explained', async () => {
  await suggested('explained.py');
  await editor.command('Mendline: Explain the Last Suggestion');
  const text = await editor.pageWith('explained.py, line 2, column 11');
  for (const part of ['confidence 90 %', 'parsed with your file', 'this file, before the cursor']) {
    assert.ok(text.includes(part), text);
  }
  await editor.shot('explanation');
});

test('what became of suggestions is counted, and can be seen', async () => {
  await editor.command('Mendline: Show Acceptance Figures');
  const text = await editor.pageWith('By language');
  const [, shown, accepted, partly, characters] =
    /python\s+(\d+)\s+(\d+) \(\d+ %\)\s+(\d+) \(\d+ %\)\s+\S+(?: \(\d+ %\))?\s+(\d+)/.exec(text)?.map(Number) ?? [];
  // Tab; of the second suggestion two words; several lines; between brackets; the second one of two.
  assert.ok(shown > accepted && accepted === 4 && partly === 1, text);
  assert.ok(characters > 2 + ' a + b'.length + 'total = a - b\n    return total'.length, text);
  await editor.shot('figures');
});

test('suggestions can be switched off in a file, in a language and everywhere', async () => {
  for (const where of [' for This File', ' for This Language', '']) {
    await suggested('switch.py');
    await editor.command(`Mendline: Turn Suggestions On or Off${where}`);
    await editor.statusWith('off');
    await editor.noGhost();
    await editor.keys('Backspace');
    await editor.type('n');
    await editor.saved('switch.py', 'def add(a, b):\n    return');
    assert.equal(await editor.ghost(), '');
    await editor.command(`Mendline: Turn Suggestions On or Off${where}`);
    await editor.statusWith('ready');
  }
});

test('the context menu has what belongs to the text at hand', async () => {
  await editor.file('start.py');
  // Its key, where it has one, is part of what an item is called.
  const menu = (name) => editor.page.getByRole('menuitem', { name: new RegExp(`^${name}`) }).first();
  await editor.page.locator('.editor-group-container.active .view-lines').first().click({ button: 'right' });
  await menu('Mendline').hover();
  for (const name of ['Suggest Here', 'Fix This Problem', 'Explain the Last Suggestion']) await menu(name).waitFor();
  await editor.shot('context-menu');
  await editor.keys('Escape', 'Escape');
});

test('models are listed with size, licence and whether they are here', async () => {
  await editor.command('Mendline: Choose Model…');
  const row = editor.page.locator('.quick-input-list .monaco-list-row', { hasText: 'qwen2.5-coder-1.5b-instruct' });
  await row.first().waitFor();
  assert.match(await row.first().textContent(), /1\.1 GB · Apache-2\.0 · (downloaded|not downloaded|\d+ % downloaded)/);
  await editor.shot('models');
  await editor.keys('Escape');
});

test('the server is killed and comes back', async () => {
  const before = await editor.until('one server', () => editor.servers().length === 1 && editor.servers());
  process.kill(before[0], 'SIGKILL');
  await editor.until('another server', () => {
    const now = editor.servers();
    return now.length === 1 && now[0] !== before[0];
  });
  await editor.file('start.py');
  await editor.statusWith('ready');
  await suggested('again.py');
});

test('a problem is reported with a summary of the installation and no code', async () => {
  await editor.command('Mendline: Report a Problem…');
  await editor.page.locator('.tab.active', { hasText: 'What happened' }).waitFor();
  const lines = editor.page.locator('.editor-group-container.active .monaco-editor .view-lines');
  await editor.until('the summary', async () => /server:.found.by.setting/.test(await lines.first().textContent()));
  await editor.shot('report');
});

test('of the log every line has its own level', () => {
  const log = editor.log();
  assert.match(log, /\[info\] The server is .* \(setting\)/);
  assert.doesNotMatch(log, /\[error\].*(INFO|DEBUG|WARNING)/);
  assert.doesNotMatch(log, /return a \+ b/);
  assert.ok(editor.read('tab.py').includes('return a + b'));
});
