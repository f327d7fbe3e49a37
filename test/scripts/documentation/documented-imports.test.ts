/** What the TypeScript in Markdown pages imports from a door of a package is exported by that door. */

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

interface DocumentedImport {
  readonly door: string;
  readonly names: readonly string[];
}

/** The imports of values; types leave no trace to compare with. */
function importsIn(text: string): DocumentedImport[] {
  const code = Array.from(text.matchAll(/^```ts\n(.*?)^```$/gms), ([, block = '']) => block).join('\n');
  return Array.from(
    code.matchAll(/^import \{([^}]*)\} from '(@convoy\/[^']+)';/gm),
    ([, list = '', door = '']) => ({
      door,
      names: list
        .split(',')
        .flatMap((one) => /^\s*(\w+)/.exec(one)?.[1] ?? [])
        .filter((name) => name !== 'type'),
    }),
  );
}

/** `door: name` for each name that the door does not export. */
async function unknownImports(text: string): Promise<string[]> {
  const checked = importsIn(text).map(async ({ door, names }) => {
    const exported = (await import(door).catch(() => ({}))) as object;
    return names.filter((name) => !(name in exported)).map((name) => `${door}: ${name}`);
  });
  return (await Promise.all(checked)).flat();
}

describe('imports in Markdown', () => {
  test('name what the door exports', async () => {
    const pages = globSync(['README.md', 'docs/**/*.md', 'packages/*/README.md'], { cwd: root });
    assert.ok(pages.length > 50, `only ${pages.length} pages found`);
    const unknown = await Promise.all(
      pages.map(async (page) =>
        (await unknownImports(readFileSync(join(root, page), 'utf8'))).map((fault) => `${page}: ${fault}`),
      ),
    );
    assert.deepEqual(unknown.flat(), []);
  });

  test('an unknown name and an unknown door are found', async () => {
    const text = [
      "```ts\nimport { atom, noSuchThing } from '@convoy/node';",
      "import { Anything } from '@convoy/no-such-package';\nimport type { Node } from '@convoy/node';\n```\n",
    ].join('\n');
    assert.deepEqual(await unknownImports(text), [
      '@convoy/node: noSuchThing',
      '@convoy/no-such-package: Anything',
    ]);
  });
});
