/** A reporter of node:test that tells which files took longest, in one line each. */
import { relative } from 'node:path';

/** Of what node:test tells, the part that is used: the summary of one file, or that of the whole run, which names none. */
interface TestEvent {
  readonly type: string;
  readonly data: { readonly file?: string | undefined; readonly duration_ms?: number };
}

const shown = 12;

export default async function* slowFiles(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const files: { readonly file: string; readonly ms: number }[] = [];
  for await (const { type, data } of events) {
    if (type !== 'test:summary' || data.file === undefined) continue;
    files.push({ file: relative('', data.file), ms: data.duration_ms ?? 0 });
  }
  files.sort((one, other) => other.ms - one.ms);
  for (const { file, ms } of files.slice(0, shown))
    yield `${(ms / 1000).toFixed(1).padStart(7)} s  ${file}\n`;
}
