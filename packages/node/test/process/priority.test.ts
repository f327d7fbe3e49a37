import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atom, inspect, type Pid, type Reference, type Term } from '../../src/etf/index.ts';
import type { ProcessTable } from '../../src/process/process-table.ts';
import type { Process } from '../../src/process/process.ts';
import { settle, startProbe, Wires } from './table-fixture.ts';

interface Scene {
  readonly pid: Pid;
  readonly alias: Reference;
  /** What it got, once `read` was called: it takes nothing before. */
  readonly messages: string[];
  read(): Promise<void>;
}

type Start = (table: ProcessTable, options: { readonly priority: boolean }) => Promise<Scene>;

const asFunction: Start = async (table, options) => {
  const messages: string[] = [];
  const reading = Promise.withResolvers<void>();
  const own = Promise.withResolvers<Process>();
  table.spawn(async (self) => {
    self.trapExit = true;
    own.resolve(self);
    await reading.promise;
    for (;;) messages.push(inspect(await self.receive()));
  });
  const self = await own.promise;
  const read = async (): Promise<void> => {
    reading.resolve();
    await settle();
  };
  return { pid: self.pid, alias: self.alias(options), messages, read };
};

const asServer: Start = async (table, options) => {
  const messages: string[] = [];
  const reading = Promise.withResolvers<void>();
  const pid = table.spawnServer({
    async onMessage(_self, message) {
      if (message === 'wait') return reading.promise;
      messages.push(inspect(message));
    },
    onExitSignal: (_self, _from, reason) => void messages.push(`exit ${inspect(reason)}`),
  });
  const self = table.get(pid);
  self.send(pid, 'wait');
  await settle();
  const read = async (): Promise<void> => {
    reading.resolve();
    await settle();
  };
  return { pid, alias: self.alias(options), messages, read };
};

const numbers = (scene: Scene): string[] => scene.messages.map((text) => /\d/.exec(text)?.[0] ?? text);

for (const [kind, start] of Object.entries({ function: asFunction, server: asServer })) {
  describe(`priority messages to a ${kind} process`, () => {
    for (const place of ['the same node', 'another node']) {
      const open = async (priority: boolean): Promise<Scene & { send: SendAll; flush: () => void }> => {
        const wires = new Wires();
        const table = wires.table('a@h');
        const scene = await start(table, { priority });
        const sender = startProbe(place === 'another node' ? wires.table('b@h') : table).self;
        const send: SendAll = (to, message, isFirst) => sender.send(to, message, { priority: isFirst });
        return { ...scene, send, flush: () => wires.flush() };
      };

      test(`overtake what waits, in their order, from ${place}`, async () => {
        const scene = await open(true);
        for (const message of [3, 4]) scene.send(scene.pid, message, false);
        for (const message of [1, 2]) scene.send(scene.alias, message, true);
        scene.send(scene.alias, 5, false);
        scene.flush();
        await scene.read();
        assert.deepEqual(numbers(scene), ['1', '2', '3', '4', '5']);
      });

      test(`are ordinary for an alias without priority, a pid and a name, from ${place}`, async () => {
        const scene = await open(false);
        scene.send(scene.pid, 1, false);
        scene.send(scene.alias, 2, true);
        scene.send(scene.pid, 3, true);
        scene.flush();
        await scene.read();
        assert.deepEqual(numbers(scene), ['1', '2', '3']);
      });
    }

    test('may be exit signals, which a process that traps them gets first', async () => {
      const wires = new Wires();
      const scene = await start(wires.table('a@h'), { priority: true });
      const { self } = startProbe(wires.table('b@h'));
      self.send(scene.pid, 3);
      self.exitSignal(scene.alias, 4);
      self.exitSignal(scene.alias, 1, { priority: true });
      self.exitSignal(scene.pid, 5, { priority: true });
      self.exitSignal(self.makeRef(), atom('nobody'));
      wires.flush();
      await scene.read();
      assert.equal(scene.messages.length, 4);
      for (const [index, reason] of [1, 3, 4, 5].entries()) {
        assert.match(scene.messages[index] ?? '', new RegExp(`\\b${reason}\\W*$`));
      }
    });
  });
}

type SendAll = (to: Pid | Reference, message: Term, isFirst: boolean) => void;
