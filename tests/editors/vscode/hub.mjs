/** A hub for models on this machine: it has one file, and stops in its middle until it is told to go on. */
import { once } from 'node:events';
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { pipeline } from 'node:stream/promises';

export class Hub {
  requests = 0;

  constructor(file) {
    this.file = file;
    this.released = new Promise((resolve) => (this.release = resolve));
    this.server = createServer((request, response) => void this.answer(response).catch(() => response.destroy()));
  }

  /** Serve a file from now on, whatever is asked for. */
  static async open(file) {
    const hub = new Hub(file);
    hub.server.listen(0, '127.0.0.1');
    await once(hub.server, 'listening');
    hub.address = `http://127.0.0.1:${hub.server.address().port}`;
    return hub;
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }

  async answer(response) {
    this.requests += 1;
    const { size } = statSync(this.file);
    const half = Math.ceil(size / 2);
    response.writeHead(200, { 'Content-Length': size });
    await pipeline(createReadStream(this.file, { end: half - 1 }), response, { end: false });
    await this.released;
    await pipeline(createReadStream(this.file, { start: half }), response);
  }
}
