/**
 * The rules for every `Resolver` ("EPMD module"), as one suite. The test of a resolver calls `testResolver` with a way to
 * create it and its capabilities.
 */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventuallyEqual } from '../support/eventually.ts';

/** The contract, by shape, so that resolvers of any package can be tested without deep imports. */
export interface TestedResolver {
  resolve(
    peer: string,
    options: { signal?: AbortSignal },
  ): Promise<{ host: string; port: number; version?: number | undefined } | undefined>;
  register(
    request: { name: string; host: string; port: number; hidden: boolean },
    options: { signal?: AbortSignal },
  ): Promise<{ creation: number | undefined; close(): Promise<void> }>;
  names(host: string, options: { signal?: AbortSignal }): Promise<readonly { name: string; port: number }[]>;
  listenPort?(name: string): number | undefined;
}

export interface ResolverFixture extends AsyncDisposable {
  readonly resolver: TestedResolver;
  /** A node that the resolver finds, with its address. */
  readonly known?: { readonly name: string; readonly host: string; readonly port: number };
  /** A node for which the resolver prescribes the port to listen on. */
  readonly listens?: { readonly node: string; readonly port: number };
}

export interface ResolverCapabilities {
  readonly title: string;
  /** `true` if other resolvers find a registered node; otherwise the reason why not. */
  readonly publishes: true | string;
  /** `true` if it can list the nodes it knows; otherwise the reason why not. Default true. */
  readonly lists?: true | string;
  /** A name that it certainly does not know, or the reason why every name is known. Default: one with our process id. */
  readonly unknown?: { readonly node: string } | string;
}

export function testResolver(make: () => Promise<ResolverFixture>, can: ResolverCapabilities): void {
  const skip = can.publishes === true ? false : can.publishes;
  const { lists = true, unknown = { node: `nobody${process.pid}@127.0.0.1` } } = can;

  describe(`resolver ${can.title}`, () => {
    test(
      'answers undefined for a name that it certainly does not know',
      { skip: typeof unknown === 'string' ? unknown : false },
      async () => {
        if (typeof unknown === 'string') return;
        await using fixture = await make();
        assert.equal(await fixture.resolver.resolve(unknown.node, {}), undefined);
      },
    );

    test('answers with host, port and version of a node that it knows', async () => {
      await using fixture = await make();
      const { known, resolver } = fixture;
      if (known === undefined) return;
      const found = await resolver.resolve(`${known.name}@${known.host}`, {});
      assert.equal(found?.port, known.port);
      assert.ok(found.host.length > 0);
      assert.ok(found.version === undefined || found.version >= 5, String(found.version));
    });

    test('gives the same answer to concurrent lookups', async () => {
      await using fixture = await make();
      const { known, resolver } = fixture;
      if (known === undefined) return;
      const asked = Array.from({ length: 5 }, () => resolver.resolve(`${known.name}@${known.host}`, {}));
      const ports = (await Promise.all(asked)).map((found) => found?.port);
      assert.deepEqual(
        ports,
        Array.from({ length: 5 }, () => known.port),
      );
    });

    test('lists a node that it knows', { skip: lists === true ? false : lists }, async () => {
      await using fixture = await make();
      const { known, resolver } = fixture;
      if (known === undefined) return;
      const names = await resolver.names(known.host, {});
      const rows = names.filter(({ name }) => name === known.name);
      assert.deepEqual(
        rows.map(({ port }) => port),
        [known.port],
      );
    });

    test('prescribes a usable port to listen on or none', async () => {
      await using fixture = await make();
      const { listens, resolver } = fixture;
      const other = resolver.listenPort?.('conformance@127.0.0.1');
      assert.ok(
        other === undefined || (Number.isInteger(other) && other > 0 && other < 65_536),
        String(other),
      );
      if (listens !== undefined) assert.equal(resolver.listenPort?.(listens.node), listens.port);
    });

    test('a registration has a usable creation or none, and closes twice', async () => {
      await using fixture = await make();
      const request = { name: 'conformance', host: '127.0.0.1', port: 41_000, hidden: false };
      const registration = await fixture.resolver.register(request, {});
      const { creation } = registration;
      assert.ok(creation === undefined || (creation > 3 && creation < 2 ** 32), String(creation));
      await registration.close();
      await registration.close();
    });

    test('a registered node is found until its registration is closed', { skip }, async () => {
      await using fixture = await make();
      const { resolver } = fixture;
      const request = { name: 'conformance', host: '127.0.0.1', port: 41_001, hidden: true };
      const registration = await resolver.register(request, {});
      const found = await resolver.resolve('conformance@127.0.0.1', {});
      assert.deepEqual([found?.host, found?.port], ['127.0.0.1', 41_001]);
      await registration.close();
      await waitForUnknown(resolver, 'conformance@127.0.0.1');
    });

    test(
      'a name is held by one node at a time, and creations differ from one holder to the next',
      { skip },
      async () => {
        await using fixture = await make();
        const { resolver } = fixture;
        const request = { name: 'twice', host: '127.0.0.1', port: 41_002, hidden: false };
        const first = await resolver.register(request, {});
        await assert.rejects(resolver.register({ ...request, port: 41_003 }, {}), {
          code: 'EPMD_NAME_TAKEN',
        });
        await first.close();
        await waitForUnknown(resolver, 'twice@127.0.0.1');
        const second = await resolver.register(request, {});
        assert.notEqual(second.creation, first.creation);
        await second.close();
      },
    );
  });
}

/** The other end notices a closed registration a moment later. */
async function waitForUnknown(resolver: TestedResolver, peer: string): Promise<void> {
  await eventuallyEqual(() => resolver.resolve(peer, {}), undefined);
}
