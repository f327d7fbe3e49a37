import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atom, type Term, tuple } from '@convoy/node/etf';
import { readOverview, readTypescriptOverview } from '../../../src/inspect/overview/read-overview.ts';
import { schedulerUse } from '../../../src/inspect/overview/scheduler-use.ts';
import { hostileTerms, node, ok, pairs } from '../hostile-terms.ts';

const text = (value: string): Term => new TextEncoder().encode(value);

function answer(changes: Readonly<Record<string, Term>> = {}): Term {
  return pairs({
    memory: ok(pairs({ total: 1000, binary: 10 })),
    counts: pairs({
      process_count: ok(50),
      process_limit: ok(262_144),
      atom_count: ok(9000),
      schedulers: ok(2),
      schedulers_online: ok(2),
      otp_release: ok(Array.from('27', (one) => one.charCodeAt(0))),
    }),
    stats: pairs({
      io: ok(tuple(tuple(atom('input'), 5), tuple(atom('output'), 6))),
      reductions: ok(tuple(2n ** 60n, 7)),
      run_queue_lengths_all: ok([1, 0, 2]),
      total_active_tasks_all: ok(3),
    }),
    uptime: ok(12_000),
    use: atom('off'),
    elixir: ok(atom('undefined')),
    applications: ok([tuple(atom('stdlib'), [52]), tuple(atom('kernel'), [57])]),
    ...changes,
  });
}

describe('the overview of a node', () => {
  test('reads an answer', () => {
    const overview = readOverview(answer(), node);
    assert.equal(overview?.uptimeMs, 12_000);
    assert.deepEqual(overview.memory, { total: 1000, binary: 10 });
    assert.deepEqual(overview.processes, { count: 50, limit: 262_144 });
    assert.deepEqual(overview.io, { inBytes: 5, outBytes: 6 });
    assert.equal(overview.reductions, 2 ** 60);
    assert.deepEqual(overview.runQueues, { each: [1, 0, 2], activeTasks: 3 });
    assert.deepEqual(overview.schedulers, { count: 2, online: 2, use: 'off' });
    assert.deepEqual(overview.applications, [
      { name: 'kernel', version: '9' },
      { name: 'stdlib', version: '4' },
    ]);
    assert.equal(overview.versions['otp'], '27');
  });

  test('a part that the node refuses is missing, and says why', () => {
    const refused = tuple(atom('failed'), text('notsup'));
    const overview = readOverview(answer({ memory: refused }), node);
    assert.deepEqual(overview?.memory, {});
    assert.match(overview.problems['memory']?.message ?? '', /notsup/);
    assert.equal(overview.problems['uptime'], undefined);
  });

  test('every part may be anything', () => {
    for (const term of hostileTerms) {
      assert.doesNotThrow(() => readOverview(term, node));
      for (const part of ['memory', 'counts', 'stats', 'uptime', 'use', 'elixir', 'applications']) {
        for (const value of [term, ok(term), pairs({ io: ok(term), process_count: ok(term) })]) {
          const read = readOverview(answer({ [part]: value }), node);
          assert.ok(JSON.stringify(read).length < 200_000);
        }
      }
    }
  });

  test('of a TypeScript node has what it reports', () => {
    const overview = readTypescriptOverview(
      pairs({
        versions: pairs({ node: text('24.1.0') }),
        memory: pairs({ total: 100, heap_used: 50 }),
        event_loop: pairs({ active_ms: 1, idle_ms: 3 }),
        uptime_ms: 5,
        peers: [atom('a@h')],
      }),
    );
    assert.deepEqual(overview?.memory, { total: 100, heap: 50 });
    assert.deepEqual([overview.eventLoopUse, overview.connections, overview.uptimeMs], [0.25, 1, 5]);
    for (const term of hostileTerms) {
      assert.doesNotThrow(() => readTypescriptOverview(term));
      readTypescriptOverview(pairs({ memory: term, versions: term, event_loop: term, peers: term }));
    }
  });
});

describe('the use of schedulers', () => {
  test('is the share of time between two samples, and dirty ones are apart', () => {
    const first = [tuple(1, 0, 0), tuple(2, 100, 1000), tuple(3, 0, 0)];
    const last = [tuple(1, 50, 100), tuple(2, 100, 2000), tuple(3, 100, 100)];
    assert.deepEqual(schedulerUse(first, last, 2), { average: 0.25, each: [0.5, 0], dirtyCpu: [1] });
  });

  test('is unknown where samples do not fit', () => {
    assert.equal(schedulerUse([], [tuple(1, 1, 1)], 2), undefined);
    for (const term of hostileTerms) {
      assert.equal(schedulerUse(term, [tuple(1, 1, 1)], 2), undefined);
      assert.doesNotThrow(() => schedulerUse([tuple(1, 1, 1)], term, 2));
    }
  });
});
