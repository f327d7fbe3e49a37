/**
 * Messages, echoes, binaries and calls between TypeScript and BEAM nodes, against BEAM to BEAM in the same run. Every
 * figure is the median of interleaved rounds, so that a machine that slows down slows both sides.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { atom, type Node, startNode, Tuple, type Term } from '@convoy/node';
import { startEpmdServer } from '@convoy/node/epmd';
import { type BenchHome, makeBenchHome, startBeam } from './beam.ts';
import { calls, echo, type EchoResult, installBenchPeer, oneWay, type Target } from './peer.ts';
import { type BenchRow, median } from './rows.ts';

const rounds = 5;
const oneWayCount = 200_000;
const echoCount = 5_000;
const windowCount = 100_000;
const binaryCount = 1_500;
const floodedEchoCount = 2_000;
const callCount = 2_000;
const longCallMs = 120_000;

interface Field {
  readonly node: Node;
  readonly a: string;
  readonly b: string;
  readonly other: string;
}

interface TsPeer extends AsyncDisposable {
  readonly name: string;
}

async function startTsPeer(home: BenchHome, name: string): Promise<TsPeer> {
  const file = join(dirname(fileURLToPath(import.meta.url)), 'ts-peer-process.ts');
  const child = spawn(process.execPath, ['--conditions=@convoy/source', file, name], {
    env: {
      ...process.env,
      ERL_EPMD_PORT: String(home.epmdPort),
      // As the `convoy` command does by itself.
      NODE_COMPILE_CACHE: join(home.folder, 'compile-cache'),
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(home.cookie);
  await once(child.stdout, 'data');
  return {
    name,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** Runs a client loop of convoy_bench.erl on a BEAM node. */
function onBeam(field: Field, functionName: string, args: Term[]): Promise<Term> {
  return field.node.rpc(field.a, 'convoy_bench', functionName, args, { timeoutMs: longCallMs });
}

async function pidAt(field: Field, peer: string, name: string): Promise<Target> {
  if (peer === field.b || peer === field.a)
    return (await field.node.rpc(peer, 'erlang', 'whereis', [atom(name)])) as unknown as Target;
  return { name, node: peer };
}

function targetTerm(target: Target): Term {
  return 'name' in target ? new Tuple([atom(target.name), atom(target.node)]) : target;
}

type Measure = () => Promise<number>;

/** The median of each measure over interleaved rounds, after one round that does not count. */
async function interleave(measures: Readonly<Record<string, Measure>>): Promise<Record<string, number>> {
  const seen: Record<string, number[]> = {};
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, measure] of Object.entries(measures)) {
      const value = await measure();
      if (round > 0) (seen[name] ??= []).push(value);
    }
  }
  return Object.fromEntries(Object.entries(seen).map(([name, values]) => [name, median(values)]));
}

function microsecondsOf(term: Term): number {
  return Number(term instanceof Tuple ? term.at(0) : term);
}

const perSecond = (count: number, microseconds: number): string =>
  `${Math.round((count * 1000) / microseconds)}k/s`;

async function benchOneWay(field: Field): Promise<BenchRow[]> {
  const sinks = {
    b: await pidAt(field, field.b, 'bench_sink'),
    other: await pidAt(field, field.other, 'bench_sink'),
  };
  const own: Target = { name: 'bench_sink', node: field.node.name };
  const fromBeam =
    (target: Target): Measure =>
    async () =>
      microsecondsOf(await onBeam(field, 'one_way', [atom('x'), oneWayCount, [targetTerm(target)]]));
  const times = await interleave({
    beam: fromBeam(sinks.b),
    tsToBeam: () => oneWay(field.node, sinks.b, oneWayCount),
    beamToTs: fromBeam(own),
    tsToTs: () => oneWay(field.node, sinks.other, oneWayCount),
  });
  const row = (name: string, key: string, target: string): BenchRow => ({
    name,
    ours: perSecond(oneWayCount, times[key] ?? 0),
    reference: perSecond(oneWayCount, times['beam'] ?? 0),
    ratio: (times['beam'] ?? 0) / (times[key] ?? 1),
    target,
  });
  return [
    row('one-way small messages, TS to BEAM', 'tsToBeam', '1.5'),
    row('one-way small messages, BEAM to TS', 'beamToTs', '1.0'),
    row('one-way small messages, TS to TS', 'tsToTs', '3'),
  ];
}

async function benchEcho(field: Field): Promise<BenchRow[]> {
  const target = await pidAt(field, field.b, 'bench_echo');
  const message = atom('hello');
  const binary = new Uint8Array(65_536).fill(7);
  const beamEcho = (count: number, window: number): Promise<Term> =>
    onBeam(field, 'echo', [targetTerm(target), count, window, message]);
  const times = await interleave({
    oneBeam: async () => Number(((await beamEcho(echoCount, 1)) as Tuple).at(1)),
    oneTs: async () => (await echo(field.node, target, { count: echoCount, window: 1, message })).median,
    manyBeam: async () => microsecondsOf(await beamEcho(windowCount, 1000)),
    manyTs: async () =>
      (await echo(field.node, target, { count: windowCount, window: 1000, message })).microseconds,
    binaryBeam: async () =>
      microsecondsOf(await onBeam(field, 'binaries', [targetTerm(target), binaryCount, 8, 65_536])),
    binaryTs: async () =>
      (await echo(field.node, target, { count: binaryCount, window: 8, message: binary })).microseconds,
  });
  const at = (key: string): number => times[key] ?? Number.NaN;
  const megabytes = (microseconds: number): string =>
    `${Math.round((binaryCount * 65_536) / microseconds)} MB/s`;
  return [
    {
      name: 'echo, one outstanding (median round trip)',
      ours: `${(at('oneTs') / 1000).toFixed(1)} us`,
      reference: `${(at('oneBeam') / 1000).toFixed(1)} us`,
      ratio: at('oneBeam') / at('oneTs'),
      target: '0.77 (1.3 x the time)',
    },
    {
      name: 'echo, 1,000 outstanding',
      ours: perSecond(windowCount, at('manyTs')),
      reference: perSecond(windowCount, at('manyBeam')),
      ratio: at('manyBeam') / at('manyTs'),
      target: '1.0',
    },
    {
      name: '64 KiB binaries echoed',
      ours: megabytes(at('binaryTs')),
      reference: megabytes(at('binaryBeam')),
      ratio: at('binaryBeam') / at('binaryTs'),
      target: '0.8',
    },
  ];
}

/** Echoes one after another while an Erlang node floods the one that asks: over the same connection, or over another one. */
async function benchFloodedEcho(field: Field): Promise<BenchRow[]> {
  const sinkOfB = await pidAt(field, field.b, 'bench_sink');
  const own: Target = { name: 'bench_sink', node: field.node.name };
  const echoes = {
    a: await pidAt(field, field.a, 'bench_echo'),
    b: await pidAt(field, field.b, 'bench_echo'),
  };
  const flooded = async <Result>(by: Target, work: () => Promise<Result>): Promise<Result> => {
    const flood = await onBeam(field, 'start_flood', [targetTerm(by)]);
    try {
      return await work();
    } finally {
      await onBeam(field, 'stop_flood', [flood]);
    }
  };
  const ours = (target: Target) => (): Promise<EchoResult> =>
    flooded(own, () =>
      echo(field.node, target, { count: floodedEchoCount, window: 1, message: atom('hello') }),
    );
  const theirs = async (): Promise<EchoResult> => {
    // The asking node is flooded by the one that answers, as ours is.
    const args = [targetTerm(echoes.a), floodedEchoCount];
    const result = await flooded(sinkOfB, () =>
      field.node.rpc(field.b, 'convoy_bench', 'echo_quantiles', args, { timeoutMs: longCallMs }),
    );
    const [median, p99] = (result as Tuple).elements;
    return { microseconds: 0, median: Number(median), p99: Number(p99) };
  };
  const seen: Record<string, EchoResult[]> = {};
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, measure] of Object.entries({ theirs, same: ours(echoes.a), other: ours(echoes.b) })) {
      const result = await measure();
      if (round > 0) (seen[name] ??= []).push(result);
    }
  }
  const rows: BenchRow[] = [];
  for (const [connection, name] of Object.entries({ same: 'the same', other: 'another' })) {
    for (const quantile of ['median', 'p99'] as const) {
      const of = (key: string): number => median((seen[key] ?? []).map((result) => result[quantile]));
      rows.push({
        name: `echo under a flood, ${name} connection, ${quantile}`,
        ours: `${(of(connection) / 1000).toFixed(0)} us`,
        reference: `${(of('theirs') / 1000).toFixed(0)} us`,
        ratio: of('theirs') / of(connection),
        target: '1.0',
      });
    }
  }
  return rows;
}

async function benchCalls(field: Field): Promise<BenchRow[]> {
  const times = await interleave({
    beam: async () => microsecondsOf(await onBeam(field, 'calls', [atom(field.b), callCount])),
    ts: () => calls(field.node, field.b, callCount),
  });
  const [beam = 0, ts = 1] = [times['beam'], times['ts']];
  return [
    {
      name: 'erpc sequential',
      ours: perSecond(callCount, ts),
      reference: perSecond(callCount, beam),
      ratio: beam / ts,
      target: '0.77 (1.3 x the time)',
    },
  ];
}

/** From starting the program to an answered ping, both sides the same way. */
async function benchStart(field: Field, home: BenchHome): Promise<BenchRow[]> {
  let count = 0;
  const timeStart = async (start: (name: string) => Promise<AsyncDisposable>): Promise<number> => {
    count += 1;
    const name = `bench-start-${count}@127.0.0.1`;
    const started = performance.now();
    await using _peer = await start(name);
    await field.node.connect(name);
    return (performance.now() - started) * 1000;
  };
  const times = await interleave({
    beam: () => timeStart((name) => startBeam(home, name)),
    ts: () => timeStart((name) => startTsPeer(home, name)),
  });
  const [beam = 0, ts = 1] = [times['beam'], times['ts']];
  const milliseconds = (value: number): string => `${Math.round(value / 1000)} ms`;
  return [
    {
      name: 'start a node, join, answer',
      ours: milliseconds(ts),
      reference: milliseconds(beam),
      ratio: beam / ts,
      target: '1.0',
    },
  ];
}

export async function benchDistribution(): Promise<BenchRow[]> {
  await using epmd = await startEpmdServer({ port: 0 });
  using home = makeBenchHome(epmd.port);
  await using beamA = await startBeam(home, 'bench-a@127.0.0.1');
  await using beamB = await startBeam(home, 'bench-b@127.0.0.1');
  await using peer = await startTsPeer(home, 'bench-ts@127.0.0.1');
  const options = {
    name: 'bench-main@127.0.0.1',
    cookie: home.cookie,
    epmd: 'system',
    epmdPort: epmd.port,
  } as const;
  await using node = await startNode(options);
  installBenchPeer(node);
  const field: Field = { node, a: beamA.name, b: beamB.name, other: peer.name };
  for (const name of [field.a, field.b, field.other]) await node.connect(name);
  return [
    ...(await benchOneWay(field)),
    ...(await benchEcho(field)),
    ...(await benchFloodedEcho(field)),
    ...(await benchCalls(field)),
    ...(await benchStart(field, home)),
  ];
}
