/**
 * Measures the packed extension in the real VS Code with the real default model.
 *
 * Arguments: a file for the figures; how many suggestions; how many windows, one after the other.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Editor, SERVER } from '../../editors/vscode/editor.mjs';
import { sources } from './sources.mjs';

const [out, suggestions, windows] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const OPEN_FILES = 5;

const folder = mkdtempSync(join(tmpdir(), 'mendline-tap-'));
const notes = join(folder, 'notes');
writeFileSync(notes, '');

const files = sources(Math.max(suggestions, OPEN_FILES));
const editor = await Editor.open({
  files: Object.fromEntries(files),
  settings: { 'mendline.server.path': tapped(), 'mendline.completion.timeoutMs': 60_000 },
});
try {
  const activations = await activationTimes();
  const typed = [];
  for (const [name] of files.slice(0, suggestions)) typed.push(await typedInto(name));
  const memory = await memoryWithOpenFiles();
  writeFileSync(out, JSON.stringify({ activations, typed, memory, open_files: OPEN_FILES }));
} finally {
  spawnSync(SERVER, ['engine', 'stop'], { env: editor.environment });
  await editor.close();
}

/** Return a program that is the server with the tap before it. */
function tapped() {
  const program = join(folder, 'mendline');
  const tap = join(dirname(fileURLToPath(import.meta.url)), 'tap.mjs');
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${tap}' '${notes}' '${SERVER}' "$@"\n`, { mode: 0o755 });
  return program;
}

/** Return what VS Code says of the extension's activation, in milliseconds, for several windows. */
async function activationTimes() {
  const times = [];
  const size = editor.page.viewportSize();
  for (let window = 0; window < windows; window += 1) {
    if (window > 0) {
      await editor.page.reload();
      await editor.page.waitForSelector('.monaco-workbench .part.statusbar');
    }
    await editor.file(files[0][0]);
    await editor.statusWith('ready');
    await editor.command('Developer: Show Running Extensions');
    // Only rows that are in sight exist, and the quickest extensions are the last.
    await editor.page.setViewportSize({ ...size, height: 4000 });
    const row = editor.page.locator('.runtime-extensions-editor .monaco-list-row', { hasText: 'Mendline' }).first();
    times.push(Number(/Activation: (\d+)ms/.exec(await row.locator('.activation-time').textContent())[1]));
    await editor.page.setViewportSize(size);
  }
  return times;
}

/** Type a space at a file's end; return when it was pressed, when ghost text was drawn, and the requests between. */
async function typedInto(name) {
  await editor.file(name);
  await quiet();
  const before = noted().length;
  const drawn = editor.page.evaluate(watch);
  await editor.keys('Space');
  const fresh = () => noted().slice(before).filter((each) => each.uri.endsWith(`/${name}`));
  let seen;
  void drawn.then((times) => (seen = times));
  await editor.until(`something of ${name}`, () => seen || fresh().some((each) => each.items === 0));
  if (seen) await editor.until('the explanation', () => fresh().length > 0);
  return { name, ...seen, requests: fresh() };
}

/** In the page: wait for a key and then for ghost text; return the times of both, the latter when it was painted. */
function watch() {
  const now = () => performance.timeOrigin + performance.now();
  const ghosts = () => [...document.querySelectorAll('.ghost-text-decoration, .suggest-preview-text')];
  return new Promise((resolve) => {
    let key;
    const pressed = (event) => (key ??= performance.timeOrigin + event.timeStamp);
    addEventListener('keydown', pressed, { capture: true, once: true });
    const observer = new MutationObserver(() => {
      if (key === undefined || !ghosts().some((each) => each.textContent.trim())) return;
      observer.disconnect();
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => resolve({ key, drawn: now() });
        channel.port2.postMessage(null);
      });
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}

/** Open several files; return what the server's processes hold then, in KiB. */
async function memoryWithOpenFiles() {
  await editor.show(files[0][0]);
  for (const [name] of files.slice(1, OPEN_FILES)) {
    await editor.choose('Control+p', join(editor.folder, name), name);
    await editor.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
  }
  const tabs = await editor.page.locator('.tab').count();
  if (tabs !== OPEN_FILES) throw new Error(`${tabs} files are open`);
  await quiet();
  return Object.fromEntries(Object.entries(parts()).map(([part, id]) => [part, held(id)]));
}

function held(id) {
  const rollup = readFileSync(`/proc/${id}/smaps_rollup`, 'latin1');
  return Object.fromEntries(['Rss', 'Pss'].map((name) => [name.toLowerCase(), Number(new RegExp(`^${name}: +(\\d+)`, 'm').exec(rollup)[1])]));
}

/** Wait until what was opened has been computed ahead: neither server nor engine works. */
async function quiet() {
  // From the cursor's rest to the beginning of that work.
  await pause(1000);
  let before = worked();
  await editor.until('server and engine are quiet', async () => {
    await pause(500);
    const [last, after] = [before, worked()];
    before = after;
    return after - last <= 2;
  });
}

/** The processor time of server and engine so far, in hundredths of a second. */
function worked() {
  return Object.values(parts()).reduce((sum, id) => {
    const fields = readFileSync(`/proc/${id}/stat`, 'latin1').replace(/^.*\) /s, '').split(' ');
    return sum + Number(fields[11]) + Number(fields[12]);
  }, 0);
}

/** The processes of Mendline itself, by what they do. */
function parts() {
  const found = {};
  for (const id of editor.processes()) {
    const words = readFileSync(`/proc/${id}/cmdline`, 'latin1').split('\0');
    if (!/python[\d.]*$/.test(words[0])) continue;
    if (words.includes('serve')) found.server = id;
    if (words.includes('engine')) found.engine = id;
  }
  return found;
}

function noted() {
  return readFileSync(notes, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
}
