/** What is on the screen while something is under way, and what a user does with a part of it. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Editor, scripted, SERVER } from './editor.mjs';

const FOLDER = mkdtempSync(join(tmpdir(), 'mendline-underway-'));
const [RECORD, SLOW, LATE] = ['record', 'slow', 'late'].map((name) => join(FOLDER, name));

const ANSWERS = [
  { prefix_ends_with: 'slow =', middle: ' 1', hold: SLOW },
  { prefix_ends_with: 'late =', middle: ' old', hold: LATE },
  { prefix_ends_with: 'late = 2', middle: ' * 3' },
  { prefix_ends_with: 'def sub(a, b):\n    ', middle: 'total = a - b\n    return total\n' },
  { prefix_ends_with: 'pick =', middle: ' 1', others: [' 2', ' 3'] },
];

let editor;

before(async () => {
  editor = await Editor.open({
    files: { 'start.py': '' },
    settings: { 'mendline.server.path': SERVER, 'mendline.completion.debounceMs': 0, 'mendline.completion.candidates': 4 },
    environment: scripted(ANSWERS, { record: RECORD }),
  });
  await editor.file('start.py');
  await editor.statusWith('ready');
});

after(() => editor?.close());

/** What the engine was asked for with this end of the text before the cursor: whether that began, and how it ended. */
function asked(end) {
  const lines = existsSync(RECORD) ? readFileSync(RECORD, 'utf8').split('\n').filter(Boolean) : [];
  const events = lines.map((line) => JSON.parse(line)).filter(({ kind }) => kind === 'fill');
  const begun = events.find((each) => each.event === 'start' && each.prefix_end.endsWith(end));
  const ended = begun && events.find((each) => each.event === 'end' && each.number === begun.number);
  return { began: begun !== undefined, outcome: ended?.outcome };
}

test('the status item tells ready, busy and ready again, and opens the menu', async () => {
  await editor.file('slow.py', '');
  await editor.itemSays('Mendline: ready');
  await editor.type('slow =');
  await editor.itemSays('Mendline: busy');
  await editor.shot('status-item');
  writeFileSync(SLOW, '');
  await editor.ghostWith('1');
  await editor.itemSays('Mendline: ready');
  await editor.page.locator('.hover-language-status', { hasText: 'Mendline' }).getByText('Menu', { exact: true }).click();
  await editor.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Report a problem' }).waitFor();
  await editor.keys('Escape', 'Escape');
});

test('an answer to what was typed before is never shown', async () => {
  await editor.file('late.py', '');
  const drawn = await editor.ghostsFromNow();
  await editor.type('late =');
  await editor.until('the model is asked', () => asked('late =').began);
  await editor.type(' 2');
  await editor.ghostWith('* 3');
  writeFileSync(LATE, '');
  await editor.until('the earlier request is over', () => asked('late =').outcome);
  await editor.itemSays('Mendline: ready');
  assert.equal(await editor.ghost(), ' * 3');
  const all = await drawn();
  assert.ok(all.some((text) => text.includes('* 3')), String(all));
  assert.ok(!all.some((text) => text.includes('old')), String(all));
});

test('a fix chosen in the light bulb clears its syntax error', async () => {
  await editor.file('bulb.py', 'print((1, 2)\n');
  await editor.page.locator('.squiggly-error').first().waitFor();
  await editor.keys('Control+Home', 'End', 'Control+.');
  await editor.page.locator('.action-widget .monaco-list-row', { hasText: 'Mendline' }).first().click();
  await editor.page.locator('.squiggly-error').first().waitFor({ state: 'detached' });
  await editor.saved('bulb.py', 'print((1, 2))\n');
  await editor.command('Mendline: Explain the Last Fix');
  await editor.pageWith('unclosed');
});

test('all problems of a file are fixed at once', async () => {
  await editor.file('many.py', 'print((1, 2)\n\n\ndef f():\n    return [1, 2\n');
  await editor.page.locator('.squiggly-error').first().waitFor();
  await editor.command('Mendline: Fix All Problems in This File');
  await editor.page.locator('.squiggly-error').first().waitFor({ state: 'detached' });
  await editor.saved('many.py', 'print((1, 2))\n\n\ndef f():\n    return [1, 2]\n');
});

test('Control+Alt+Right takes a line of a suggestion', async () => {
  await editor.file('line.py', 'def sub(a, b):\n');
  await editor.type('    ');
  await editor.ghostWith('return total');
  await editor.keys('Control+Alt+ArrowRight');
  await editor.until('only the other line is left', async () => !(await editor.ghost()).includes('total ='));
  await editor.until('the line is saved', () => editor.read('line.py').startsWith('def sub(a, b):\n    total = a - b'));
  assert.ok(!editor.read('line.py').includes('return'));
});

test('Alt+[ goes back to the previous one, and Alt+\\ asks', async () => {
  await editor.file('back.py', '');
  await editor.type('pick =');
  await editor.ghostWith('1');
  await editor.keys('Escape');
  await editor.noGhost();
  await editor.keys('Alt+\\');
  await editor.ghostWith('1');
  const drawn = await editor.ghostsFromNow();
  await editor.until('the last one', async () => {
    await editor.keys('Alt+[');
    await pause(1000);
    return (await drawn()).includes(' 3');
  });
  assert.ok(!(await drawn()).includes(' 2'), String(await drawn()));
});

test("the menu of a tab switches its file", async () => {
  await editor.file('tab-menu.py', '');
  await editor.page.locator('.tab.active').click({ button: 'right' });
  const item = editor.page.getByRole('menuitem', { name: 'Turn Suggestions On or Off for This File' }).first();
  // A menu ignores a button that is let go in its first tenth of a second.
  await item.click({ delay: 300 });
  await editor.statusWith('off');
});
