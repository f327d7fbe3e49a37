import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConsoleError } from '../../src/errors.ts';
import { Faults } from '../../src/fault-boundary.ts';
import type { NodeView } from '../../src/protocol/index.ts';
import { OtherConsoles } from '../../src/sharing/other-consoles.ts';
import type { ConsoleRecords, SharedConsole } from '../../src/store/store.ts';
import { eventually } from '../../../../test/support/eventually.ts';
import { makeMemoryRecords } from '../../../../test/support/store/memory-records.ts';
import { nodeView } from './node-view.ts';

const one: SharedConsole = { id: '11111111', label: 'web-1:4000', url: 'https://one.example.com/' };
const two: SharedConsole = { id: '22222222', label: 'web-2:4000' };

interface Console extends AsyncDisposable {
  readonly others: OtherConsoles;
  /** Its own nodes. */
  nodes: NodeView[];
  readonly warnings: string[];
  /** Ids of the nodes of others that it has told its pages are gone. */
  readonly gone: string[];
}

function startConsole(records: ConsoleRecords | undefined, self: SharedConsole, silentMs = 60_000): Console {
  const warnings: string[] = [];
  const gone: string[] = [];
  const faults = new Faults({ error: (detail) => assert.fail(JSON.stringify(detail)) });
  const console: { nodes: NodeView[] } = { nodes: [] };
  const others = new OtherConsoles({
    ...{ records, self, faults, everyMs: 5, silentMs },
    registry: {
      views: () => console.nodes,
      find: (id) => console.nodes.find((view) => view.id === id),
    },
    logger: { warn: (_, message) => warnings.push(message) },
  });
  others.subscribe((changes) => gone.push(...changes.gone));
  return Object.assign(console, {
    ...{ others, warnings, gone },
    [Symbol.asyncDispose]: () => others.close(),
  });
}

const names = ({ others }: Console): string[] => others.views().map(({ name }) => name);

describe('consoles with one store', () => {
  test('list one another’s nodes as those change', async () => {
    await using fixture = await makeMemoryRecords();
    await using first = startConsole(fixture.records, one);
    first.nodes = [nodeView({ id: 'a@h', name: 'a@h' })];
    await using second = startConsole(fixture.records, two);
    second.nodes = [nodeView({ id: 'b@h', name: 'b@h' })];
    await eventually('each lists the node of the other', 20_000, () => {
      assert.deepEqual([names(first), names(second)], [['b@h'], ['a@h']]);
    });
    const [shown] = second.others.views();
    assert.deepEqual(shown?.owner, one);
    first.nodes = [nodeView({ id: 'c@h', name: 'c@h', status: 'crashed' })];
    await eventually('the change is seen', 20_000, () => assert.deepEqual(names(second), ['c@h']));
    assert.equal(second.others.views()[0]?.status, 'crashed');
    assert.deepEqual(second.gone, ['11111111:a@h']);
    await first.others.close();
    await eventually('a console that is stopped is gone', 20_000, () => assert.deepEqual(names(second), []));
    assert.deepEqual([...first.warnings, ...second.warnings], []);
  });

  test('leave the nodes of others alone, and say whose they are', async () => {
    await using fixture = await makeMemoryRecords();
    await using first = startConsole(fixture.records, one);
    await using second = startConsole(fixture.records, two);
    [first.nodes, second.nodes] = [[nodeView({})], [nodeView({})]];
    await eventually('both are listed', 20_000, () =>
      assert.deepEqual([names(first), names(second)], [['app@h'], ['app@h']]),
    );
    first.others.checkOwn('app@h');
    first.others.checkOwn('11111111:app@h');
    assert.throws(() => first.others.checkOwn('22222222:app@h'), {
      code: 'CONSOLE_OTHER_CONSOLE',
      message: 'app@h is a node of the console web-2:4000, and only that console reaches it',
      remedy: 'Use the console web-2:4000.',
    });
    second.nodes = [];
    assert.throws(() => second.others.checkOwn('app@h'), { code: 'CONSOLE_OTHER_CONSOLE' });
    second.others.checkOwn('another@h');
    assert.throws(() => second.others.checkOwn('11111111:app@h'), {
      remedy: 'Use that console: https://one.example.com/',
    });
  });

  test('show a console that has died as last seen, and as it is when it is back', async () => {
    await using fixture = await makeMemoryRecords();
    await using second = startConsole(fixture.records, two, 200);
    // A console that was killed: its row stays, and nothing says that it is there.
    const nodes = JSON.stringify([nodeView({})]);
    await fixture.records.announce(one, nodes);
    await eventually('it is gone', 20_000, () => {
      assert.equal(second.others.views()[0]?.status, 'unreachable');
    });
    const [view] = second.others.views();
    assert.match(
      view?.problem?.message ?? '',
      /the console web-1:4000, which has this node, was last seen at 20/,
    );
    assert.ok((view?.owner?.lastSeenAt ?? 0) > 0);
    await fixture.run(`update shared_consoles set seen_at = seen_at + 1000000000 where id = '${one.id}'`);
    await eventually('it is back', 20_000, () => assert.equal(second.others.views()[0]?.status, 'up'));
    assert.equal(second.others.views()[0]?.owner?.lastSeenAt, undefined);
  });

  test('that are called alike are told apart', async () => {
    await using fixture = await makeMemoryRecords();
    const twins = ['33333333', '44444444'].map((id) => ({ id, label: 'console:4000' }));
    for (const twin of twins) await fixture.records.announce(twin, JSON.stringify([nodeView({})]));
    await using second = startConsole(fixture.records, two);
    await eventually('both are listed', 20_000, () => assert.equal(second.others.views().length, 2));
    const shown = second.others.views();
    assert.deepEqual(
      shown.map(({ owner, cluster }) => [owner?.label, cluster]),
      twins.map(({ id }) => [`console:4000 (${id})`, `console:console:4000 (${id})`]),
    );
  });

  test('go on without their store, and say once that they do', async () => {
    await using fixture = await makeMemoryRecords();
    let isDown = false;
    const check = (): void => {
      if (isDown) throw new ConsoleError('CONSOLE_STORE_UNREACHABLE', 'cannot use the store: it is down');
    };
    let refused = 0;
    const records: ConsoleRecords = {
      ...fixture.records,
      async touch(id) {
        if (isDown) refused += 1;
        check();
        return fixture.records.touch(id);
      },
    };
    await fixture.records.announce(one, JSON.stringify([nodeView({})]));
    await using second = startConsole(records, two, 60_000);
    await eventually('it is listed', 20_000, () => assert.deepEqual(names(second), ['app@h']));
    isDown = true;
    await eventually('some attempts have failed', 20_000, () => assert.ok(refused > 2));
    assert.deepEqual(names(second), ['app@h']);
    assert.deepEqual(second.warnings, ['nodes of other consoles are out of date']);
    isDown = false;
    await fixture.records.announce(one, '[]');
    await eventually('it follows again', 20_000, () => assert.deepEqual(names(second), []));
  });
});

test('a console with a store of its own lists no others', async () => {
  await using alone = startConsole(undefined, one);
  assert.deepEqual(alone.others.views(), []);
  alone.others.checkOwn('app@h');
});
