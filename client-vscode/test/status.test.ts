import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Absence, face, type ServerStatus } from '../src/pure/status';

const READY: ServerStatus = {
  state: 'ready',
  kind: 'Normal',
  busy: false,
  message: 'Ready',
  model: 'small',
  percent: null,
  command: null,
};

const CASES: [string, ServerStatus | Absence, string, string, string, string][] = [
  ['ready', READY, '', 'Mendline: ready', 'small', 'information'],
  ['busy', { ...READY, state: 'busy', message: 'At work' }, '', 'Mendline: busy', 'small · At work', 'information'],
  ['loading', { ...READY, state: 'loading', percent: 40 }, '', 'Mendline: loading 40 %', 'small · Ready', 'information'],
  ['missing', { ...READY, state: 'missing-model', kind: 'Warning' }, '', 'Mendline: model missing', 'small · Ready', 'warning'],
  ['failed', { ...READY, state: 'failed', kind: 'Error', model: '' }, '', 'Mendline: failed', 'Ready', 'error'],
  ['silenced', READY, 'off in this file', 'Mendline: off', 'off in this file', 'information'],
  ['failed counts more', { ...READY, state: 'failed', kind: 'Error' }, 'off', 'Mendline: failed', 'small · Ready', 'error'],
  ['no server', 'no-server', 'off', 'Mendline: not installed', 'The server is missing', 'warning'],
];

for (const [name, status, silenced, text, detail, severity] of CASES) {
  test(name, () => {
    const shown = face(status, silenced);
    assert.deepEqual([shown.text, shown.detail, shown.severity], [text, detail, severity]);
  });
}

test('what is at work turns', () => {
  assert.ok(face({ ...READY, busy: true }).busy);
  assert.ok(face('starting').busy);
  assert.ok(!face('stopped').busy);
});
