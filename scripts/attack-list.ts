/**
 * Makes docs/security.md, the list of attacks that were tried and refused, of the tests that are declared by
 * `attack(area, title, body)`. `node scripts/attack-list.ts` writes the page; a test holds that it is up to date.
 */

import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

interface Attack {
  readonly area: string;
  readonly title: string;
  /** The test that holds it, from the root of the repository. */
  readonly file: string;
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const page = join(root, 'docs', 'security.md');

/** In the order of the page: from the wire to the person. */
const areas: readonly string[] = [
  'First contact',
  'Forged senders',
  'Connections',
  'EPMD',
  'Terms and frames',
  'Node output',
  'Input',
  'Login and sockets',
  'Proxies',
  'Audit log',
  'Secrets',
  'Files and disks',
];

const call = /^[ \t]*attack\(/gm;
const declaration = /attack\(\s*'([^']+)',\s*(?:'((?:[^'\\]|\\.)+)'|"((?:[^"\\]|\\.)+)"|`([^`$]+)`),/y;

/** The attacks of one test file. Throws when one is not declared by plain strings. */
export function attacksIn(text: string, file: string): Attack[] {
  return Array.from(text.matchAll(call), ({ index, 0: start }) => {
    declaration.lastIndex = index + start.length - 'attack('.length;
    const [, area = '', ...titles] = declaration.exec(text) ?? [];
    const title = titles.find((one) => one !== undefined)?.replaceAll(/\\(.)/g, '$1');
    if (title === undefined || !areas.includes(area)) {
      const line = text.slice(0, index).split('\n').length;
      throw new Error(`${file}:${line} declares an attack without a known area and a title in plain strings`);
    }
    return { area, title, file };
  });
}

/** The page, as it should be. */
export function attackPage(): string {
  const files = globSync(['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'], { cwd: root }).sort();
  const attacks = files.flatMap((file) => attacksIn(readFileSync(join(root, file), 'utf8'), file));
  const chapters = areas.map((area) => {
    const rows = attacks.filter((attack) => attack.area === area);
    const items = rows.map(({ title, file }) => `- ${title} ([test](../${file}))`);
    return items.length === 0 ? '' : `## ${area}\n\n${items.join('\n')}\n`;
  });
  return `# Attacks tried and refused

Each line is a test that attacks Convoy, against real peers wherever one is involved. What Convoy promises, and what it does
not, is in [SECURITY.md](../SECURITY.md). This page is made by \`node scripts/attack-list.ts\`.

${chapters.filter((chapter) => chapter !== '').join('\n')}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(page, attackPage());
