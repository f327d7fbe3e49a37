/** Terms of every kind, as a node that answers wrongly may send them in any place of an answer. */

import {
  atom,
  BitString,
  ExportFun,
  ImproperList,
  Pid,
  Port,
  Reference,
  type Term,
  TermMap,
  tuple,
} from '@convoy/node/etf';

export const node = 'app@127.0.0.1';

/** A pid of that node. */
export function pid(id: number): Pid {
  return new Pid(node, id, 0, 7);
}

/** `[{Name, Value}]` */
export function pairs(fields: Readonly<Record<string, Term>>): Term {
  return Object.entries<Term>(fields).map(([name, value]) => tuple(atom(name), value));
}

export const ok = (value: Term): Term => tuple(atom('ok'), value);

export const hugeInteger = 2n ** 800_000n;

export const hostileTerms: readonly Term[] = [
  undefined,
  null,
  true,
  -1,
  Number.NaN,
  1.5,
  hugeInteger,
  -hugeInteger,
  '',
  'text\u001b[31m\u202e',
  atom('slow_'),
  atom('__proto__'),
  new Uint8Array([0xff, 0xfe, 0x1b, 0x00]),
  new Uint8Array(300_000).fill(65),
  new BitString(new Uint8Array([1]), 3),
  [],
  [1, 2, 3],
  [-1, 0x11_0000, 1.5],
  Array.from({ length: 5000 }, () => 65),
  Array.from({ length: 5000 }, (_, index) => tuple(atom(`k${index}`), index)),
  tuple(),
  tuple(atom('ok')),
  tuple(atom('ok'), atom('ok'), atom('ok'), atom('ok'), atom('ok'), atom('ok'), atom('ok')),
  tuple(atom('failed'), new Uint8Array([0xff])),
  tuple(atom('large'), hugeInteger),
  tuple(1, 2, 3),
  tuple([], [], [], [], [], [], []),
  new TermMap([[atom('memory'), hugeInteger]]),
  new TermMap([[[1, 2], tuple(1)]]),
  new ImproperList([1], 2),
  new Pid('other@127.0.0.1', 1, 2, 3),
  new Port(node, 5n, 1),
  new Reference(node, 1, [1, 2, 3]),
  new ExportFun('lists', 'map', 2),
];
