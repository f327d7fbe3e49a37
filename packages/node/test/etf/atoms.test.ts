import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Atom, atom, atomName, atomOf, decode, encode } from '../../src/etf/index.ts';

test('equal names are the same atom, also from the wire', () => {
  assert.equal(atom('ok'), atom('ok'));
  assert.equal(decode(encode(atom('ok'))), atom('ok'));
  assert.notEqual(atom('ok'), atom('Ok'));
});

test('the four names that JavaScript has values for are those values', () => {
  const values = [true, false, null, undefined];
  const names = ['true', 'false', 'nil', 'undefined'];
  assert.deepEqual(names.map(atomOf), values);
  assert.deepEqual(values.map(atomName), names);
  assert.deepEqual(
    names.map((name) => decode(encode(atom(name)))),
    values,
  );
});

test('only atoms have the name of one', () => {
  assert.equal(atomName('ok'), undefined);
  assert.equal(atomName([atom('ok')]), undefined);
  assert.equal(atomName(new Atom('ok')), 'ok');
});

test('names that meet in the table of the decoder stay apart', () => {
  const names = Array.from({ length: 20_000 }, (_, at) => `shard_${at}_${at % 7}`);
  const atoms = names.map((name) => decode(encode(atom(name))));
  names.forEach((name, at) => assert.equal(atoms[at], atom(name)));
});

test('forgets atoms that are not referenced', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const passing = Array.from({ length: 100 }, (_, at) => new WeakRef(atom(`passing ${at}`)));
  for (let turn = 0; turn < 5; turn += 1) {
    await nextTurn();
    collect();
  }
  assert.ok(passing.filter((reference) => reference.deref() === undefined).length > 90);
});
