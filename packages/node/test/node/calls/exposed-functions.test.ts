import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attack } from '../../../../../test/support/attack.ts';
import { ErlangError } from '../../../src/errors.ts';
import { atom, ExportFun, inspect, Pid, tuple, type Term } from '../../../src/etf/index.ts';
import { describeCall, parseTarget, remedyFor, hintFor } from '../../../src/node/calls/call-target.ts';
import { ExposedFunctions, type CallOutcome } from '../../../src/node/calls/exposed-functions.ts';
import { ServedCalls } from '../../../src/node/calls/served-calls.ts';
import { UnfinishedWork } from '../../../src/node/runtime/unfinished-work.ts';

const caller = new Pid('app@h', 1, 0, 1);
const never = new AbortController().signal;

async function call(table: ExposedFunctions, target: string, args: Term[] = []): Promise<CallOutcome> {
  const [module = '', name = ''] = target.split(':');
  const outcome = await table.call({
    module,
    function: name,
    args,
    peer: 'app@h',
    caller,
    groupLeader: caller,
    signal: never,
  });
  assert.ok(outcome !== undefined);
  return outcome;
}

describe('exposed functions', () => {
  attack(
    'Terms and frames',
    'a call with a million arguments fails with undef and a short message',
    async () => {
      const table = new ExposedFunctions();
      table.expose('m', { f: (...args: number[]) => args.length });
      const args: Term[] = Array.from({ length: 1_000_000 }, () => 1);
      assert.deepEqual(await call(table, 'm:f', args.slice(0, 255)), { class: 'return', value: 255 });
      assert.equal((await call(table, 'm:f', args)).class, 'error');
      assert.ok(describeCall({ module: 'm', function: 'f', args }, caller).length < 300);
    },
  );

  it('runs what is exposed, under either spelling of an Elixir module', async () => {
    const table = new ExposedFunctions();
    table.expose('Convoy.Math', { add: (a: number, b: number) => a + b });
    const expected = { class: 'return', value: 3 };
    assert.deepEqual(await call(table, 'Elixir.Convoy.Math:add', [1, 2]), expected);
    assert.deepEqual(await call(table, 'Convoy.Math:add', [1, 2]), expected);
  });

  it('answers undef for everything else, inherited names included', async () => {
    const table = new ExposedFunctions();
    table.expose('m', { f: () => 1 });
    for (const [module, name] of [
      ['m', 'g'],
      ['os', 'cmd'],
      ['m', 'constructor'],
      ['__proto__', 'toString'],
    ] as const) {
      const outcome = await call(table, `${module}:${name}`, [1]);
      const stack = [tuple(atom(module), atom(name), [1], [])];
      assert.deepEqual(outcome, { class: 'error', reason: atom('undef'), stack });
    }
  });

  it('withdraws functions, except those that were exposed again', async () => {
    const table = new ExposedFunctions();
    const takeBack = table.expose('m', { f: () => 1, g: () => 1 });
    table.expose('m', { f: () => 2 });
    takeBack();
    assert.deepEqual(await call(table, 'm:f'), { class: 'return', value: 2 });
    assert.equal(table.has('m', 'g', 0), false);
  });

  it('gives the context to functions that ask for it', async () => {
    const table = new ExposedFunctions();
    table.exposeWithContext('m', { who: (context, x: number) => [context.caller, context.function, x] });
    assert.deepEqual(await call(table, 'm:who', [7]), { class: 'return', value: [caller, 'who', 7] });
  });
});

describe('results that are not terms', () => {
  const notTerms: Record<string, unknown> = {
    'a symbol': Symbol('s'),
    'a function': () => 1,
    'not a number': NaN,
    'half a character': '\ud800',
    'a symbol in a tuple': tuple(atom('ok'), Symbol('s') as unknown as Term),
  };
  for (const [what, value] of Object.entries(notTerms)) {
    it(`${what} fails the call, returned at once, later or as a reason`, async () => {
      const table = new ExposedFunctions();
      table.expose('m', {
        now: () => value,
        later: () => Promise.resolve(value),
        throwing: () => {
          throw new ErlangError('ERLANG_THROW', value);
        },
      });
      for (const name of ['now', 'later', 'throwing']) {
        const outcome = await call(table, `m:${name}`);
        assert.equal(outcome.class, 'error');
        assert.match(inspect(outcome.reason), /^{:convoy_error, :ENCODE_\w+, /);
      }
    });
  }

  it('whatever is thrown fails the call with a text', async () => {
    const table = new ExposedFunctions();
    const bad = Object.create(null) as object;
    const lying = Object.defineProperty(new Error('x'), 'message', {
      get: () => {
        throw new Error('no');
      },
    });
    const thrown: unknown[] = [Symbol('s'), bad, lying, '\ud800', null, undefined];
    for (const [index, value] of thrown.entries()) {
      const fail = (): never => {
        throw value;
      };
      table.expose(`m${index}`, { now: fail, later: () => Promise.resolve().then(fail) });
      for (const name of ['now', 'later']) {
        const outcome = await call(table, `m${index}:${name}`);
        assert.equal(outcome.class, 'error');
        assert.match(inspect(outcome.reason), /^{:convoy_error, nil, ".+"}$/);
      }
    }
  });
});

describe('served calls', () => {
  const target = { module: 'm', function: 'wait', args: [] };

  function served(maxCalls: number): { calls: ServedCalls; signals: AbortSignal[]; finish: (() => void)[] } {
    const functions = new ExposedFunctions();
    const signals: AbortSignal[] = [];
    const finish: (() => void)[] = [];
    functions.exposeWithContext('m', {
      wait: ({ signal }) => {
        signals.push(signal);
        return new Promise<number>((resolve) => finish.push(() => resolve(1)));
      },
    });
    return {
      calls: new ServedCalls({ node: 'us@h', functions, work: new UnfinishedWork(), maxCalls }),
      signals,
      finish,
    };
  }

  it('takes no more calls of a peer than the limit, and again when one is done', async () => {
    const { calls, finish } = served(1);
    const first = calls.start(target, { caller, groupLeader: caller, peer: 'app@h' });
    const second = await calls.start(target, { caller, groupLeader: caller, peer: 'app@h' }).outcome;
    assert.deepEqual(second, { class: 'error', reason: atom('system_limit'), stack: [] });
    void calls.start(target, { caller, groupLeader: caller, peer: 'other@h' });
    finish[0]?.();
    await first.outcome;
    assert.equal(finish.length, 2);
    void calls.start(target, { caller, groupLeader: caller, peer: 'app@h' });
    assert.equal(finish.length, 3);
  });

  it('aborts one call, or all of a peer that is gone', () => {
    const { calls, signals } = served(9);
    calls.start(target, { caller, groupLeader: caller, peer: 'app@h' }).cancel();
    calls.start(target, { caller, groupLeader: caller, peer: 'app@h' });
    assert.deepEqual(
      signals.map((signal) => signal.aborted),
      [true, false],
    );
    calls.cancelAll('app@h');
    assert.equal(signals[1]?.aborted, true);
  });
});

describe('requests of peers', () => {
  it('finds the function behind apply', () => {
    const m = { module: 'm', function: 'f', args: [1] };
    assert.deepEqual(parseTarget(atom('m'), atom('f'), [1]), m);
    assert.deepEqual(parseTarget(atom('erlang'), atom('apply'), [new ExportFun('m', 'f', 1), [1]]), m);
    assert.deepEqual(parseTarget(atom('erlang'), atom('apply'), [atom('m'), atom('f'), [1]]), m);
    assert.equal(parseTarget(atom('erlang'), atom('apply'), [1, 2])?.function, 'apply');
    const spawned = [new Pid('app@h', 1, 0, 1), [], atom('m'), atom('f'), [1]];
    assert.deepEqual(parseTarget(atom('proc_lib'), atom('init_p'), spawned), m);
    const fun = new ExportFun('m', 'g', 0);
    const none = { module: 'm', function: 'g', args: [] };
    assert.deepEqual(parseTarget(atom('proc_lib'), atom('init_p'), [spawned[0], [], fun]), none);
    assert.equal(parseTarget(atom('proc_lib'), atom('init_p'), [])?.function, 'apply');
    assert.equal(parseTarget(5, atom('f'), []), undefined);
    assert.equal(parseTarget(atom('m'), atom('f'), 5), undefined);
  });

  it('describes a refused call shortly and says what to do', () => {
    const iex = { module: 'Elixir.IEx.Server', function: 'run', args: [new Uint8Array(100_000)] };
    assert.ok(describeCall(iex, caller).length < 400);
    assert.match(hintFor(iex, 'us@h') ?? '', /us@h .*its own shell/);
    const livebook = { module: 'Elixir.System', function: 'version', args: [] };
    assert.match(hintFor(livebook, 'us@h') ?? '', /us@h .*Livebook cannot attach/);
    assert.match(remedyFor({ module: 'm', function: 'f', args: [] }, 'us@h'), /node\.expose\('m', \{ f/);
  });
});
