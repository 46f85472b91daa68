import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Explanation, fenced, page } from '../src/pure/explanation';

const TOLD: Explanation = {
  uri: 'file:///app.py',
  position: { line: 1, character: 10 },
  trigger: 'invoked',
  lines: 2,
  source: 'model',
  shape: 'line: typing',
  sections: [
    { name: 'imports', path: 'lib|x.py', characters: 30, tokens: 8 },
    { name: 'prefix', path: '', characters: 24, tokens: 9, text: 'def add(a, b):\n    return' },
  ],
  raw: ' a + b\nx',
  candidates: [{ text: ' a + b', confidence: 0.914, parsed: true, checks: ['parses', 'names exist'], finish: null }],
  steps: [
    { name: 'rest_of_line', before: 8, after: 6, detail: '' },
    { name: 'stub', before: 6, after: 6, detail: '' },
  ],
  reasons: [],
  tokens: 5,
  timings: { waited: 0.075, first_token: 0.1204, generated: 0.2, gate: null, total: 0.25 },
  usage: null,
};

test('the page says where, what, how sure, what was seen, what was changed, and how long it took', () => {
  const text = page(TOLD, 'app.py', 'python');
  for (const part of [
    '# app.py, line 2, column 11',
    'You asked for it. Source: model. Shape: line: typing.',
    'confidence 91 % · parsed with your file · names exist',
    '```python\n a + b\n```',
    '| signatures behind imports | lib\\|x.py | 8 | 30 |',
    '| all | | 17 | |',
    '<details><summary>this file, before the cursor</summary>\n\n```python\ndef add(a, b):\n    return\n```\n\n</details>',
    '| rest\\_of\\_line | 8 → 6 |  |',
    'waited for more to be typed 75 ms · first token 120 ms · generated 200 ms · in all 250 ms · 5 tokens generated',
    '## What the model wrote',
  ]) {
    assert.ok(text.includes(part), `${part}\nis not in\n${text}`);
  }
  assert.ok(!text.includes('stub'), 'a step that changed nothing is no news');
  assert.ok(!text.includes('Not shown'));
});

test('where nothing was shown the reason stands there', () => {
  const reasons = [{ reason: 'low-confidence', detail: '0.20 is less than 0.35' }];
  const text = page({ ...TOLD, candidates: [], sections: [], reasons, raw: '' }, 'app.py', 'python');
  assert.match(text, /## Not shown, because\n\n- \*\*low-confidence\*\* 0\.20 is less than 0\.35/);
  assert.match(text, /It was not asked\./);
  assert.doesNotMatch(text, /What the model wrote/);
});

test('no code closes its fence, and no name begins markup', () => {
  assert.equal(fenced('a\n````\nb', 'md'), '`````md\na\n````\nb\n`````');
  const sections = [{ name: '<b>', path: '[x](command:y)', characters: 1, tokens: 1, text: '</details>' }];
  const text = page({ ...TOLD, sections }, 'app.py', 'python');
  assert.ok(text.includes('\\<b\\>'));
  assert.ok(text.includes('\\[x\\](command:y)'));
  assert.ok(text.includes('<summary>&#60;b&#62;: [x](command:y)</summary>\n\n```\n</details>\n```\n'));
});
