/** What the extension's README shows, in one sitting; `make pictures` puts the pictures there. */
import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { after, before, test } from 'node:test';
import { Editor, scripted, SERVER, SHOTS } from './editor.mjs';

const PICTURES = process.env.MENDLINE_PICTURES ?? SHOTS;

const LEFT = `class Invoice:
    def __init__(self, items, discount=0):
        self.items = items
        self.discount = discount

    def total(self):
`;
const BODY = 'total = sum(item.price * item.count for item in self.items)\n        return total - self.discount';
const ANSWERS = [
  { prefix_ends_with: 'def total(self):\n        ', middle: `${BODY}\n` },
  { prefix_ends_with: 'def count(self):\n        return', middle: ' len(self.items)' },
];
const SHIPPING = `def shipping(weight, express=False):
    """Price in cents of a parcel of \`weight\` grams."""
    price = max(490, round(weight * 0.35)
    return price * 2 if express else price
`;
const TESTS = `from shipping import shipping


def test_light():
    assert shipping(100) == 490


def test_express():
    assert shipping(4000, express=True) == 2800
`;
const [WIDTH, HEIGHT] = [860, 560];

let editor;

before(async () => {
  editor = await Editor.open({
    files: { 'invoice.py': LEFT, 'shipping.py': SHIPPING, 'test_shipping.py': TESTS },
    settings: {
      'breadcrumbs.enabled': false,
      'editor.fontSize': 15,
      'markdown.preview.fontSize': 12,
      'mendline.completion.debounceMs': 0,
      'mendline.repair.idle': true,
      'mendline.server.path': SERVER,
      'mendline.trace': 'messages',
      'workbench.activityBar.location': 'hidden',
      'workbench.layoutControl.enabled': false,
      'workbench.reduceMotion': 'on',
    },
    // The tools that check fixes are where the server is.
    environment: {
      ...scripted(ANSWERS, { model: 'qwen2.5-coder-1.5b-instruct' }),
      PATH: `${dirname(SERVER)}:${process.env.PATH}`,
    },
  });
  await editor.page.setViewportSize({ width: WIDTH, height: HEIGHT });
  await editor.file('invoice.py');
  await editor.statusWith('ready');
  await editor.command('View: Toggle Primary Side Bar Visibility');
});

after(() => editor?.close());

/** Keep a picture of the upper part of the screen. */
async function shot(name, height = HEIGHT) {
  await editor.shot(name, { folder: PICTURES, clip: { x: 0, y: 0, width: WIDTH, height } });
}

test('a suggestion, and why it is there', async () => {
  await editor.file('invoice.py');
  await editor.type('        ');
  await editor.ghostWith('return total');
  await shot('ghost-text', 210);
  await editor.command('Mendline: Explain the Last Suggestion');
  await editor.pageWith('What the model saw');
  await editor.command('View: Close Editors in Other Groups');
  await editor.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  const text = await editor.pageWith('What the model saw');
  assert.match(text, /confidence 90 %/);
  await shot('explanation');
});

test('taking it', async () => {
  await editor.file('invoice.py');
  await editor.command('Mendline: Suggest Here');
  await editor.ghostWith('return total');
  await editor.keys('Tab');
  await editor.saved('invoice.py', `${LEFT}        ${BODY}`);
});

test('the menu of the status', async () => {
  await editor.command('Mendline: Show Status');
  await editor.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Report a problem' }).waitFor();
  await shot('status-menu', 300);
  await editor.keys('Escape');
});

test('a fix that was checked before the light bulb opened', async () => {
  await editor.file('shipping.py');
  await editor.page.locator('.squiggly-error').first().waitFor();
  await editor.keys('Control+Home', 'ArrowDown', 'ArrowDown', 'End');
  // An opened light bulb asks for its first fix, which ends what is looked for in idle time.
  await editor.until('a checked fix', () => /a repair by .*: verified/.test(editor.log()));
  await editor.keys('Control+.');
  const rows = editor.page.locator('.action-widget .monaco-list-row');
  const fix = rows.filter({ hasText: 'Fix:' }).first();
  await fix.waitFor();
  assert.match(await fix.textContent(), /\(parses, .*pass/);
  await shot('quick-fix', 240);
  await editor.keys('Escape');
});

test('the figures, with what was kept after half a minute', async () => {
  await editor.file('invoice.py', `${LEFT}        ${BODY}\n\n    def count(self):\n`);
  await editor.type('        return');
  await editor.ghostWith('len(self.items)');
  await editor.keys('Tab');
  await editor.noGhost();
  await editor.until('it has been followed', async () => {
    await editor.command('Mendline: Show Acceptance Figures');
    const text = await editor.pageWith('By language');
    return /python\s+\d+\s+2 \(\d+ %\)\s+\S+ \(\d+ %\)\s+1 \(100 %\)/.test(text);
  });
  await shot('figures', 440);
  assert.match(editor.read('invoice.py'), /return len\(self\.items\)/);
});
