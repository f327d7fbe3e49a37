import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { EvaluationContext } from '../../src/evaluator/evaluation-context.ts';
import { completeName } from '../../src/evaluator/property-completion.ts';

function contextWith(
  scope: Record<string, unknown> = {},
  blockLimitMs: number = 5000,
): EvaluationContext & Disposable {
  const context = new EvaluationContext({ scope, blockLimitMs });
  return Object.assign(context, { [Symbol.dispose]: () => context.dispose() });
}

async function value(context: EvaluationContext, code: string): Promise<unknown> {
  const outcome = await context.evaluate(code, 'test');
  assert.equal(outcome.kind, 'value', inspect(outcome));
  return outcome.kind === 'value' ? outcome.value : undefined;
}

describe('an evaluation context', () => {
  it('gives values themselves, of every kind', async () => {
    const shared = { a: 1 };
    using context = contextWith({ shared });
    assert.equal(await value(context, 'shared'), shared);
    assert.equal(await value(context, '1 + 1'), 2);
    assert.equal(await value(context, '10n ** 20n'), 10n ** 20n);
    assert.equal(await value(context, 'undefined'), undefined);
    assert.equal(await value(context, 'null'), null);
    assert.ok(Object.is(await value(context, '-0'), -0));
    assert.ok(Number.isNaN(await value(context, 'NaN')));
    assert.equal(typeof (await value(context, 'Symbol("x")')), 'symbol');
    assert.deepEqual(await value(context, '"é日"'), 'é日');
  });

  it('keeps declarations, and lets them be repeated', async () => {
    using context = contextWith();
    await value(context, 'const x = 1; let y = 2; class A {}; function f() { return x + y }');
    assert.equal(await value(context, 'f()'), 3);
    await value(context, 'const x = 10');
    assert.equal(await value(context, 'f()'), 12);
  });

  it('awaits at the top level', async () => {
    using context = contextWith();
    await value(context, 'const x = await new Promise((resolve) => setTimeout(resolve, 1, 7))');
    assert.equal(await value(context, 'x'), 7);
    assert.equal(await value(context, '(await import("node:path")).sep'), '/');
  });

  it('goes on while an await never ends, with its bindings', async () => {
    using context = contextWith();
    await value(context, 'const kept = 1');
    void context.evaluate('const lost = await new Promise(() => {})', 'test');
    assert.equal(await value(context, 'kept'), 1);
    assert.equal(await value(context, 'const lost = 2; lost'), 2);
  });

  it('gives what is thrown itself', async () => {
    using context = contextWith();
    const outcome = await context.evaluate('throw { code: 7 }', 'test');
    assert.deepEqual(outcome.kind === 'thrown' && { ...(outcome.error as object) }, { code: 7 });
    const rejected = await context.evaluate('await Promise.reject(new TypeError("no"))', 'test');
    assert.match(inspect(rejected.kind === 'thrown' && rejected.error), /TypeError: no\n +at test:1/);
  });

  it('stops a loop that never yields', async () => {
    using context = contextWith({}, 200);
    const outcome = await context.evaluate('for (;;) {}', 'test');
    assert.match(inspect(outcome.kind === 'thrown' && outcome.error), /stopped: it ran for 0.2 s/);
    assert.equal(await value(context, '1'), 1);
  });

  it('makes bytes and maps that the node knows as its own', async () => {
    using context = contextWith();
    assert.ok((await value(context, 'new Uint8Array(2)')) instanceof Uint8Array);
    assert.ok((await value(context, 'Buffer.from("x")')) instanceof Uint8Array);
    assert.ok((await value(context, 'new Map([[1, 2]])')) instanceof Map);
  });

  it('is apart from other contexts and from the program', async () => {
    using one = contextWith();
    using two = contextWith();
    await value(one, 'var leaked = 1; const own = 2');
    assert.equal(await value(two, 'typeof leaked + typeof own'), 'undefinedundefined');
    assert.equal('leaked' in globalThis, false);
  });
});

describe('completeName', () => {
  it('completes globals and declarations', async () => {
    using context = contextWith({ service: {} });
    await value(context, 'const counterOne = 1, counterTwo = 2');
    assert.deepEqual(completeName(context, 'counterO'), { insert: 'ne', names: [] });
    assert.deepEqual(completeName(context, 'f(count'), { insert: 'er', names: [] });
    assert.deepEqual(completeName(context, 'counter'), { insert: '', names: ['counterOne', 'counterTwo'] });
    assert.deepEqual(completeName(context, 'await servi'), { insert: 'ce', names: [] });
    assert.deepEqual(completeName(context, 'encodeURICom'), { insert: 'ponent', names: [] });
  });

  it('completes properties along data properties and prototypes', async () => {
    using context = contextWith({ service: { inner: { start: 1, stop: 2 } } });
    await value(context, 'const list = [1]; class A { method() {} }; const a = new A()');
    assert.deepEqual(completeName(context, 'service.in'), { insert: 'ner', names: [] });
    assert.deepEqual(completeName(context, 'service.inner.st'), { insert: '', names: ['start', 'stop'] });
    assert.deepEqual(completeName(context, 'service?.inner?.sta'), { insert: 'rt', names: [] });
    assert.deepEqual(completeName(context, 'list.findL'), { insert: 'ast', names: [] });
    assert.deepEqual(completeName(context, 'a.meth'), { insert: 'od', names: [] });
    assert.deepEqual(completeName(context, 'Math.hyp'), { insert: 'ot', names: [] });
    assert.deepEqual(completeName(context, '"text".le'), { insert: '', names: [] });
    assert.deepEqual(completeName(context, 'nothing.here'), { insert: '', names: [] });
  });

  it('calls no getter and touches no proxy', () => {
    let calls = 0;
    const trap = (): never => {
      calls += 1;
      throw new Error('touched');
    };
    const getter = Object.defineProperty({}, 'now', { get: trap, enumerable: true });
    const proxy = new Proxy(
      {},
      { get: trap, ownKeys: trap, getOwnPropertyDescriptor: trap, getPrototypeOf: trap },
    );
    using context = contextWith({ getter, proxy });
    assert.deepEqual(completeName(context, 'getter.n'), { insert: 'ow', names: [] });
    assert.deepEqual(completeName(context, 'getter.now.x'), { insert: '', names: [] });
    assert.deepEqual(completeName(context, 'proxy.x'), { insert: '', names: [] });
    assert.equal(calls, 0);
  });
});
