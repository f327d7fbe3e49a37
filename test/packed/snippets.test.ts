/**
 * Every snippet in the READMEs and guides runs, as it stands on the page and with the packages installed, on the oldest Node.js and on others, against
 * real peers. test/support/snippets has what readers put around it.
 */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { missingPeer } from '../support/erlang/erlang-node.ts';
import { onlyInAll } from '../support/extent.ts';
import { missingSshd } from '../support/network/ssh-server.ts';
import { missingRuntime, newestNode, oldestNode, ownNode, type Runtime } from '../support/packed/runtimes.ts';
import { Stranger } from '../support/packed/stranger.ts';
import { clusterScenes } from '../support/snippets/cluster-scenes.ts';
import { nodeScenes } from '../support/snippets/node-scenes.ts';
import type { Scene } from '../support/snippets/scene.ts';
import { allSnippets, type Snippet } from '../support/snippets/snippets-in.ts';
import { snippetCookie, SnippetWorld } from '../support/snippets/world.ts';

const snippets = allSnippets();
const scenes = new Map([...nodeScenes, ...clusterScenes].map(([page, ...own]) => [page, own]));

/** The snippet in its scene, with the values of the world in place. */
function programOf({ page, code }: Snippet, scene: Scene, values: Readonly<Record<string, string>>): string {
  let text = code;
  for (const [from, to] of Object.entries(scene.replace ?? {})) {
    assert.ok(text.includes(from), `${page} does not say ${from}`);
    text = text.replaceAll(from, to);
  }
  const program = `${scene.before ?? ''}${text}${scene.after ?? ''}`;
  return program.replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) => values[name] ?? whole);
}

function testSnippets(runtime: Runtime, skip: string | false): void {
  describe(`the snippets on ${runtime.name}`, { skip }, () => {
    let stranger: Stranger;
    let world: SnippetWorld;

    before(async () => {
      stranger = await Stranger.on(runtime);
      world = new SnippetWorld(stranger);
    });

    after(async () => {
      await world?.[Symbol.asyncDispose]();
      await stranger?.[Symbol.asyncDispose]();
    });

    for (const [number, snippet] of snippets.entries()) {
      const scene = scenes.get(snippet.page)?.[snippet.index] ?? {};
      const isLarge = scene.needs?.some((peer) => ['console', 'railway', 'ssh'].includes(peer)) ?? false;
      const reason = (isLarge && onlyInAll()) || (scene.needs?.includes('ssh') && missingSshd()) || false;
      test(`${snippet.page}:${snippet.line}`, { skip: reason }, async () => {
        const values = await world.valuesFor(scene);
        const file = stranger.write(`snippet-${number}.ts`, programOf(snippet, scene, values));
        const env = { COOKIE: snippetCookie, ERL_EPMD_PORT: String(await world.epmdPort()) };
        const { text, code } = await stranger.run([file], { env, input: scene.input ?? '' }).ended();
        assert.equal(code, 0, text);
        assert.match(text, scene.prints ?? /(?:)/);
      });
    }

    const asking = snippets.filter(({ code }) => code.includes('process.env.COOKIE'));
    for (const { page, line, code } of asking) {
      test(`${page}:${line} says that COOKIE is not set`, async () => {
        const file = stranger.write(`without-cookie-${line}.ts`, code);
        const { text, code: exitCode } = await stranger.run([file]).ended();
        assert.match(
          text,
          /the cookie is empty[^]*environment variable such as COOKIE, that variable is not set/,
        );
        assert.equal(exitCode, 1);
      });
    }
  });
}

test('every snippet has its scene, and every scene its snippet', () => {
  const found = Map.groupBy(snippets, ({ page }) => page);
  const counts = (of: ReadonlyMap<string, readonly unknown[]>): Record<string, number> =>
    Object.fromEntries(Array.from(of, ([page, own]) => [page, own.length]));
  assert.deepEqual(counts(found), counts(scenes));
});

const skip = missingPeer('25', 'elixir');
testSnippets(oldestNode, skip || missingRuntime(oldestNode));
testSnippets(ownNode, skip || onlyInAll());
testSnippets(newestNode, skip || onlyInAll() || missingRuntime(newestNode));
