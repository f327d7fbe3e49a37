/**
 * Generates docs/guide/doctor-faults.md, the table of the faults that are staged on real parts, and what the doctor says of each, from the
 * catalogue of the tests. `node test/interop/doctor/table.ts` writes the page; a test checks that it is up to date.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { catalogue } from './catalogue.ts';
import { healthy } from './healthy.ts';
import type { StagedFault } from './staged-fault.ts';

const page = join(
  dirname(fileURLToPath(import.meta.url)),
  '..',
  '..',
  '..',
  'docs',
  'guide',
  'doctor-faults.md',
);

const introduction = `# Faults that the doctor is tested with

Each of these is staged on real nodes, networks, firewalls and SSH servers, and the doctor must say exactly this. Words in angle brackets
vary. Where it says "one of N", what can be seen from there fits N causes: the doctor names each of them, and how to find out which it is.
How to read a diagnosis: [doctor.md](doctor.md).
`;

/** The page. */
export function doctorPage(): string {
  const kinds = catalogue.map(({ kind, faults }) =>
    [
      `## ${kind}`,
      '',
      '| what is staged | what the doctor says |',
      '| --- | --- |',
      ...faults.map(rowOf),
      '',
    ].join('\n'),
  );
  const variants = healthy.map(({ what }) => `- ${what}`);
  const fine = [
    '## Nothing wrong',
    '',
    'With these it must find no fault, and warn of nothing:',
    '',
    ...variants,
    '',
  ];
  return [introduction, ...kinds, fine.join('\n')].join('\n');
}

function rowOf({ staging, code, sentence, possible = 0, isWarning = false }: StagedFault): string {
  const says =
    sentence === '*' ? 'the message of the error' : sentence.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const notes = [
    `\`${code}\``,
    ...(isWarning ? ['a warning'] : []),
    ...(possible === 0 ? [] : [`one of ${possible}`]),
  ];
  return `| ${staging} | ${says} (${notes.join(', ')}) |`.replaceAll('\n', ' ');
}

/** The page without what a formatter changes. */
export function withoutLayout(text: string): string {
  return text
    .replaceAll(/-{3,}/g, '---')
    .replaceAll(/[ \n]+/g, ' ')
    .replaceAll(String.raw`\_`, '_')
    .trim();
}

/** The page as it is. */
export function writtenPage(): string {
  return readFileSync(page, 'utf8');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(page, doctorPage());
