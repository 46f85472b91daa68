/**
 * Stands between the editor and the language server and passes every message on. It notes when each suggestion was asked
 * for and answered, and then asks the server, in its own name, what of that time was waiting and what the model's.
 *
 * Arguments: a file for what is noted, one JSON object a line; the server's program; the server's arguments.
 */
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';

const ASKED = 'textDocument/inlineCompletion';
const [notes, program, ...args] = process.argv.slice(2);

/** Milliseconds since 1970, finer than a millisecond. The browser has the same clock. */
const now = () => performance.timeOrigin + performance.now();

if (args[0] === 'serve') serve();
else process.exitCode = spawnSync(program, args, { stdio: 'inherit' }).status;

function serve() {
  const server = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const asked = new Map();
  const explained = new Map();
  let number = 0;

  process.stdin.on('data', messages((whole, body) => {
    server.stdin.write(whole);
    if (!body.includes(ASKED)) return;
    const { id, method, params } = JSON.parse(body);
    if (method === ASKED) asked.set(id, { uri: params.textDocument.uri, asked: now() });
  }));
  process.stdin.on('end', () => server.stdin.end());

  server.stdout.on('data', messages((whole, body) => {
    const { id, method, result } = JSON.parse(body);
    const own = method ? undefined : explained.get(id);
    if (own) {
      note({ ...own, source: result.source, timings: result.timings, usage: result.usage });
      return;
    }
    process.stdout.write(whole);
    const request = method ? undefined : asked.get(id);
    if (!request) return;
    asked.delete(id);
    const answered = { ...request, answered: now(), items: result?.items?.length ?? 0 };
    if (answered.items === 0) return note(answered);
    const question = `tap-${(number += 1)}`;
    explained.set(question, answered);
    const params = { textDocument: { uri: request.uri } };
    send(server.stdin, { jsonrpc: '2.0', id: question, method: 'mendline/explain', params });
  }));
  server.on('exit', (status) => process.exit(status ?? 1));
  process.on('SIGTERM', () => server.kill());
}

/** Return a listener that cuts a stream into messages and gives each, as it came and its body alone, to `take`. */
function messages(take) {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const head = rest.indexOf('\r\n\r\n');
      if (head < 0) return;
      const end = head + 4 + Number(/content-length: *(\d+)/i.exec(rest.toString('latin1', 0, head))[1]);
      if (rest.length < end) return;
      take(rest.subarray(0, end), rest.toString('utf8', head + 4, end));
      rest = rest.subarray(end);
    }
  };
}

function send(stream, message) {
  const body = Buffer.from(JSON.stringify(message));
  stream.write(`Content-Length: ${body.length}\r\n\r\n`);
  stream.write(body);
}

function note(noted) {
  appendFileSync(notes, `${JSON.stringify(noted)}\n`);
}
