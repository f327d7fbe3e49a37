/** Controls the name server of a private network: its records and its failures. Each call resolves when it is in effect. */

import { HelperProcess } from './helper-process.ts';
import type { NameFailure } from './zone.ts';

type CommandOf<Command extends { readonly number: number }> = Command extends unknown
  ? Omit<Command, 'number'>
  : never;

/** One line on its standard input. */
export type NameServerCommand = { readonly number: number } & (
  | { readonly kind: 'set'; readonly name: string; readonly addresses: readonly string[] }
  | { readonly kind: 'delete'; readonly name: string }
  | { readonly kind: 'fail'; readonly failure?: NameFailure | undefined; readonly name?: string | undefined }
);

export class NameServer {
  readonly #helper: HelperProcess;
  readonly #waiting: Map<number, () => void>;
  #last = 0;

  private constructor(helper: HelperProcess, waiting: Map<number, () => void>) {
    this.#helper = helper;
    this.#waiting = waiting;
    helper.onExit(() => {
      for (const done of waiting.values()) done();
      waiting.clear();
    });
  }

  static async start(namespace: string, address: string): Promise<NameServer> {
    const waiting = new Map<number, () => void>();
    const helper = await HelperProcess.start(
      { namespace, program: 'name-server-main', args: [address] },
      (line) => {
        const { number } = JSON.parse(line) as { readonly number: number };
        waiting.get(number)?.();
        waiting.delete(number);
      },
    );
    return new NameServer(helper, waiting);
  }

  set(name: string, addresses: readonly string[]): Promise<void> {
    return this.#send({ kind: 'set', name, addresses });
  }

  delete(name: string): Promise<void> {
    return this.#send({ kind: 'delete', name });
  }

  /** Makes lookups of one name fail, or of all without `name`. `undefined` ends the failure. */
  fail(failure: NameFailure | undefined, name?: string): Promise<void> {
    return this.#send({
      kind: 'fail',
      failure,
      name,
    });
  }

  close(): Promise<void> {
    return this.#helper.close();
  }

  async #send(command: CommandOf<NameServerCommand>): Promise<void> {
    this.#last += 1;
    const number = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.set(number, resolve);
    this.#helper.write(JSON.stringify({ ...command, number }));
    await promise;
  }
}
