import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Model, parse, rows, size } from '../src/pure/catalogue';
import { logged } from '../src/pure/logging';
import { pythons, suits } from '../src/pure/python';
import { serverSettings, told } from '../src/pure/settings';
import { silenced, toggled } from '../src/pure/switches';

const MODEL: Model = {
  id: 'small',
  name: 'Small',
  default: false,
  installed: false,
  partialBytes: 0,
  size: 98_362_432,
  licence: 'MIT',
  purpose: 'Tests.',
};

test('a model is listed with size, licence and whether it is here', () => {
  const all = [MODEL, { ...MODEL, id: 'half', partialBytes: 49_999_999 }, { ...MODEL, id: 'here', installed: true, default: true }];
  assert.deepEqual(
    rows(all, 'here').map(({ label, description, detail }) => [label, description, detail]),
    [
      ['$(blank) small', '98 MB · MIT · not downloaded', 'Tests.'],
      ['$(blank) half', '98 MB · MIT · 50 % downloaded', 'Tests.'],
      ['$(check) here', '98 MB · MIT · downloaded', 'Tests. (the default)'],
    ],
  );
  assert.equal(size(1_117_320_768), '1.1 GB');
});

test('what is no list of models is refused', () => {
  assert.deepEqual(parse(JSON.stringify([MODEL])), [MODEL]);
  for (const printed of ['', '{}', '[1]', '[{"id": 3}]', 'null']) assert.throws(() => parse(printed));
});

test('a Python is old enough or not', () => {
  assert.ok(suits('3 11\n'));
  assert.ok(suits('4 0\r\n'));
  for (const printed of ['3 10\n', '2 7', '', 'Python 3.12']) assert.ok(!suits(printed), printed);
  assert.equal(pythons('/envs/x/bin/python', false)[0]?.command, '/envs/x/bin/python');
  assert.deepEqual(pythons(undefined, true)[0], { command: 'py', arguments: ['-3.13'] });
});

test('the server is told what somebody has set, and nothing of the extension', () => {
  const names = ['mendline.completion.maxTokens', 'mendline.trace', 'mendline.server.path', 'editor.x'];
  assert.deepEqual(serverSettings(names), ['completion.maxTokens', 'trace']);
  const inspected = [
    { name: 'completion.maxTokens', value: 48, explicit: true },
    { name: 'completion.enabled', value: true, explicit: false },
  ];
  assert.deepEqual(told(inspected), { 'completion.maxTokens': 48 });
});

test('suggestions are off everywhere, in a language, in a file', () => {
  const on = { enabled: true, languages: ['markdown'], files: ['file:///a.py'] };
  assert.equal(silenced(on, 'file:///b.py', 'python'), '');
  assert.match(silenced({ ...on, enabled: false }, 'file:///b.py', 'python'), /switched off$/);
  assert.match(silenced(on, 'file:///b.md', 'markdown'), /in markdown$/);
  assert.match(silenced(on, 'file:///a.py', 'python'), /in this file$/);
  assert.deepEqual(toggled(['a', 'b'], 'a'), ['b']);
  assert.deepEqual(toggled(['b'], 'a'), ['b', 'a']);
});

test('a line of the server has its own level', () => {
  assert.deepEqual(logged('03:22:30 WARNING mendline.x: no'), { level: 'warn', text: 'mendline.x: no' });
  assert.deepEqual(logged('03:22:30 DEBUG a'), { level: 'debug', text: 'a' });
  for (const line of ['Traceback (most recent call last):', '03:22:30 NOTE a', '']) {
    assert.deepEqual(logged(line), { level: 'info', text: line });
  }
});
