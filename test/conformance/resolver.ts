/**
 * What every `Resolver` ("EPMD module") must do, as one suite. A resolver's own test calls `testResolver` with a way to
 * make it and what it can do.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

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
}

export interface ResolverFixture extends AsyncDisposable {
  readonly resolver: TestedResolver;
  /** A node that the resolver finds, and where. */
  readonly known?: { readonly name: string; readonly host: string; readonly port: number };
}

export interface ResolverCapabilities {
  readonly title: string;
  /** Whether what is registered is found by others; otherwise the reason why not. */
  readonly publishes: true | string;
}

export function testResolver(make: () => Promise<ResolverFixture>, can: ResolverCapabilities): void {
  const skip = can.publishes === true ? false : can.publishes;

  describe(`resolver ${can.title}`, { timeout: 30_000 }, () => {
    test('answers undefined for a name it is sure not to know', async () => {
      await using fixture = await make();
      const found = await fixture.resolver.resolve(`nobody${process.pid}@127.0.0.1`, {});
      assert.equal(found, undefined);
    });

    test('finds and lists a node that it knows', async () => {
      await using fixture = await make();
      const { known, resolver } = fixture;
      if (known === undefined) return;
      const found = await resolver.resolve(`${known.name}@${known.host}`, {});
      assert.equal(found?.port, known.port);
      const names = await resolver.names(known.host, {});
      assert.ok(names.some(({ name, port }) => name === known.name && port === known.port));
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

    test('what is registered is found until it is closed', { skip }, async () => {
      await using fixture = await make();
      const { resolver } = fixture;
      const request = { name: 'conformance', host: '127.0.0.1', port: 41_001, hidden: true };
      const registration = await resolver.register(request, {});
      const found = await resolver.resolve('conformance@127.0.0.1', {});
      assert.deepEqual([found?.host, found?.port], ['127.0.0.1', 41_001]);
      await registration.close();
      await untilUnknown(resolver, 'conformance@127.0.0.1');
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
        await untilUnknown(resolver, 'twice@127.0.0.1');
        const second = await resolver.register(request, {});
        assert.notEqual(second.creation, first.creation);
        await second.close();
      },
    );
  });
}

/** The far end learns of a closed registration a moment later. */
async function untilUnknown(resolver: TestedResolver, peer: string): Promise<void> {
  const deadline = performance.now() + 5000;
  while ((await resolver.resolve(peer, {})) !== undefined) {
    assert.ok(performance.now() < deadline, `${peer} is still registered`);
  }
}
