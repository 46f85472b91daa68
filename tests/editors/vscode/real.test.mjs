/** The real default model, from its way into memory to text in the file. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { Editor, SERVER } from './editor.mjs';

const LEFT = 'class Rectangle:\n    def __init__(self, width, height):\n        self.width = width\n        self.height = height\n\n    def area(self):\n';

let editor;

before(async () => {
  editor = await Editor.open({
    files: { 'shapes.py': LEFT },
    settings: { 'mendline.server.path': SERVER, 'mendline.completion.timeoutMs': 60_000 },
  });
});

after(async () => {
  spawnSync(SERVER, ['engine', 'stop'], { env: editor.environment });
  await editor?.close();
});

test('the model is loaded, suggests, and its text is taken', async () => {
  const seen = [];
  await editor.file('shapes.py');
  await editor.statusWith('ready', (status) => seen.push(status));
  assert.ok(seen.some((each) => /starting|loading|off/.test(each)), String(seen));
  await editor.type('        return');
  const ghost = await editor.ghostWith('self.width');
  assert.match(ghost, /self\.width \* self\.height/);
  await editor.shot('real-model');
  await editor.keys('Tab');
  await editor.saved('shapes.py', `${LEFT}        return${ghost}`);
  await editor.command('Mendline: Explain the Last Suggestion');
  await editor.pageWith('tokens generated');
  await editor.shot('real-model-explained');
});
