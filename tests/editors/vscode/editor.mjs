/** A real VS Code (code-server) with the packaged extension, in a real browser, typed into as a user would. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
export const SHOTS = process.env.MENDLINE_SHOTS ?? join(ROOT, 'tests', 'editors', 'vscode', 'screenshots');
export const SERVER = process.env.MENDLINE_SERVER ?? join(ROOT, '.venv', 'bin', 'mendline');

const TOOLS = process.env.MENDLINE_EDITORS;
const VSIX = join(ROOT, 'client-vscode', 'mendline.vsix');
const { chromium } = createRequire(join(TOOLS, 'code-server', 'package.json'))('playwright-core');

/** How long anything may take: far more than it does, for machines that do something else as well. */
const PATIENCE = Number(process.env.MENDLINE_PATIENCE ?? 180_000);

/** Nothing pops up that has no part in a scenario. */
const QUIET = {
  'chat.disableAIFeatures': true,
  'editor.minimap.enabled': false,
  'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
  'editor.suggestOnTriggerCharacters': false,
  'extensions.ignoreRecommendations': true,
  'files.autoSave': 'afterDelay',
  'files.autoSaveDelay': 50,
  'git.enabled': false,
  'security.workspace.trust.enabled': false,
  'security.workspace.trust.startupPrompt': 'never',
  'telemetry.telemetryLevel': 'off',
  'window.commandCenter': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
};

const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
];

/** One editor, its own profile, its own folder. */
export class Editor {
  constructor(home, folder, environment, codeServer) {
    Object.assign(this, { home, folder, environment, codeServer });
  }

  /**
   * Open a folder.
   *
   * @param files name to text of the files in it, or to [text, mode]
   * @param settings the user's settings, besides quiet ones
   * @param environment variables of the server
   * @param bare whether the extension is left to `install`
   */
  static async open({ files = {}, settings = {}, environment = {}, bare = false }) {
    const home = mkdtempSync(join(tmpdir(), 'mendline-vscode-'));
    const folder = join(home, 'project');
    for (const [name, file] of Object.entries(files)) write(join(folder, name), ...[file].flat());
    mkdirSync(folder, { recursive: true });
    write(join(home, 'data', 'User', 'settings.json'), JSON.stringify({ ...QUIET, ...settings }));
    const env = {
      ...process.env,
      XDG_CONFIG_HOME: join(home, 'config'),
      MENDLINE_CONFIG: join(home, 'none.toml'),
      MENDLINE_STATE_DIR: join(home, 'state'),
      ...environment,
    };
    const profile = ['--user-data-dir', join(home, 'data'), '--extensions-dir', join(home, 'extensions')];
    if (!bare) {
      const installed = spawnSync(...program([...profile, '--install-extension', VSIX]), { env, encoding: 'utf8' });
      if (installed.status !== 0) throw new Error(`the extension can't be installed: ${installed.stderr}`);
    }
    const port = await freePort();
    const quiet = ['--auth', 'none', '--disable-telemetry', '--disable-update-check', '--disable-workspace-trust'];
    if (settings['security.workspace.trust.enabled']) quiet.pop();
    const args = [...profile, '--bind-addr', `127.0.0.1:${port}`, ...quiet, folder];
    const codeServer = spawn(...program(args), { env, stdio: 'ignore', detached: true });
    const editor = new Editor(home, folder, env, codeServer);
    try {
      await editor.start(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(folder)}`);
    } catch (error) {
      await editor.close();
      throw error;
    }
    return editor;
  }

  /** Open the browser. */
  async start(address) {
    this.browser = await chromium.launch({ executablePath: browserPath(), args: FLAGS, timeout: PATIENCE });
    this.page = await this.browser.newPage({ viewport: { width: 1000, height: 640 } });
    this.page.setDefaultTimeout(PATIENCE);
    const answers = () => this.page.goto(address).then((answer) => answer.ok());
    await this.until('the editor answers', () => answers().catch(() => false));
    await this.page.waitForSelector('.monaco-workbench .part.statusbar');
  }

  /** Install the extension as a user does who has its file. */
  async install() {
    // With the focus in a page, the editor would leave that page where it is.
    await this.keys('Control+Shift+x');
    await this.page.locator('.extensions-viewlet .monaco-editor.focused').first().waitFor();
    await this.command('Extensions: Install from VSIX...');
    const dialog = this.page.locator('.quick-input-widget', { hasText: 'Install from VSIX' });
    const input = dialog.locator('input').first();
    await dialog.waitFor();
    await this.until('its file is chosen', async () => {
      // What was filled in before the folder was read is lost.
      await soon(input.fill(VSIX, { timeout: 3000 }));
      const row = dialog.locator('.monaco-list-row', { hasText: 'mendline.vsix' }).first();
      if (await soon(row.waitFor({ timeout: 3000 }))) await this.keys('Enter');
      return soon(dialog.waitFor({ state: 'hidden', timeout: 3000 }));
    });
  }

  /** Close it, with everything it has started. */
  async close() {
    await this.browser?.close();
    // What it has started outlives it by minutes otherwise, in case the browser comes back.
    for (const id of this.processes()) kill(id);
    await this.until('everything has ended', () => this.processes().length === 0);
    rmSync(this.home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }

  /** Poll until something is true; return that. */
  async until(what, probe) {
    const end = Date.now() + PATIENCE;
    for (;;) {
      const value = await probe();
      if (value) return value;
      if (Date.now() > end) {
        await this.shot(`failed: ${what}`.replace(/\W+/g, '-').slice(0, 60)).catch(() => {});
        throw new Error(`waited in vain: ${what}\n${this.log()}`);
      }
      await pause(50);
    }
  }

  /** Open a file of the folder and nothing else, with the cursor at its end. */
  async file(name, text = undefined) {
    if (text !== undefined) write(join(this.folder, name), text);
    await this.show(name);
    await this.page.locator('.editor-group-container.active .monaco-editor .view-lines').first().click();
    await this.keys('Control+End');
  }

  /** Open a notebook of the folder and nothing else, with the cursor at the end of its last cell. */
  async notebook(name) {
    await this.show(name);
    const row = this.page.locator('.notebook-editor .monaco-list-row').last();
    await this.until(`a cell of ${name} is edited`, async () => {
      await soon(row.locator('.cell-editor-container').click({ timeout: 3000 }));
      return soon(row.locator('.monaco-editor.focused').waitFor({ timeout: 3000 }));
    });
    await this.keys('Control+End');
  }

  /** Open a file of the folder and nothing else. */
  async show(name) {
    await this.keys('Control+k', 'Control+w');
    await this.page.locator('.tab').first().waitFor({ state: 'detached' });
    const tab = this.page.locator(`.tab.active[data-resource-name="${name}"]`);
    await this.until(`${name} is open`, async () => {
      await this.choose('Control+p', join(this.folder, name), name);
      return soon(tab.waitFor({ timeout: 5000 }));
    });
  }

  /** Type text, key by key. */
  async type(text) {
    await this.page.keyboard.type(text, { delay: 20 });
  }

  /**
   * Type text and wait for ghost text that has `part` in it. What draws that comes into an editor some time after it was
   * opened, and what was typed before asks for nothing: then the last character is typed once more.
   */
  async typeFor(text, part) {
    await this.type(text);
    return this.until(`a suggestion with ${part}`, async () => {
      for (let look = 0; look < 100; look += 1) {
        const ghost = await this.ghost();
        if (ghost.includes(part)) return ghost;
        await pause(50);
      }
      await this.keys('Backspace');
      await this.type(text.at(-1));
      return '';
    });
  }

  /** Press keys. */
  async keys(...names) {
    for (const name of names) await this.page.keyboard.press(name);
  }

  /** Run a command of the palette by its whole title. */
  async command(title) {
    await this.choose('F1', `>${title}`, title);
  }

  /** Open a list with a key, type into it, and choose the row of this name. */
  async choose(key, text, name) {
    const input = this.page.locator('.quick-input-widget input').first();
    const label = this.page.locator('.label-name', { hasText: new RegExp(`^${RegExp.escape(name)}$`) });
    const row = this.page.locator('.quick-input-list .monaco-list-row', { has: label }).first();
    await this.until(`${name} is offered`, async () => {
      await this.keys(key);
      // A list closes when something else takes the focus, and a file that was just made may not be found yet.
      const done = (await soon(input.fill(text, { timeout: 3000 }))) && (await soon(row.click({ timeout: 5000 })));
      if (!done) await this.keys('Escape');
      return done;
    });
  }

  /** Return the ghost text on the screen, an empty text without any. */
  async ghost() {
    const first = await this.page.locator('.ghost-text-decoration').allTextContents();
    const more = await this.page.locator('.suggest-preview-text').allTextContents();
    return plain([first.join(''), ...more].filter(Boolean).join('\n'));
  }

  /** Wait for ghost text that has `part` in it. */
  async ghostWith(part) {
    return this.until(`ghost text with ${JSON.stringify(part)}`, async () => {
      const text = await this.ghost();
      return text.includes(part) && text;
    });
  }

  /** Wait until there is no ghost text. */
  async noGhost() {
    await this.until('no ghost text', async () => (await this.ghost()) === '');
  }

  /** Return a file's text on the disk, where the editor saves by itself. */
  read(name) {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  /** Wait until a file on the disk has this text. */
  async saved(name, text) {
    await this.until(`${name} is ${JSON.stringify(text)}`, () => this.read(name) === text).catch((error) => {
      throw new Error(`${error.message}; it is ${JSON.stringify(this.read(name))}`);
    });
  }

  /** Wait until Mendline's status, as its menu has it, has `part` in it. */
  async statusWith(part, told = () => {}) {
    const title = this.page.locator('.quick-input-title');
    await this.until(`the status says ${part}`, async () => {
      await this.command('Mendline: Show Status');
      await this.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Open the log' }).waitFor();
      const text = plain(await title.first().textContent());
      await this.keys('Escape');
      told(text);
      return text.includes(part);
    });
  }

  /** Wait until the item in the language status has `part` in it; what shows it stays open. */
  async itemSays(part) {
    const shown = this.page.locator('.hover-language-status', { hasText: part });
    await this.until(`the status item says ${part}`, async () => {
      // A mouse that rests there already shows nothing anew.
      await this.page.mouse.move(500, 300);
      await soon(this.page.locator('[id="status.languageStatus"]').hover({ timeout: 3000 }));
      return soon(shown.first().waitFor({ timeout: 3000 }));
    });
  }

  /** Note all ghost text that is drawn from now on; return what tells it, each as often as it came. */
  ghostsFromNow() {
    const drawn = () => [...document.querySelectorAll('.ghost-text-decoration')].map((each) => each.textContent).join('');
    return this.textsFromNow(drawn);
  }

  /** Note all that the item in the language status says from now on, as it is read out; return what tells it. */
  itemsFromNow() {
    return this.textsFromNow(() => document.getElementById('status.languageStatus')?.getAttribute('aria-label') ?? '');
  }

  /** Note each text that `look`, run in the page, returns from now on; return what tells them in their order. */
  async textsFromNow(look) {
    const seen = await this.page.evaluateHandle(`(() => {
      const seen = [];
      const note = () => {
        const text = (${look})();
        if (text !== seen.at(-1)) seen.push(text);
      };
      note();
      const all = { subtree: true, childList: true, characterData: true, attributeFilter: ['aria-label'] };
      new MutationObserver(note).observe(document.body, all);
      return seen;
    })()`);
    return async () => (await seen.jsonValue()).map(plain);
  }

  /** Return what the extension and its server have logged. */
  log() {
    const logs = join(this.home, 'data', 'logs');
    if (!existsSync(logs)) return '';
    const files = readdirSync(logs, { recursive: true }).filter((each) => each.endsWith('Mendline.log'));
    return files.map((each) => readFileSync(join(logs, each), 'utf8').slice(-4000)).join('\n');
  }

  /** Wait until a notification says `part`; return it. */
  async toast(part) {
    const toast = this.page.locator('.notifications-toasts .notification-toast', { hasText: part }).first();
    await toast.waitFor();
    return toast;
  }

  /** Wait until a page in one of the editor's own frames has `part` in it; return its text. */
  async pageWith(part) {
    return this.until(`a page says ${part}`, async () => {
      // A frame that is out of sight, or is replaced just now, may never answer.
      const soonest = (frame) => Promise.race([drawn(frame).catch(() => ''), pause(2000, '')]);
      const texts = this.page.frames().slice(1).map(soonest);
      return (await Promise.all(texts)).find((text) => text.includes(part));
    });
  }

  /** Return the ids of the editor's processes: it has given them the name of its folder to know them by. */
  processes() {
    const ids = readdirSync('/proc').filter((id) => /^\d+$/.test(id));
    return ids.filter((id) => read(`/proc/${id}/environ`).includes(this.home)).map(Number);
  }

  /** Return the ids of the processes of the language server. */
  servers() {
    return this.processes().filter((id) => read(`/proc/${id}/cmdline`).includes('mendline\0serve'));
  }

  /** Keep a picture of the screen, or of a part of it. */
  async shot(name, { folder = SHOTS, clip = undefined } = {}) {
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`), clip });
  }
}

/** Write a script for the fake engine; return the environment in which the server plays it. */
export function scripted(answers, more = {}) {
  const file = join(mkdtempSync(join(tmpdir(), 'mendline-script-')), 'script.json');
  writeFileSync(file, JSON.stringify({ answers, default: { middle: '' }, ...more }));
  return { MENDLINE_FAKE_ENGINE: file };
}

function program(args) {
  const entry = join(TOOLS, 'code-server', 'node_modules', 'code-server', 'out', 'node', 'entry.js');
  return [process.execPath, [entry, ...args]];
}

function browserPath() {
  const found = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((each) => existsSync(each));
  return process.env.MENDLINE_BROWSER ?? found;
}

function write(path, text, mode = 0o644) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode });
}

/** Return the text of a frame; an empty one while it is loaded behind the frame that is seen. */
async function drawn(frame) {
  const element = await frame.frameElement();
  if ((await element.getAttribute('id')) !== 'active-frame' || !(await element.isVisible())) return '';
  return frame.evaluate('new Promise((then) => requestAnimationFrame(() => then(document.body.innerText)))');
}

/** Whether something was done in the time it had. */
function soon(done) {
  return done.then(
    () => true,
    () => false,
  );
}

function kill(id) {
  try {
    process.kill(id, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

function read(path) {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/** The editor draws spaces as no-break spaces. */
function plain(text) {
  return text.replaceAll('\u00a0', ' ').replaceAll('\u200b', '');
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
