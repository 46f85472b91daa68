import assert from 'node:assert/strict';
import { test } from 'node:test';
import { candidates, type Places } from '../src/pure/lookup';

const PLACES: Places = {
  setting: '',
  folders: ['/srv/app'],
  trusted: true,
  python: undefined,
  managed: '/storage/server',
  searchPath: '/usr/bin:relative:/opt/bin',
  home: '/home/ada',
  windows: false,
};

const paths = (places: Partial<Places>): string[] => candidates({ ...PLACES, ...places }).map((each) => each.path);

test('the environment of the workspace comes before the managed one, and PATH last', () => {
  assert.deepEqual(paths({}), [
    '/srv/app/.venv/bin/mendline',
    '/srv/app/venv/bin/mendline',
    '/storage/server/bin/mendline',
    '/usr/bin/mendline',
    '/opt/bin/mendline',
  ]);
});

test('the selected Python comes first in the workspace', () => {
  assert.equal(paths({ python: '/envs/app/bin/python' })[0], '/envs/app/bin/mendline');
});

test('where the setting is set nothing else is tried', () => {
  assert.deepEqual(paths({ setting: ' /opt/m/mendline ' }), ['/opt/m/mendline']);
  assert.deepEqual(paths({ setting: '~/m/mendline' }), ['/home/ada/m/mendline']);
  assert.deepEqual(paths({ setting: '/opt/m/mendline', trusted: false }), ['/opt/m/mendline']);
});

test('without trust only the managed one is left', () => {
  assert.deepEqual(paths({ trusted: false, python: '/srv/app/.venv/bin/python' }), ['/storage/server/bin/mendline']);
});

test('on Windows programs are elsewhere', () => {
  const windows = { windows: true, folders: ['C:\\app'], managed: 'C:\\storage\\server', home: 'C:\\Users\\ada' };
  assert.deepEqual(paths({ ...windows, searchPath: 'C:\\tools;bin' }), [
    'C:\\app\\.venv\\Scripts\\mendline.exe',
    'C:\\app\\venv\\Scripts\\mendline.exe',
    'C:\\storage\\server\\Scripts\\mendline.exe',
    'C:\\tools\\mendline.exe',
  ]);
});
