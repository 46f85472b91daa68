/** The first minutes: what a fresh profile shows once the extension is installed in it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Editor, ROOT, scripted, SERVER } from './editor.mjs';

const { contributes } = JSON.parse(readFileSync(join(ROOT, 'client-vscode', 'package.json'), 'utf8'));
const [WALKTHROUGH] = contributes.walkthroughs;

let editor;

before(async () => {
  editor = await Editor.open({
    files: { 'start.py': '' },
    settings: {
      'mendline.server.path': SERVER,
      'workbench.startupEditor': 'welcomePage',
      'workbench.welcomePage.walkthroughs.openOnInstall': true,
    },
    environment: scripted([{ prefix_ends_with: 'def add(a, b):\n    return', middle: ' a + b' }]),
    bare: true,
  });
});

after(() => editor?.close());

const step = (id) => editor.page.locator(`.getting-started-step[data-step-id$="#${id}"]`);

/** Press the button of a step. */
async function press(id) {
  const { description } = WALKTHROUGH.steps.find((each) => each.id === id);
  const [, label] = /\[(.+)\]\(command:/.exec(description);
  await editor.until(`the step ${id} is open`, async () => {
    if (await step(id).evaluate((each) => each.classList.contains('expanded'))) return true;
    await step(id).locator('.step-title').click();
    return false;
  });
  await step(id).getByRole('button', { name: label, exact: true }).click();
}

test('the walkthrough opens by itself when the extension was installed, with all its steps', async () => {
  // What watches for new extensions comes with this page.
  await editor.page.locator('.gettingStartedContainer').waitFor();
  await editor.install();
  await editor.until('it is shown', () => {
    return editor.page.locator('.getting-started-category h2', { hasText: WALKTHROUGH.title }).first().isVisible();
  });
  for (const { id, title } of WALKTHROUGH.steps) assert.match(await step(id).textContent(), new RegExp(title));
  await editor.shot('walkthrough');
});

test('its steps are done by the server that runs, and by what their buttons do', async () => {
  const done = (id) => editor.page.locator(`[data-done-step-id$="#${id}"].complete`).waitFor();
  const row = editor.page.locator('.quick-input-list .monaco-list-row', { hasText: 'qwen2.5-coder-1.5b-instruct' });
  const does = {
    server: () => {},
    model: async () => {
      await press('model');
      await row.first().waitFor();
      await editor.keys('Escape');
    },
    type: async () => {
      await press('type');
      await editor.page.locator('.tab.active[data-resource-name="Untitled-1"]').waitFor();
      await editor.page.locator('.editor-group-container.active .monaco-editor.focused').waitFor();
      await editor.typeFor('def add(a, b):\nreturn', 'a + b');
      await editor.keys('Tab');
      await editor.noGhost();
      await editor.page.locator('.tab', { hasText: 'Welcome' }).click();
    },
    explain: async () => {
      await press('explain');
      await editor.pageWith('Untitled-1');
    },
  };
  assert.deepEqual(Object.keys(does), WALKTHROUGH.steps.map(({ id }) => id));
  for (const [id, act] of Object.entries(does)) {
    await act();
    await done(id);
  }
  await editor.shot('walkthrough-done');
});
