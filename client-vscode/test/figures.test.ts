import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Figures, page } from '../src/pure/figures';

const NONE = { shown: 0, accepted: 0, partiallyAccepted: 0, followed: 0, kept: 0, characters: 0 };
const PYTHON: Figures = { language: 'python', shown: 8, accepted: 2, partiallyAccepted: 1, followed: 2, kept: 1, characters: 40 };

test('languages and days are summed, the most used and the latest first', () => {
  const text = page({
    days: [
      { day: '2026-01-02', languages: [PYTHON, { ...NONE, language: 'rust', shown: 20 }] },
      { day: '2026-01-01', languages: [PYTHON] },
    ],
  });
  const rows = text.split('\n').filter((line) => /^\| (?!language|day)[^-]/.test(line));
  assert.deepEqual(rows, [
    '| rust | 20 | 0 (0 %) | 0 (0 %) | – | 0 |',
    '| python | 16 | 4 (25 %) | 2 (13 %) | 2 (50 %) | 80 |',
    '| all | 36 | 4 (11 %) | 2 (6 %) | 2 (50 %) | 80 |',
    '| 2026-01-02 | 28 | 2 (7 %) | 1 (4 %) | 1 (50 %) | 40 |',
    '| 2026-01-01 | 8 | 2 (25 %) | 1 (13 %) | 1 (50 %) | 40 |',
  ]);
  assert.match(text, /Since 2026-01-01\./);
});

test('no more than two weeks are listed day by day', () => {
  const days = Array.from({ length: 20 }, (_, at) => ({ day: `2026-01-${40 - at}`, languages: [PYTHON] }));
  const text = page({ days });
  assert.equal(text.match(/^\| 2026/gm)?.length, 14);
  assert.match(text, /\| all \| 160 \|/);
});

test('where there is nothing yet it says so, and a language has no markup', () => {
  assert.match(page({ days: [] }), /No suggestion has been shown yet/);
  assert.match(page({ days: [{ day: '2026-01-01', languages: [{ ...PYTHON, language: '' }] }] }), /\| unknown \| 8 /);
  const odd = page({ days: [{ day: '2026-01-01', languages: [{ ...PYTHON, language: '[x](y)|<b>' }] }] });
  assert.match(odd, /\| xyb \| 8 /);
});
