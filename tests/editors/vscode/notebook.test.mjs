/** A Jupyter notebook: its cells are one program in order, and nothing of what they printed is seen. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Editor, scripted, SERVER } from './editor.mjs';

const PRINTED = 'secret of the output '.repeat(12);
const EARLIER = 'unit_price = 3\namount = 4';

const NOTEBOOK = {
  cells: [
    {
      cell_type: 'code',
      execution_count: 1,
      metadata: {},
      outputs: [{ name: 'stdout', output_type: 'stream', text: [PRINTED] }],
      source: EARLIER,
    },
    { cell_type: 'markdown', metadata: {}, source: 'Words about it' },
    { cell_type: 'code', execution_count: null, metadata: {}, outputs: [], source: '' },
  ],
  metadata: { kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' }, language_info: { name: 'python' } },
  nbformat: 4,
  nbformat_minor: 2,
};

/** The second one has a name that is nowhere: names are looked for in the cells before. */
const ANSWERS = [
  { prefix_ends_with: 'total =', middle: ' unit_price * amount' },
  { prefix_ends_with: 'wrong =', middle: ' unit_cost * amount' },
];

let editor;

before(async () => {
  editor = await Editor.open({
    files: { 'book.ipynb': JSON.stringify(NOTEBOOK), 'start.py': '' },
    settings: { 'mendline.server.path': SERVER, 'mendline.completion.debounceMs': 0 },
    environment: scripted(ANSWERS),
  });
  await editor.file('start.py');
  await editor.statusWith('ready');
});

after(() => editor?.close());

const cell = (text) => JSON.parse(editor.read('book.ipynb')).cells.some(({ source }) => [source].flat().join('') === text);

test('a suggestion in a cell uses names of an earlier one, and Tab inserts it', async () => {
  await editor.notebook('book.ipynb');
  assert.equal(await editor.typeFor('total =', 'unit_price'), ' unit_price * amount');
  await editor.shot('notebook');
  await editor.keys('Tab');
  await editor.noGhost();
  await editor.until('the cell is saved', () => cell('total = unit_price * amount'));
});

test('the model saw the earlier cell, and nothing that it printed', async () => {
  await editor.command('Mendline: Explain the Last Suggestion');
  const text = await editor.pageWith('other cells of the notebook');
  const seen = [...text.matchAll(/other cells of the notebook\s+\S*\s+(\d+)\s+(\d+)/g)].map((row) => Number(row[2]));
  assert.equal(seen.length, 1, text);
  assert.ok(seen[0] >= EARLIER.length && seen[0] < EARLIER.length + 40, text);
  assert.ok(!text.includes('secret'), text);
});

test('a name that no cell before it has halves the confidence', async () => {
  await editor.notebook('book.ipynb');
  await editor.keys('Enter');
  await editor.typeFor('wrong =', 'unit_cost');
  await editor.command('Mendline: Explain the Last Suggestion');
  const text = await editor.pageWith('book.ipynb, line 2, column 8');
  assert.match(text, /confidence 45 %/);
  assert.match(text, /1 exist nowhere/);
});
