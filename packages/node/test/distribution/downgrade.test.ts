import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Control, type ControlKind, controlRows } from '../../src/distribution/control-messages.ts';
import { adaptMessage, sendableKinds } from '../../src/distribution/downgrade.ts';
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
  test('a peer that has everything gets everything as it is', () => {
    assert.deepEqual([...sendableKinds(hiddenFlags)], Object.keys(controlRows));
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
