import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AltactFlag, type Control } from '../../src/distribution/control-messages.ts';
import { type ControlKind, type ControlRow, controlRows } from '../../src/distribution/control-rows.ts';
import { adaptMessage, currentForm, isFormer, sendableKinds } from '../../src/distribution/message-forms.ts';
import { Flag, hiddenFlags, negotiateFlags } from '../../src/distribution/flags.ts';
import { atom, Pid, Reference } from '../../src/etf/index.ts';

const from = new Pid('a@h', 1, 0, 1);
const to = new Pid('b@h', 2, 0, 2);
const ref = new Reference('b@h', 2, [1, 2, 3]);
const otp23 = negotiateFlags(hiddenFlags, 0x101df7fbcn);
const otp27 = negotiateFlags(hiddenFlags, 0xd07df7fbcn);

function kindSent(control: Control, flags: bigint): ControlKind | undefined {
  return adaptMessage({ control, payload: atom('x') }, flags)?.control.kind;
}

describe('older forms of messages', () => {
  test('a peer that has everything gets everything as it is, but for the two that OTP 30 will not have', () => {
    const kinds = Object.keys(controlRows).filter((kind) => !kind.startsWith('ALIAS_SEND'));
    assert.deepEqual([...sendableKinds(hiddenFlags)], kinds);
  });

  test('a message to an alias goes by operation 37 wherever it can', () => {
    for (const flags of [hiddenFlags, hiddenFlags & ~Flag.ALIAS]) {
      const plain = adaptMessage({ control: { kind: 'ALIAS_SEND', from, to: ref }, payload: 1 }, flags);
      const token = atom('token');
      const traced = { kind: 'ALIAS_SEND_TT', from, to: ref, token } as const;
      const altact = { kind: 'ALTACT_SIG_SEND', from, to: ref } as const;
      assert.deepEqual(plain, {
        control: { ...altact, flags: AltactFlag.ALIAS, token: undefined },
        payload: 1,
      });
      assert.deepEqual(adaptMessage({ control: traced, payload: 1 }, flags), {
        control: { ...altact, flags: AltactFlag.ALIAS | AltactFlag.TOKEN, token },
        payload: 1,
      });
    }
  });

  test('OTP 27 gets everything but op 37, OTP 23 neither aliases nor unlink ids', () => {
    const kinds = Object.keys(controlRows);
    const missing = (flags: bigint): string[] =>
      kinds.filter((kind) => !sendableKinds(flags).has(kind as ControlKind));
    assert.deepEqual(missing(otp27), ['ALTACT_SIG_SEND']);
    assert.deepEqual(missing(otp23), [
      'ALIAS_SEND',
      'ALIAS_SEND_TT',
      'UNLINK_ID',
      'UNLINK_ID_ACK',
      'ALTACT_SIG_SEND',
    ]);
  });

  test('an unlink goes to OTP 23 without its id, and an acknowledgement not at all', () => {
    assert.equal(kindSent({ kind: 'UNLINK_ID', id: 3, from, to }, otp23), 'UNLINK');
    assert.equal(kindSent({ kind: 'UNLINK_ID_ACK', id: 3, from, to }, otp23), undefined);
  });

  test('priority signals become the ordinary ones that OTP 29 sends itself', () => {
    const signal = (flags: number, target: Pid | string | Reference): Control => ({
      kind: 'ALTACT_SIG_SEND',
      flags,
      from,
      to: target,
      token: (flags & 2) === 0 ? undefined : atom('token'),
    });
    assert.equal(kindSent(signal(5, ref), otp27), 'ALIAS_SEND');
    assert.equal(kindSent(signal(7, ref), otp27), 'ALIAS_SEND_TT');
    assert.equal(kindSent(signal(5, ref), otp23), undefined);
    assert.equal(kindSent(signal(1, to), otp27), 'SEND_SENDER');
    assert.equal(kindSent(signal(3, to), otp27), 'SEND_SENDER_TT');
    assert.equal(kindSent(signal(9, 'name'), otp27), 'REG_SEND');
    assert.equal(kindSent(signal(11, 'name'), otp27), 'REG_SEND_TT');
    assert.equal(kindSent(signal(17, to), otp27), 'PAYLOAD_EXIT2');
    assert.equal(kindSent(signal(20, ref), otp27), undefined);
  });

  test('a reason moves from the payload into the message for a peer without EXIT_PAYLOAD', () => {
    const flags = hiddenFlags & ~Flag.EXIT_PAYLOAD;
    const cases: [Control, ControlKind][] = [
      [{ kind: 'PAYLOAD_EXIT', from, to }, 'EXIT'],
      [{ kind: 'PAYLOAD_EXIT_TT', from, to, token: 1 }, 'EXIT_TT'],
      [{ kind: 'PAYLOAD_EXIT2', from, to }, 'EXIT2'],
      [{ kind: 'PAYLOAD_EXIT2_TT', from, to, token: 1 }, 'EXIT2_TT'],
      [{ kind: 'PAYLOAD_MONITOR_P_EXIT', from: 'name', to, ref }, 'MONITOR_P_EXIT'],
    ];
    for (const [control, kind] of cases) {
      const adapted = adaptMessage({ control, payload: atom('why') }, flags);
      assert.equal(adapted?.control.kind, kind);
      assert.deepEqual((adapted.control as { reason?: unknown }).reason, atom('why'));
    }
  });

  test('without monitors none are sent', () => {
    assert.equal(kindSent({ kind: 'MONITOR_P', from, to, ref }, hiddenFlags & ~Flag.DIST_MONITOR), undefined);
  });
});

describe('the form in which a message is handled', () => {
  const rows: Readonly<Record<string, ControlRow>> = controlRows;

  test('the rows name forms that exist, with the same fields or fewer', () => {
    for (const [kind, { older, handledAs, fields, payload, needs }] of Object.entries(rows)) {
      for (const other of [older, handledAs]) {
        if (other === undefined) continue;
        const row = rows[other];
        assert.ok(row !== undefined, `${kind}: ${other}`);
        const known = [...Object.keys(fields), 'cookie', ...(payload === 'reason' ? ['reason'] : [])];
        for (const name of Object.keys(row.fields)) assert.ok(known.includes(name), `${other}.${name}`);
      }
      if (older !== undefined) assert.notEqual(needs, undefined, kind);
      if (handledAs !== undefined) assert.equal(rows[handledAs]?.handledAs, undefined, kind);
    }
  });

  test('a trace is left out, and a reason is the payload', () => {
    const traced: Control = { kind: 'SEND_SENDER_TT', from, to, token: atom('token') };
    assert.ok(isFormer(traced));
    assert.deepEqual(currentForm({ control: traced, payload: 1 }), {
      control: { kind: 'SEND_SENDER', from, to },
      payload: 1,
    });
    const down: Control = { kind: 'MONITOR_P_EXIT', from: 'name', to, ref, reason: atom('why') };
    assert.deepEqual(currentForm({ control: down, payload: undefined }), {
      control: { kind: 'PAYLOAD_MONITOR_P_EXIT', from: 'name', to, ref },
      payload: atom('why'),
    });
    const exit: Control = { kind: 'EXIT_TT', from, to, token: atom('token'), reason: atom('why') };
    assert.deepEqual(currentForm({ control: exit, payload: undefined }), {
      control: { kind: 'PAYLOAD_EXIT', from, to },
      payload: atom('why'),
    });
  });

  test('all others are handled as they are', () => {
    const link: Control = { kind: 'LINK', from, to };
    assert.equal(isFormer(link), false);
    assert.deepEqual(currentForm({ control: link, payload: undefined }).control, link);
  });
});
