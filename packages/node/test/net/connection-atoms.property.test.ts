import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { atom, equals, Pid, type Term, tuple } from '../../src/etf/index.ts';
import { connectPair } from './connected-pair.ts';

const to = new Pid('bob@127.0.0.1', 2, 0, 9);

interface Step {
  readonly sender: number;
  readonly names: readonly string[];
  readonly size: number;
  /** `fails`: the message cannot be encoded. `sends`: encoding it sends another one. */
  readonly kind: 'plain' | 'fails' | 'sends' | 'yields';
}

const step: fc.Arbitrary<Step> = fc.record({
  sender: fc.integer({ min: 1, max: 3 }),
  names: fc.array(
    fc.oneof(
      fc.integer({ min: 0, max: 40 }).map((number) => `name${number}`),
      fc.string({ maxLength: 3 }),
      fc.constantFrom('é'.repeat(200), '日'.repeat(255)),
    ),
    { maxLength: 8 },
  ),
  size: fc.oneof(
    { weight: 8, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 60_000, max: 70_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 260_000, max: 700_000 }) },
  ),
  kind: fc.constantFrom('plain', 'plain', 'plain', 'fails', 'sends', 'yields'),
});

/** A map that holds `term`, whose reading runs `effect` first. */
function withEffect(term: Term, effect: () => void): Term {
  return Object.defineProperty({}, 'held', {
    enumerable: true,
    get: () => {
      effect();
      return term;
    },
  });
}

describe('atoms that a peer has to know', () => {
  test('reach it before they are referred to, whatever is sent in between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { near, far } = await connectPair();
        const last = Promise.withResolvers<void>();
        const received = new Map<number, Term[]>();
        far.onMessage((control, payload) => {
          assert.ok(control.kind === 'SEND_SENDER');
          if (control.from.id === 99) return last.resolve();
          const own = received.get(control.from.id) ?? [];
          received.set(control.from.id, own);
          own.push(payload);
        });
        const ended = Promise.withResolvers<never>();
        far.onClose((reason) => ended.reject(reason ?? new Error('the connection has ended')));
        ended.promise.catch(() => undefined);
        const sent = new Map<number, Term[]>();
        const send = (sender: number, payload: Term, shown: Term = payload): void => {
          near.send({ kind: 'SEND_SENDER', from: new Pid('alice@127.0.0.1', sender, 0, 7), to }, payload);
          const own = sent.get(sender) ?? [];
          sent.set(sender, own);
          own.push(shown);
        };
        for (const { sender, names, size, kind } of steps) {
          const payload = tuple(...names.map(atom), new Uint8Array(size));
          if (kind === 'yields') await new Promise(setImmediate);
          if (kind === 'fails') {
            const broken = tuple(payload, (() => undefined) as unknown as Term);
            assert.throws(() => send(sender, broken), { code: 'ENCODE_UNSUPPORTED' });
          } else if (kind === 'sends') {
            // The inner message belongs to another sender, so that the order of both is known.
            const inner = (): void => send(sender + 10, tuple(atom('inner'), ...names.map(atom)));
            send(sender, withEffect(payload, inner), { held: payload });
          } else {
            send(sender, payload);
          }
        }
        send(1, atom('end'));
        near.send({ kind: 'SEND_SENDER', from: new Pid('alice@127.0.0.1', 99, 0, 7), to }, undefined);
        await Promise.race([last.promise, ended.promise]);
        for (const sender of sent.keys()) await eventuallyAll(received, sent, sender);
        assert.equal(far.stats.messagesDropped, 0);
        near.close();
        far.close();
      }),
      { numRuns: 60 },
    );
  });
});

/** Large messages of other senders may arrive later than the last one. */
async function eventuallyAll(
  received: ReadonlyMap<number, Term[]>,
  sent: ReadonlyMap<number, Term[]>,
  sender: number,
): Promise<void> {
  const wanted = sent.get(sender) ?? [];
  while ((received.get(sender) ?? []).length < wanted.length) await new Promise(setImmediate);
  assert.ok(equals(received.get(sender) ?? [], wanted), `what ${sender} sent`);
}
