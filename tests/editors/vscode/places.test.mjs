/** Where the server comes from, whom it may come from, and what is offered where something is missing. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, test } from 'node:test';
import { Editor, scripted, SERVER } from './editor.mjs';

const PYTHON = realpathSync(join(dirname(SERVER), 'python'));

/** A wheel whose program is the server of this repository. */
const WHEEL = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    info = "mendline-0.1.0.dist-info/"
    wheel.writestr("stand_in.py", "import os, sys\\ndef main(): os.execv(%r, [%r, *sys.argv[1:]])\\n" % (sys.argv[2], sys.argv[2]))
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: mendline\\nVersion: 0.1.0\\n")
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "entry_points.txt", "[console_scripts]\\nmendline = stand_in:main\\n")
    wheel.writestr(info + "RECORD", "")
`;

let editor;

afterEach(() => editor?.close());

test('nothing of a workspace is started before it is trusted', async () => {
  const planted = `#!/bin/sh\ntouch "$(dirname "$0")/ran"\nexec '${SERVER}' "$@"\n`;
  editor = await Editor.open({
    files: { '.venv/bin/mendline': [planted, 0o755], 'app.py': '' },
    settings: { 'security.workspace.trust.enabled': true },
    environment: scripted([]),
  });
  const ran = join(editor.folder, '.venv', 'bin', 'ran');
  await editor.toast("Mendline's server is not on this machine");
  await editor.shot('untrusted');
  assert.ok(!existsSync(ran));
  await editor.command('Workspaces: Manage Workspace Trust');
  await editor.page.locator('.workspace-trust-editor .monaco-button', { hasText: 'Trust' }).first().click();
  await editor.until('the server of the workspace runs', () => existsSync(ran));
  await editor.file('app.py');
  await editor.statusWith('ready');
});

test('a server that is missing is installed into an environment of its own', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mendline-wheel-'));
  const wheel = join(folder, 'mendline-0.1.0-py3-none-any.whl');
  assert.equal(spawnSync(PYTHON, ['-c', WHEEL, wheel, SERVER]).status, 0);
  symlinkSync(PYTHON, join(folder, 'python3'));
  editor = await Editor.open({
    files: { 'app.py': '' },
    settings: { 'mendline.server.package': wheel },
    environment: { ...scripted([]), PATH: `${folder}:/usr/bin:/bin` },
  });
  const toast = await editor.toast("Mendline's server is not on this machine");
  await editor.shot('install');
  await toast.getByText('Install', { exact: true }).click();
  await editor.until('the server runs', () => editor.servers().length === 1);
  await editor.file('app.py');
  await editor.statusWith('ready');
  assert.match(editor.log(), /globalStorage\/mendline\.mendline\/server\/bin\/mendline \(managed\)/);
});

test('a model that is missing is offered for download', async () => {
  editor = await Editor.open({
    files: { 'app.py': '' },
    settings: { 'mendline.server.path': SERVER },
    environment: { MENDLINE_MODELS_DIR: mkdtempSync(join(tmpdir(), 'mendline-models-')) },
  });
  await editor.file('app.py');
  const toast = await editor.toast('Mendline needs the model qwen2.5-coder-1.5b-instruct');
  assert.match(await toast.textContent(), /Download/);
  await editor.statusWith('model missing');
  await editor.shot('model-missing');
});
