/** The places of one platform that users open and close, here places that exist in memory only. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LaunchedNode } from '@convoy/cluster';
import { Faults } from '../../src/fault-boundary.ts';
import type { OwnNode, OwnNodes } from '../../src/own-nodes.ts';
import { type OpenedPlace, OpenPlaces, type OpenPlacesOptions } from '../../src/places/open-places.ts';
import { PlaceRegistry } from '../../src/places/place-registry.ts';

interface MemoryPlace extends OpenedPlace {
  hasFailed: boolean;
}

/** A platform, and what happened in it, in order. */
function makePlatform(options: Partial<OpenPlacesOptions> = {}) {
  const done: string[] = [];
  const note = (what: string): Promise<void> => {
    done.push(what);
    return Promise.resolve();
  };
  const places = new PlaceRegistry();
  const faults = new Faults({ error: () => undefined });
  const own: Partial<OwnNodes> = { release: () => note('release its own node') };
  const open = new OpenPlaces<MemoryPlace>(
    {
      ...{ places, faults, nodeLimit: 12, own: own as OwnNodes, logger: { warn: () => undefined } },
      launched: {
        adopt: ({ key }, node) => void note(`adopt ${node.name} in ${key}`),
        remove: () => undefined,
        forgetPlace: () => void note('forget its nodes'),
      },
      attached: { attach: () => Promise.resolve(), detachAll: () => note('detach') },
    },
    {
      limit: 2,
      full: { what: 'places are open', remedy: 'Close one.' },
      unknown: { what: 'no place', remedy: 'List them.' },
      ...options,
    },
  );
  let made = 0;
  const makePlace = (key: string, change: Partial<MemoryPlace> = {}): MemoryPlace => {
    const closing = new AbortController();
    closing.signal.addEventListener('abort', () => void note('abort'));
    made += 1;
    return {
      ...{ id: `id-${made}`, key, identity: key, kind: 'memory', label: key, provider: undefined },
      ...{ view: { key }, nodesFindEachOther: false, hasFailed: false, closing, opening: Promise.resolve() },
      own: {} as OwnNode,
      scope: { kind: 'host', name: key, end: () => void note('fail') },
      lists: () => false,
      examine: () => Promise.resolve(undefined),
      stopNodes: () => note('stop its nodes'),
      release: () => note('release'),
      ...change,
    };
  };
  const openPlace = (key: string, change: Partial<MemoryPlace> = {}): Promise<MemoryPlace> =>
    open.open(key, async (add) => add(makePlace(key, change)));
  return { open, places, done, makePlace, openPlace };
}

function nodeNamed(name: string): LaunchedNode {
  return { name, kind: 'erlang', exited: new Promise(() => undefined) };
}

describe('opening a place', () => {
  test('makes it known by its id and its key', async () => {
    const { open, places, openPlace } = makePlatform();
    const place = await openPlace('a');
    assert.equal(open.find(place.id), place);
    assert.equal(places.find('a'), place);
    assert.deepEqual(open.views, [{ key: 'a' }]);
    assert.throws(() => open.find('x'), { code: 'CONSOLE_NOT_FOUND', message: 'no place has the id x' });
  });

  test('is done once, however many ask for it', async () => {
    const { open, openPlace, makePlace } = makePlatform();
    const ready = Promise.withResolvers<void>();
    const slow = open.open('a', async (add) => {
      await ready.promise;
      return add(makePlace('a'));
    });
    const second = openPlace('a');
    ready.resolve();
    assert.equal(await second, await slow);
    assert.equal(await openPlace('a'), await slow);
    assert.equal(open.all.length, 1);
  });

  test('is refused at the limit, which places that are being opened count towards', async () => {
    const { open, openPlace } = makePlatform();
    await openPlace('a');
    void open.open('b', () => new Promise(() => undefined));
    await assert.rejects(openPlace('c'), {
      code: 'CONSOLE_TOO_MANY',
      message: '2 places are open, which is the limit',
      remedy: 'Close one.',
    });
    assert.equal((await openPlace('a')).key, 'a', 'one that is open is still given back');
  });

  test('that fails leaves nothing, and can be repeated', async () => {
    const { open, places, openPlace } = makePlatform();
    await assert.rejects(
      open.open('a', () => Promise.reject(new Error('no route'))),
      /no route/,
    );
    assert.deepEqual([open.all, places.all], [[], []]);
    await openPlace('a');
  });

  test('that fails is not confused with the next one', async () => {
    const { open, makePlace } = makePlatform();
    const unreachable = Promise.withResolvers<never>();
    const reached = Promise.withResolvers<void>();
    const first = open.open('a', () => unreachable.promise);
    const second = open.open('a', () => unreachable.promise);
    const third = first.catch(() =>
      open.open('a', async (add) => {
        await reached.promise;
        return add(makePlace('a'));
      }),
    );
    unreachable.reject(new Error('no route'));
    await assert.rejects(second, /no route/);
    const fourth = open.open('a', () => Promise.reject(new Error('made twice')));
    reached.resolve();
    assert.equal(await fourth, await third);
  });

  test('starts afresh when it had failed, also at the limit', async () => {
    const { open, done, openPlace } = makePlatform();
    await openPlace('a');
    const failed = await openPlace('b');
    failed.hasFailed = true;
    const again = await openPlace('b');
    assert.notEqual(again, failed);
    assert.ok(done.includes('release'), 'what the first one held is given back');
    assert.equal(open.all.length, 2);
  });
});

describe('closing a place', () => {
  test('ends its work, leaves the nodes of others, stops its own, and forgets them', async () => {
    const { open, places, done, openPlace } = makePlatform();
    const { id } = await openPlace('a');
    await open.close(id);
    assert.deepEqual(done, [
      ...['abort', 'detach', 'stop its nodes', 'forget its nodes', 'release', 'release its own node'],
    ]);
    assert.deepEqual([open.all, places.all], [[], []]);
    await assert.rejects(open.close(id), { code: 'CONSOLE_NOT_FOUND' });
  });

  test('launches nothing more there while it closes, and is done once', async () => {
    const { open, places, done, openPlace } = makePlatform();
    const stopped = Promise.withResolvers<void>();
    const { id } = await openPlace('a', { stopNodes: () => stopped.promise });
    const closing = Promise.all([open.close(id), open.close(id)]);
    assert.equal(places.find('a'), undefined);
    stopped.resolve();
    await closing;
    assert.equal(done.filter((what) => what === 'release').length, 1);
  });

  test('is over before the same place is opened again', async () => {
    const { open, done, openPlace } = makePlatform();
    const stopped = Promise.withResolvers<void>();
    const { id } = await openPlace('a', { stopNodes: () => stopped.promise });
    const closing = open.close(id);
    const again = openPlace('a');
    stopped.resolve();
    await closing;
    assert.notEqual((await again).id, id);
    assert.equal(done.at(-1), 'release its own node');
    assert.equal(open.all.length, 1);
  });

  test('does not wait longer than the grace period for its nodes', async () => {
    const { open, done, openPlace } = makePlatform({ stopGraceMs: 1 });
    const { id } = await openPlace('a', { stopNodes: () => new Promise(() => undefined) });
    await open.close(id);
    assert.deepEqual(done.slice(2), ['forget its nodes', 'release', 'release its own node']);
  });

  test('reports what could not be stopped once everything else is given back', async () => {
    const { open, done, openPlace } = makePlatform();
    const { id } = await openPlace('a', { stopNodes: () => Promise.reject(new Error('still there')) });
    await assert.rejects(open.close(id), /still there/);
    assert.equal(done.at(-1), 'release its own node');
    assert.deepEqual(open.all, []);
  });

  test('closes all of them', async () => {
    const { open, openPlace } = makePlatform();
    await Promise.all([openPlace('a'), openPlace('b')]);
    await open.closeAll();
    assert.deepEqual(open.all, []);
  });
});

describe('a place that is open', () => {
  test('adopts the nodes that were found again, and hears of those that do not answer', async () => {
    const { open, done, openPlace } = makePlatform();
    const place = await openPlace('a');
    const failures: string[] = [];
    await open.adopt(place, ['up@h', 'gone@h', 'silent@h'], {
      adopt: async (name) => {
        if (name === 'silent@h') throw new Error('no answer');
        return name === 'gone@h' ? undefined : nodeNamed(name);
      },
      onFailure: (name) => failures.push(name),
    });
    assert.deepEqual([done, failures], [['adopt up@h in a'], ['silent@h']]);
  });

  test('adopts nothing once it is closing, and has no failures either', async () => {
    const { open, done, openPlace } = makePlatform();
    const place = await openPlace('a');
    place.closing.abort();
    await open.adopt(place, ['up@h', 'silent@h'], {
      adopt: async (name) => {
        if (name === 'silent@h') throw new Error('no answer');
        return nodeNamed(name);
      },
      onFailure: (name) => done.push(`failure of ${name}`),
    });
    assert.deepEqual(done, ['abort']);
  });
});
