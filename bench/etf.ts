/** Terms to bytes and back: ours beside erlang_js, JSON on the same data and, where there is one, a real `erl`. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { decode, encode, toJson } from '@convoy/node/etf';
import { benchTerms } from './etf-terms.ts';
import { type BenchRow, median } from './rows.ts';

type Callback<Value> = (error: unknown, value: Value) => void;
type ErlangJs = {
  binary_to_term(data: Buffer, callback: Callback<unknown>): void;
  term_to_binary(term: unknown, callback: Callback<Buffer>): void;
};

const { Erlang: erlangJs } = createRequire(import.meta.url)('erlang_js') as { Erlang: ErlangJs };
const rounds = 21;
const passes = 200;

const encoded = benchTerms.map((term) => encode(term).slice());
const totalBytes = encoded.reduce((sum, bytes) => sum + bytes.length, 0);
const decoded = encoded.map((bytes) => decode(bytes));
const buffers = encoded.map((bytes) => Buffer.from(bytes));
const theirTerms = buffers.map((buffer) => {
  let term: unknown;
  erlangJs.binary_to_term(buffer, (_error, value) => (term = value));
  return term;
});
const jsonValues = decoded.map(toJson);
const jsonBytes = jsonValues.map((value) => Buffer.from(JSON.stringify(value)));

/** Keeps results reachable, so that no work is optimised away. */
let sink: unknown;
const keep = (value: unknown): void => {
  sink = value;
};

const sides: Readonly<Record<string, () => void>> = {
  ourEncode: () => decoded.forEach((term) => keep(encode(term))),
  ourDecode: () => encoded.forEach((bytes) => keep(decode(bytes))),
  theirEncode: () =>
    theirTerms.forEach((term) => erlangJs.term_to_binary(term, (_error, bytes) => keep(bytes))),
  theirDecode: () =>
    buffers.forEach((buffer) => erlangJs.binary_to_term(buffer, (_error, term) => keep(term))),
  jsonEncode: () => jsonValues.forEach((value) => keep(Buffer.from(JSON.stringify(value)))),
  jsonDecode: () => jsonBytes.forEach((bytes) => keep(JSON.parse(bytes.toString()))),
};

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Microseconds per pass over all terms. Each side pays for its own garbage only. */
function time(work: () => void): number {
  collectGarbage();
  const start = performance.now();
  for (let pass = 0; pass < passes; pass += 1) work();
  return ((performance.now() - start) * 1000) / passes;
}

function measure(): Record<string, number> {
  const times = new Map<string, number[]>();
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, work] of Object.entries(sides)) {
      const spent = time(work);
      // The first round warms up and does not count.
      if (round > 0) times.set(name, [...(times.get(name) ?? []), spent]);
    }
  }
  return Object.fromEntries(Array.from(times, ([name, values]) => [name, median(values)] as const));
}

/** The same passes in a real emulator, or `undefined` if there is none. The terms go in as a file of bytes. */
function measureErl(): { encode: number; decode: number } | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'convoy-bench-'));
  try {
    writeFileSync(join(directory, 'terms'), encode(encoded));
    const options = { cwd: directory, encoding: 'utf8' } as const;
    if (spawnSync('erlc', [join(import.meta.dirname, 'convoy_etf_bench.erl')], options).status !== 0)
      return undefined;
    const args = ['-noshell', '-s', 'convoy_etf_bench', 'run', 'terms', String(passes)];
    const [encodeTime, decodeTime] = spawnSync('erl', args, options).stdout.trim().split(' ').map(Number);
    if (encodeTime === undefined || decodeTime === undefined) return undefined;
    return { encode: encodeTime, decode: decodeTime };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

export async function benchEtf(): Promise<BenchRow[]> {
  const times = measure();
  const erl = measureErl();
  const text = (microseconds: number): string =>
    `${microseconds.toFixed(1)} us, ${(totalBytes / microseconds).toFixed(0)} MB/s`;
  const row = (
    name: string,
    ours: string,
    detail: { theirs: number | undefined; target: string; note?: string },
  ): BenchRow[] => {
    const { theirs, target, note } = detail;
    if (theirs === undefined) return [];
    const our = times[ours] as number;
    const figures = { name, ours: text(our), reference: text(theirs), ratio: theirs / our, target };
    return [note === undefined ? figures : { ...figures, note }];
  };
  const json =
    'the same data as JSON (tuples are arrays, pids are strings); rates count the bytes of our encoding';
  const erlNote = erl === undefined ? undefined : 'compiled loop in erl, same bytes, same machine';
  void sink;
  return [
    ...row('encode / erlang_js', 'ourEncode', { theirs: times['theirEncode'], target: '3' }),
    ...row('encode / JSON.stringify to bytes', 'ourEncode', {
      theirs: times['jsonEncode'],
      target: '1',
      note: json,
    }),
    ...row('encode / term_to_binary', 'ourEncode', {
      theirs: erl?.encode,
      target: 'aim at 1',
      ...noteOf(erlNote),
    }),
    ...row('decode / erlang_js', 'ourDecode', { theirs: times['theirDecode'], target: '3' }),
    ...row('decode / JSON.parse from bytes', 'ourDecode', { theirs: times['jsonDecode'], target: '1' }),
    ...row('decode / binary_to_term', 'ourDecode', { theirs: erl?.decode, target: 'aim at 1' }),
  ];
}

function noteOf(note: string | undefined): { note?: string } {
  return note === undefined ? {} : { note };
}
