/**
 * Measures the packed extension in the real VS Code with the real default model.
 *
 * Arguments: a file for the figures; how many suggestions; in how many fresh profiles it is activated; after how many minutes of
 * typing no other suggestion is begun.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Editor, SERVER } from '../../editors/vscode/editor.mjs';
import { sources } from './sources.mjs';

const out = process.argv[2];
const [suggestions, windows, minutes] = process.argv.slice(3).map(Number);
const OPEN_FILES = 5;
/** Milliseconds after which a keystroke counts as one that nothing came of. */
const LONGEST = 30_000;

const folder = mkdtempSync(join(tmpdir(), 'mendline-tap-'));
const notes = join(folder, 'notes');
writeFileSync(notes, '');

const files = sources(Math.max(suggestions, OPEN_FILES));
let editor;

const activations = [];
for (let window = 1; window < windows; window += 1) await inFreshProfile(async () => activations.push(await activationTime()));
await inFreshProfile(async () => {
  activations.push(await activationTime());
  const typed = await typedIntoAll();
  const memory = await memoryWithOpenFiles();
  writeFileSync(out, JSON.stringify({ activations, typed, memory, open_files: OPEN_FILES }));
});

/** Open VS Code with nothing but the extension, do something, and end it with the engine. */
async function inFreshProfile(work) {
  editor = await Editor.open({
    files: Object.fromEntries(files),
    settings: { 'mendline.server.path': tapped(), 'mendline.completion.timeoutMs': 60_000 },
  });
  try {
    await work();
  } finally {
    spawnSync(SERVER, ['engine', 'stop'], { env: editor.environment });
    await editor.close();
  }
}

/** Return a program that is the server with the tap before it. */
function tapped() {
  const program = join(folder, 'mendline');
  const tap = join(dirname(fileURLToPath(import.meta.url)), 'tap.mjs');
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${tap}' '${notes}' '${SERVER}' "$@"\n`, { mode: 0o755 });
  return program;
}

/** Return what VS Code says of the extension's activation, in milliseconds. */
async function activationTime() {
  const size = editor.page.viewportSize();
  await editor.file(files[0][0]);
  await editor.command('Developer: Show Running Extensions');
  // Only rows that are in sight exist, and the quickest extensions are the last.
  await editor.page.setViewportSize({ ...size, height: 4000 });
  const row = editor.page.locator('.runtime-extensions-editor .monaco-list-row', { hasText: 'Mendline' }).first();
  const told = row.locator('.activation-time', { hasText: /\d+ms/ });
  const time = Number(/Activation: (\d+)ms/.exec(await told.textContent())[1]);
  await editor.page.setViewportSize(size);
  return time;
}

/** Type into one file after the other, as long as there is time. */
async function typedIntoAll() {
  await editor.statusWith('ready');
  const end = Date.now() + 60_000 * minutes;
  const typed = [];
  for (const [name] of files.slice(0, suggestions)) {
    if (Date.now() > end) break;
    typed.push(await typedInto(name));
  }
  return typed;
}

/** Type a space at a file's end; return when it was pressed, when ghost text was drawn, and the requests between. */
async function typedInto(name) {
  await editor.file(name);
  await quiet();
  const before = noted().length;
  // What is evaluated and what is typed take different ways into the page: it has to watch before the key comes.
  await editor.page.evaluate(watch);
  const drawn = editor.page.evaluate('window.mendlineDrawn');
  await editor.keys('Space');
  const fresh = () => noted().slice(before).filter((each) => each.uri.endsWith(`/${name}`));
  let seen;
  void drawn.then((times) => (seen = times));
  const end = Date.now() + LONGEST;
  await editor.until(`something of ${name}`, () => seen || fresh().some((each) => each.items === 0) || Date.now() > end);
  if (seen) await editor.until('the explanation', () => fresh().length > 0);
  return { name, ...seen, requests: fresh() };
}

/** In the page: wait for a key and then for ghost text; promise the times of both, the latter when it was painted. */
function watch() {
  const now = () => performance.timeOrigin + performance.now();
  const ghosts = () => [...document.querySelectorAll('.ghost-text-decoration, .suggest-preview-text')];
  window.mendlineDrawn = new Promise((resolve) => {
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
    const words = commandLine(id).split('\0');
    if (!/python[\d.]*$/.test(words[0])) continue;
    if (words.includes('serve')) found.server = id;
    if (words.includes('engine')) found.engine = id;
  }
  return found;
}

/** The command line of a process, an empty text where it has ended meanwhile. */
function commandLine(id) {
  try {
    return readFileSync(`/proc/${id}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

function noted() {
  return readFileSync(notes, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
}
