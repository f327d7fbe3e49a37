/**
 * The reporter of a test run: node:test's own, and before its closing lines how long each part of the tests took, which
 * files took longest, and which tests took longer than they should.
 */

import { relative } from 'node:path';
import { Readable } from 'node:stream';
import { spec, type TestEvent } from 'node:test/reporters';
import { overLimit } from '../../test/support/time-limit.ts';

const shownFiles = 12;

interface Part {
  tests: number;
  files: number;
  ms: number;
}

/** What the events of a run have reported. */
class RunTimes {
  readonly #parts = new Map<string, Part>();
  readonly #files: { readonly file: string; readonly ms: number }[] = [];
  readonly #slowTests: string[] = [];

  note({ type, data }: TestEvent): void {
    if (type === 'test:diagnostic' && data.message.includes(overLimit)) this.#slowTests.push(data.message);
    if (type !== 'test:complete' || data.file === undefined) return;
    const file = relative('', data.file);
    const { duration_ms: ms, type: kind } = data.details;
    const isFile = data.nesting === 0 && relative('', data.name) === file;
    const part = this.#partOf(file);
    if (isFile) {
      this.#files.push({ file, ms });
      part.files += 1;
      part.ms += ms;
    } else if (kind !== 'suite') {
      part.tests += 1;
      if (isSpread(file)) part.ms += ms;
    }
  }

  /** One line for each. */
  *lines(): Generator<string> {
    yield 'parts (the seconds of their files, of which several run at once; conformance and attack are in the others too)';
    for (const [name, { tests, files, ms }] of this.#parts) {
      const inFiles = files === 0 ? '' : `${files} files, `;
      yield `${seconds(ms)}  ${name}: ${inFiles}${tests} tests`;
    }
    if (this.#files.length > 1) yield 'slowest files';
    const slowest = this.#files.sort((one, other) => other.ms - one.ms).slice(0, shownFiles);
    for (const { file, ms } of this.#files.length > 1 ? slowest : []) yield `${seconds(ms)}  ${file}`;
    yield* this.#slowTests;
  }

  #partOf(file: string): Part {
    const name = partName(file);
    const part = this.#parts.get(name) ?? { tests: 0, files: 0, ms: 0 };
    this.#parts.set(name, part);
    return part;
  }
}

export default async function* testReport(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const times = new RunTimes();
  const withTimes = async function* (): AsyncGenerator<TestEvent> {
    let isClosing = false;
    for await (const event of events) {
      times.note(event);
      if (!isClosing && isClosingLine(event)) {
        isClosing = true;
        for (const message of times.lines()) {
          yield { type: 'test:diagnostic', data: { nesting: 0, message, level: 'info' } };
        }
      }
      yield event;
    }
  };
  yield* Readable.from(withTimes()).pipe(new spec());
}

/** The first line about the whole run. */
function isClosingLine({ type, data }: TestEvent): boolean {
  return type === 'test:diagnostic' && data.file === undefined && data.nesting === 0;
}

function partName(file: string): string {
  if (file.startsWith('packages/')) return file.endsWith('.property.test.ts') ? 'property' : 'unit';
  if (file === 'test/support/attack.ts') return 'attack';
  return /^test\/([^/]+)\//.exec(file)?.[1] ?? 'others';
}

/** Suites of a contract, and attacks: they run in files that call them. */
function isSpread(file: string): boolean {
  return file.startsWith('test/conformance/') || file === 'test/support/attack.ts';
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1).padStart(7)} s`;
}
