// A way to a Redis server that breaks when it is told to: the server does what it is asked, and its answer gets lost.

import { connect, createServer, type Server, type Socket } from 'node:net';

export class LossyRedis {
  readonly #port: number;
  readonly #open = new Set<Socket>();
  #server: Server | undefined;
  #lost: string | undefined;
  #behind = 0;
  /** So many answers got lost. */
  count = 0;

  /** @param port of the server */
  constructor(port: number) {
    this.#port = port;
  }

  /** @returns the address of this way. */
  async open(): Promise<string> {
    const server = createServer((socket) => this.#join(socket, connect(this.#port, '127.0.0.1')));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return `redis://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  /** The connection that sends this text next, or for the nth time, gets no answer, and breaks. */
  loseAnswerTo(text: string, nth = 1): void {
    this.#lost = text;
    this.#behind = nth;
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  #join(client: Socket, server: Socket): void {
    let isLost = false;
    const end = (): void => {
      for (const socket of [client, server]) {
        socket.destroy();
        this.#open.delete(socket);
      }
    };
    for (const socket of [client, server]) {
      this.#open.add(socket);
      socket.on('error', end).on('close', end);
    }
    client.on('data', (asked) => {
      if (this.#lost !== undefined && asked.includes(this.#lost) && --this.#behind === 0) {
        this.#lost = undefined;
        isLost = true;
      }
      server.write(asked);
    });
    server.on('data', (answer) => {
      if (!isLost) return void client.write(answer);
      this.count++;
      end();
    });
  }
}
