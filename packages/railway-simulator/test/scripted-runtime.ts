/** A runtime for the simulator whose containers follow the script of a test, line by line, and run no process. */

import type {
  LineListener,
  SimulatedExit,
  SimulatedHandle,
  SimulatedLaunch,
  SimulatedRuntime,
} from '../src/containers/simulated-runtime.ts';

export interface ScriptedContainer {
  readonly launch: SimulatedLaunch;
  readonly env: Readonly<Record<string, string>>;
  print(text: string): void;
  end(exit: SimulatedExit): void;
}

export class ScriptedRuntime implements SimulatedRuntime {
  readonly containers: ScriptedContainer[] = [];
  readonly #waiting = new Set<() => void>();
  #services = 0;
  running = 0;

  async attach(): Promise<{ domain: string; addresses: string[] }> {
    this.#services += 1;
    return { domain: `10.0.0.${this.#services}`, addresses: [`10.0.0.${this.#services}`] };
  }

  async detach(): Promise<void> {}

  async build(_source: unknown, onLine: LineListener): Promise<void> {
    onLine({ text: 'step 1 of 1', isError: false });
  }

  async start(
    launch: SimulatedLaunch,
    env: Readonly<Record<string, string>>,
    onLine: LineListener,
  ): Promise<SimulatedHandle> {
    const ended = Promise.withResolvers<SimulatedExit>();
    this.running += 1;
    void ended.promise.then(() => (this.running -= 1));
    this.containers.push({
      launch,
      env,
      print: (text) => onLine({ text, isError: false }),
      end: (exit) => ended.resolve(exit),
    });
    for (const wake of this.#waiting) wake();
    return {
      exited: ended.promise,
      sockets: async () => [{ port: 9100, isIpv6: false, processName: 'scripted' }],
      connect: () => Promise.reject(new Error('nothing listens there')),
      stop: async () => ended.resolve({ signal: 'SIGTERM' }),
      crash: () => ended.resolve({ signal: 'SIGKILL' }),
    };
  }

  /** Resolves with the container number `count`, counted from 1, when it is started. */
  async container(count: number): Promise<ScriptedContainer> {
    for (;;) {
      const found = this.containers[count - 1];
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
      this.#waiting.clear();
    }
  }

  async close(): Promise<void> {}
}
