// Bundles the extension into dist/, with the licences of what is in the bundle; with --tests its unit tests into out/.
import { build } from 'esbuild';
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

const common = { bundle: true, platform: 'node', format: 'cjs', target: 'node20', logLevel: 'warning' };

if (process.argv.includes('--tests')) {
  const tests = readdirSync('test').filter((name) => name.endsWith('.test.ts'));
  await build({ ...common, entryPoints: tests.map((name) => `test/${name}`), outdir: 'out', sourcemap: 'inline' });
} else {
  const { metafile } = await build({
    ...common,
    entryPoints: ['src/extension.ts', 'src/client.ts'],
    outdir: 'dist',
    // The protocol's library is in a file of its own, read when a server was found: the editor waits for the first one.
    external: ['vscode', './client.js'],
    // The editor gives `vscode` to what is required.
    supported: { 'dynamic-import': false },
    minify: true,
    metafile: true,
  });
  writeFileSync('dist/NOTICES.txt', notices(Object.keys(metafile.inputs)));
  copyFileSync('../LICENSE', 'LICENSE');
}

/** Return names, versions and licences of the packages that the files are from. */
function notices(files) {
  const folders = files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  return [...new Set(folders)].sort().map(notice).join('\n\n');
}

function notice(folder) {
  const { name, version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const licence = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
  if (!licence) throw new Error(`${name} says under no licence`);
  return `${name} ${version}\n\n${readFileSync(`${folder}/${licence}`, 'utf8').trim()}\n`;
}
