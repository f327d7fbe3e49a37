/**
 * Every link in a Markdown page that leads into the repository, relative or by its address, leads to a file that exists, and its
 * anchor to a heading of that file. A path of a source that a page names in code exists, too.
 */

import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const link = /\[(?:[^\]\\]|\\.)*\]\(([^)\s]+)\)/g;

function withoutCode(text: string): string {
  return text
    .replaceAll(/^```.*?^```$/gms, '')
    .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, ''));
}

/** The anchor that GitHub gives a heading. */
function anchorOf(heading: string): string {
  const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/[`*]/g, '');
  return text
    .toLowerCase()
    .trim()
    .replaceAll(/[^\p{L}\p{N}\p{M}\p{Pc} -]/gu, '')
    .replaceAll(' ', '-');
}

/** The anchors of a page, in order. A heading that occurs again is numbered. */
function anchorsIn(page: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of page.replaceAll(/^```.*?^```$/gms, '').matchAll(/^#{1,6} (.+)$/gm)) {
    const anchor = anchorOf(heading);
    let name = anchor;
    for (let again = 1; anchors.has(name); again += 1) name = `${anchor}-${again}`;
    anchors.add(name);
  }
  return anchors;
}

const { homepage } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { homepage: string };
const repository = homepage.replace('#readme', '');

/** The targets of the links in a page, as written. */
function targetsIn(text: string): string[] {
  return Array.from(withoutCode(text).matchAll(link), ([, target = '']) => target);
}

/** What is wrong with the links of a page in `folder`, each with the reason. */
function brokenLinks(text: string, folder: string): string[] {
  return targetsIn(text).flatMap((target) => {
    const [, kind, inside] = new RegExp(`^${repository}/(blob|tree)/main/(.+)`).exec(target) ?? [];
    if (inside === undefined && /^[a-z][a-z0-9+.-]*:/i.test(target)) return [];
    const [path = '', anchor] = (inside ?? target).split('#');
    if (path === '') return anchorsIn(text).has(anchor ?? '') ? [] : [`${target}: no such heading`];
    const file = join(inside === undefined ? folder : root, decodeURIComponent(path));
    if (kind !== undefined && existsSync(file) && statSync(file).isDirectory() !== (kind === 'tree'))
      return [`${target}: a folder is under tree, a file under blob`];
    if (!existsSync(file)) return [`${target}: no such file`];
    if (anchor === undefined || anchorsIn(readFileSync(file, 'utf8')).has(anchor)) return [];
    return [`${target}: no such heading`];
  });
}

const sources = globSync('**/*.{ts,tsx,mjs,erl,json,md}', { cwd: root, exclude: isForeign });

function isForeign(name: string): boolean {
  return /^(?:node_modules|dist|\..+)$/.test(name);
}

/** The paths that a page names in code, whole or from some folder on (`runtime/peer-table.ts`), and that lead to no file. */
function missingPaths(text: string): string[] {
  const named = text.matchAll(/`([\w*-][\w./*-]*\/[\w.*-]+\.(?:tsx?|mjs|erl|json|md))`/g);
  return Array.from(named, ([, path = '']) => path).filter((path) => {
    const pattern = path.replaceAll('.', String.raw`\.`).replaceAll('*', '[^/]*');
    return !sources.some((source) => new RegExp(`(?:^|/)${pattern}$`).test(source));
  });
}

/** Each page of the repository with its text. CHANGELOG.md may name what existed once. */
function pages(): { readonly page: string; readonly text: string }[] {
  const found = globSync('**/*.md', { cwd: root, exclude: isForeign });
  assert.ok(found.length > 60, `only ${found.length} pages found`);
  return found.map((page) => ({ page, text: readFileSync(join(root, page), 'utf8') }));
}

describe('links in Markdown', () => {
  test('all lead somewhere', () => {
    const broken = pages().flatMap(({ page, text }) =>
      brokenLinks(text, dirname(join(root, page))).map((fault) => `${page}: ${fault}`),
    );
    assert.deepEqual(broken, []);
  });

  test('are absolute where npm shows the page', () => {
    const published = pages().filter(({ page }) => /^packages\/[^/]+\/README\.md$/.test(page));
    const relative = published.flatMap(({ page, text }) =>
      targetsIn(text)
        .filter((target) => !/^(?:#|https:)/.test(target))
        .map((target) => `${page}: ${target}`),
    );
    assert.deepEqual(relative, []);
  });

  test('paths in code exist', () => {
    const missing = pages()
      .filter(({ page }) => page !== 'CHANGELOG.md')
      .flatMap(({ page, text }) => missingPaths(text).map((path) => `${page}: ${path}`));
    assert.deepEqual(missing, []);
  });

  test('a missing file, a missing heading of a file and of the page itself are found', () => {
    const text = [
      '# Here `it` is (again)\n## Here it is (again)\n## Railway (`RailwayError`, with `remedy`)',
      '[a](no-such-file.md) [b](README.md#no-such-heading) [c](#neither) [d](README.md#convoy)',
      '[e](#here-it-is-again) [f](#here-it-is-again-1) [g](#railway-railwayerror-with-remedy) [h](https://example.com/x)',
      '`[i](in-code.md)`\n```\n[j](in-a-block.md)\n```\n',
      `[k](${repository}/blob/main/no-such.md) [l](${repository}/tree/main/README.md)`,
    ].join('\n');
    assert.deepEqual(brokenLinks(text, root), [
      'no-such-file.md: no such file',
      'README.md#no-such-heading: no such heading',
      '#neither: no such heading',
      `${repository}/blob/main/no-such.md: no such file`,
      `${repository}/tree/main/README.md: a folder is under tree, a file under blob`,
    ]);
  });

  test('a path in code that leads to no file is found', () => {
    const text =
      '`scripts/layers.ts` `scripts/no-such.ts` `test/goldens/otp-*.json` `no/such-*.json` `convoy.config.ts`';
    assert.deepEqual(missingPaths(text), ['scripts/no-such.ts', 'no/such-*.json']);
  });
});
