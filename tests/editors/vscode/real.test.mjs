/** The real default model: its way onto this machine, into memory, and to text in the file. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, test } from 'node:test';
import { Editor, SERVER } from './editor.mjs';
import { Hub } from './hub.mjs';

const NAME = 'qwen2.5-coder-1.5b-instruct';
const MODEL = process.env.MENDLINE_MODEL;
const LEFT = 'class Rectangle:\n    def __init__(self, width, height):\n        self.width = width\n        self.height = height\n\n    def area(self):\n';

let editor;

afterEach(async () => {
  spawnSync(SERVER, ['engine', 'stop'], { env: editor?.environment });
  await editor?.close();
});

async function open(environment = {}) {
  editor = await Editor.open({
    files: { 'shapes.py': LEFT },
    settings: { 'mendline.server.path': SERVER, 'mendline.completion.timeoutMs': 60_000 },
    environment,
  });
}

async function suggested() {
  await editor.type('        return');
  const ghost = await editor.ghostWith('self.width');
  assert.match(ghost, /self\.width \* self\.height/);
  return ghost;
}

/** What the status item has gone through, each state once in a row and without per cent. */
function states(items) {
  const all = items.map((text) => /Mendline: (model missing|\w+)/.exec(text)?.[1]).filter(Boolean);
  return all.filter((each, at) => each !== all[at - 1]);
}

/** The per cents that the status item has shown in a state. */
function sharesOf(state, items) {
  return items.flatMap((text) => new RegExp(`Mendline: ${state} (\\d+) %`).exec(text)?.[1] ?? []).map(Number);
}

test('the model is loaded, suggests, and its text is taken', async () => {
  await open();
  const items = await editor.itemsFromNow();
  await editor.file('shapes.py');
  await editor.until('the model is on its way', async () => states(await items()).includes('loading'));
  await editor.shot('loading');
  await editor.until('the model is loaded', async () => states(await items()).at(-1) === 'ready');
  const told = await items();
  const seen = states(told);
  assert.deepEqual(seen.slice(seen.indexOf('loading')).filter((each) => each !== 'busy'), ['loading', 'ready'], String(seen));
  // A model that the system has in memory already may be loaded before any share is told.
  const shares = sharesOf('loading', told);
  assert.ok(shares.every((each, at) => at === 0 || shares[at - 1] <= each), String(told));
  await editor.itemSays('Mendline: ready');
  const ghost = await suggested();
  await editor.shot('real-model');
  await editor.keys('Tab');
  await editor.saved('shapes.py', `${LEFT}        return${ghost}`);
  await editor.command('Mendline: Explain the Last Suggestion');
  await editor.pageWith('tokens generated');
  await editor.shot('real-model-explained');
});

test('a model that is missing is fetched on the word of the user, seen as it comes, and suggests', async () => {
  const hub = await Hub.open(MODEL);
  const models = mkdtempSync(join(tmpdir(), 'mendline-models-'));
  try {
    await open({ MENDLINE_MODELS_DIR: models, HF_ENDPOINT: hub.address, HF_HUB_OFFLINE: '', PIP_NO_INDEX: '1' });
    const items = await editor.itemsFromNow();
    await editor.file('shapes.py');
    const offer = await editor.toast(`Mendline needs the model ${NAME}`);
    await editor.until('the item says so', async () => states(await items()).at(-1) === 'model missing');
    assert.equal(hub.requests, 0);
    await offer.getByText('Download', { exact: true }).click();
    const bar = await editor.toast(`Downloading ${NAME}`);
    await editor.until('half of it is here', async () => (await items()).at(-1).includes('downloading 50 %'));
    await bar.getByText('532 of 1065 MiB').waitFor();
    assert.ok(!existsSync(join(models, NAME, basename(MODEL))));
    await editor.shot('downloading');
    hub.release();
    await editor.until('the model is loaded', async () => states(await items()).at(-1) === 'ready');
    const seen = await items();
    const all = states(seen);
    // The engine that found no model is off; another is started.
    const order = all.slice(all.indexOf('model missing')).filter((each) => !['off', 'starting'].includes(each));
    assert.deepEqual(order, ['model missing', 'downloading', 'loading', 'ready'], String(all));
    const shares = sharesOf('downloading', seen);
    assert.ok(shares.length > 3 && shares.at(-1) > 90, String(shares));
    assert.ok(existsSync(join(models, NAME, basename(MODEL))));
    await editor.file('shapes.py');
    await suggested();
  } finally {
    hub.close();
  }
});
