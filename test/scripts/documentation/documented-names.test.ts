/** Names in camel case that guides and references write in code are names of the sources: `whenWritable`, `node.connect(...)`. */

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** Names of Railway, Kubernetes and Erlang that no source needs. */
const foreign = new Set(['overlapSeconds', 'publishNotReadyAddresses']);

/** Members in TypeScript blocks, and words in camel case in code spans that are one name, path or call. */
function namesIn(text: string): Set<string> {
  const blocks = Array.from(text.matchAll(/^```ts\n(.*?)^```$/gms), ([, block = '']) =>
    block.replaceAll(/\/\/.*|'[^'\n]*'/g, ''),
  );
  const members = blocks.flatMap((block) =>
    Array.from(block.matchAll(/\.([a-z]\w*)/g), ([, name = '']) => name),
  );
  const spans = Array.from(text.matchAll(/`([\w.]+(?:\([^`\n]*\))?)`/g), ([, span = '']) => span);
  const words = spans.flatMap((span) =>
    Array.from(span.matchAll(/\b[a-z]+(?:[A-Z][a-z0-9]*)+\b/g), ([name]) => name),
  );
  return new Set([...members, ...words]);
}

describe('names in the guides', () => {
  const sources = globSync('packages/*/src/**/*.{ts,tsx}', { cwd: root });
  const known = new Set(
    sources.flatMap((source) => readFileSync(join(root, source), 'utf8').match(/[A-Za-z_$][\w$]*/g) ?? []),
  );

  test('are names of the sources', () => {
    const pages = globSync(
      ['README.md', 'docs/*.md', 'docs/guide/*.md', 'docs/protocol/*.md', 'packages/*/README.md'],
      { cwd: root, exclude: ['docs/tour.md'] },
    );
    const unknown = pages.flatMap((page) =>
      [...namesIn(readFileSync(join(root, page), 'utf8'))]
        .filter((name) => !known.has(name) && !foreign.has(name))
        .map((name) => `${page}: ${name}`),
    );
    assert.deepEqual(unknown, []);
  });

  test('a name that no source has is found', () => {
    const text =
      'Await `node.whenReadable(peer)` or `noSuch.thing`.\n```ts\nnode.frobnicate(1); // .ignored\n```\n';
    assert.deepEqual(
      [...namesIn(text)].filter((name) => !known.has(name)),
      ['frobnicate', 'whenReadable', 'noSuch'],
    );
  });
});
