import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Control } from '../../../src/distribution/control-messages.ts';
import { FrameWriter } from '../../../src/distribution/frames/frame-writer.ts';
import { HeaderAtoms } from '../../../src/distribution/frames/header-atoms.ts';
import { OutgoingAtoms } from '../../../src/distribution/frames/outgoing-atoms.ts';
import { atom, ByteWriter, Pid, Reference, type Term, TermMap, tuple } from '../../../src/etf/index.ts';
import { atomForm } from '../../../src/etf/encode/atom-bytes.ts';
import { FrameSink, FrameSource } from '../frame-bytes.ts';

const from = new Pid('a@h', 1, 0, 1);
const to = new Pid('b@h', 2, 0, 2);
const control = { kind: 'SEND_SENDER', from, to } as const;

/** The frame in hexadecimal as a node writes it whose atoms have these slots; those in `known` went out before. */
function frameWithSlots(
  message: { readonly control: Control; readonly payload: Term },
  slots: Readonly<Record<string, number>>,
  known: readonly string[],
): string {
  const inSlot = (name: string): ReturnType<typeof atomForm> => {
    const slot = slots[name];
    assert.ok(slot !== undefined, `no slot for ${name}`);
    return { ...atomForm(name), slot };
  };
  const atoms = new OutgoingAtoms();
  for (const name of known) atoms.bytesOf({ forms: [inSlot(name)], count: 1 });
  const frames = new FrameWriter({ framing: 'header', hasAtomCache: true, encode: {} });
  const writer = new ByteWriter();
  frames.write(writer, message);
  const body = writer.copyFrom(frames.bodyStart);
  const { forms, count } = frames.list;
  const header = atoms.bytesOf({ forms: forms.map(({ name }: { name: string }) => inSlot(name)), count });
  const length = Buffer.alloc(4);
  length.writeUInt32BE(2 + header.length + body.length);
  return Buffer.concat([length, Buffer.of(131, 68), header, body]).toString('hex');
}

describe('frames with cached atoms are written byte for byte as Erlang nodes write them', () => {
  const one = 'a1@127.0.0.1';
  const two = 'ts1@127.0.0.1';
  const pids = (id: number) => ({
    from: new Pid(one, id, 0, 0x6b03b3f6),
    to: new Pid(two, 100, 0, 0x6b000001),
  });
  const names = { [one]: 0x722, [two]: 0x229 };

  test('a message with a new atom between nodes that are known (OTP 25)', () => {
    const message = { control: { kind: 'SEND_SENDER', ...pids(0x8c) } as const, payload: atom('hello') };
    assert.equal(
      frameWithSlots(message, { ...names, hello: 0x778 }, [one, two]),
      '00000032834403270f2229780568656c6c6f680361165852000000008c000000006b03b3f658520100000064000000006b0000015202',
    );
  });

  test('a signal without a payload (OTP 25)', () => {
    const message = { control: { kind: 'LINK', ...pids(0x8e) } as const, payload: undefined };
    assert.equal(
      frameWithSlots(message, names, [one, two]),
      '0000002983440227002229680361015852000000008e000000006b03b3f658520100000064000000006b000001',
    );
  });

  test('a tuple whose atoms are new, and then known (OTP 25)', () => {
    const payload = tuple(atom('tiny'), atom(''), atom('a'), atom(''), true);
    const slots = { ...names, tiny: 0x575, '': 0x005, a: 0x6b6, true: 0x001 };
    const message = (id: number) => ({ control: { kind: 'SEND_SENDER', ...pids(id) } as const, payload });
    assert.equal(
      frameWithSlots(message(0xf6), slots, [one, two]),
      '00000048834406278d8e002229750474696e790500b6016101047472756568036116585200000000f6000000006b03b3f658520100000064000000006b000001680552025203520452035205',
    );
    assert.equal(
      frameWithSlots(message(0xf7), slots, Object.keys(slots)),
      '0000003b8344062705060022297505b60168036116585200000000f7000000006b03b3f658520100000064000000006b000001680552025203520452035205',
    );
  });

  test('an atom of 510 bytes, which gives all new atoms a length of two bytes (OTP 25)', () => {
    const long = 'é'.repeat(255);
    const message = {
      control: { kind: 'SEND_SENDER', ...pids(1) } as const,
      payload: tuple(atom(long), atom('b')),
    };
    const text = Buffer.from(long).toString('hex');
    assert.ok(
      frameWithSlots(message, { ...names, [long]: 0x447, b: 0x448 }, [one, two]).includes(
        `83440427cc0122294701fe${text}48000162680361`,
      ),
    );
  });

  test('a priority message to an alias (OTP 29)', () => {
    const [us, them] = ['r29@127.0.0.1', 'alt3@127.0.0.1'];
    const ref = new Reference(them, 0x6b000001, [1, 2, 3]);
    const sender = new Pid(us, 0x42f, 0, 0x6b03c291);
    const message = {
      control: { kind: 'ALTACT_SIG_SEND', flags: 5, from: sender, to: ref, token: undefined } as const,
      payload: atom('big'),
    };
    assert.equal(
      frameWithSlots(message, { [us]: 0x409, [them]: 0x6fd, big: 0x05e }, [us, them]),
      '00000038834403640809fd5e036269676804612561055852000000042f000000006b03c2915a000352016b0000010000000100000002000000035202',
    );
  });
});

/** Names of atoms, all in the same slot. */
function colliding(count: number): string[] {
  const names: string[] = [];
  const { slot } = atomForm('x0');
  for (let number = 0; names.length < count; number += 1) {
    if (atomForm(`x${number}`).slot === slot) names.push(`x${number}`);
  }
  return names;
}

describe('the atoms that the peer knows', () => {
  const open = (): { sink: FrameSink; source: FrameSource; pass: (payload: Term) => Uint8Array } => {
    const sink = new FrameSink({ framing: 'header', hasAtomCache: true });
    const source = new FrameSource('header');
    const pass = (payload: Term): Uint8Array => {
      const frame = sink.write({ control, payload });
      assert.deepEqual(source.read(frame), [{ control, payload }]);
      return frame;
    };
    return { sink, source, pass };
  };

  test('are sent once', () => {
    const { pass } = open();
    const payload = tuple(atom('an_atom_with_a_long_name'), new TermMap([[atom('key'), null]]));
    const [first, second] = [pass(payload), pass(payload)];
    assert.equal(
      first.length - second.length,
      ['an_atom_with_a_long_name', 'key', 'nil', 'a@h', 'b@h']
        .map((name) => name.length + 1)
        .reduce((a, b) => a + b),
    );
    assert.deepEqual(pass(payload), second);
  });

  test('may be any number: every slot is used, and used again', () => {
    const { pass } = open();
    const names = Array.from({ length: 24_000 }, (_, number) => atom(`name${number}`));
    const slots = new Set(names.map(({ name }) => atomForm(name).slot));
    assert.equal(slots.size, 2048);
    for (const name of names) pass(name);
    for (let at = 0; at < 6000; at += 500) pass(names.slice(at, at + 500));
    for (const name of names) pass(name);
  });

  test('are written out where two of a message have the same slot, and replace one another in the next', () => {
    const { pass } = open();
    const [one, two, three] = colliding(3).map(atom);
    assert.ok(one !== undefined && two !== undefined && three !== undefined);
    const frame = Buffer.from(pass([one, two, three, two])).toString('latin1');
    // One in the header, the others with their tag each time.
    assert.deepEqual(
      [two, three].map(({ name }) => frame.split(`w${String.fromCharCode(name.length)}${name}`).length - 1),
      [2, 1],
    );
    for (const name of [one, two, three, one, one, two, [two, one]]) pass(name);
  });

  test('are at most 255 in one header', () => {
    const { pass } = open();
    const names = Array.from({ length: 3000 }, (_, number) => atom(`many${number}`));
    const frame = pass(names);
    assert.equal(frame[6], 255);
    assert.equal(pass(names)[6], 255);
  });

  test('have lengths of two bytes where one of them is long', () => {
    const { pass } = open();
    for (const long of ['é'.repeat(128), '日'.repeat(255), 'a'.repeat(255), '😀'.repeat(255)]) {
      const first = pass([atom(long), atom('short'), atom(long)]);
      assert.ok(pass([atom(long), atom('short'), atom(long)]).length < first.length - 255);
    }
  });

  test('are as before when a message cannot be encoded', () => {
    const { sink, pass } = open();
    pass(atom('before'));
    for (let turn = 0; turn < 3; turn += 1) {
      const half = [atom(`half${turn}`), atom('lost'), () => undefined] as unknown as Term;
      assert.throws(() => sink.write({ control, payload: half }), { code: 'ENCODE_UNSUPPORTED' });
      pass([atom('lost'), atom(`half${turn}`)]);
    }
  });

  test('do not depend on which object stands for a name', () => {
    const index = new HeaderAtoms();
    index.begin();
    assert.equal(index.indexOf(atomForm('same')), 0);
    assert.equal(index.indexOf({ ...atomForm('same') }), 0);
    const atoms = new OutgoingAtoms();
    atoms.bytesOf({ forms: [atomForm('same')], count: 1 });
    assert.deepEqual([...atoms.bytesOf({ forms: [{ ...atomForm('same') }], count: 1 })].length, 3);
  });

  test('are those of no message in a frame of a connection without a cache', () => {
    const sink = new FrameSink({ framing: 'header' });
    const frame = Buffer.from(sink.write({ control, payload: atom('x') }));
    assert.equal(frame.toString('hex', 4, 10), '834400680361');
    assert.ok(frame.includes('a@h'));
  });
});
