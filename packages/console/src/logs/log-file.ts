/** A log as a file: as text for people, or as JSON lines. It is made while it is sent. */

import type { LogLine } from '../protocol/index.ts';

/** The two formats. */
export type LogFileFormat = 'text' | 'jsonl';

const mediaTypes: Readonly<Record<LogFileFormat, string>> = {
  text: 'text/plain; charset=utf-8',
  jsonl: 'application/x-ndjson',
};
const endings: Readonly<Record<LogFileFormat, string>> = { text: 'log', jsonl: 'jsonl' };

/** The response. Rejects with the error of the first block; a later one breaks the download off. */
export async function logFile(
  node: string,
  blocks: AsyncGenerator<readonly LogLine[], void>,
  format: LogFileFormat,
): Promise<Response> {
  const first = await blocks.next();
  let next: Promise<IteratorResult<readonly LogLine[], void>> | undefined = Promise.resolve(first);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await (next ?? blocks.next());
        next = undefined;
        if (done === true || value === undefined) controller.close();
        else controller.enqueue(encoder.encode(value.map((line) => fileLine(line, format)).join('')));
      } catch (error) {
        controller.error(error);
      }
    },
    cancel: () => blocks.return().then(() => undefined),
  });
  return new Response(body, {
    headers: {
      'Content-Type': mediaTypes[format],
      'Content-Disposition': `attachment; filename="${fileName(node)}.${endings[format]}"`,
    },
  });
}

/** `2026-12-01T14:02:00.000Z error  logger text`; the further lines of a text are indented. */
export function fileLine(line: LogLine, format: LogFileFormat): string {
  if (format === 'jsonl') return `${JSON.stringify(line)}\n`;
  const { at, level = '-', stream, text } = line;
  const head = `${timeText(at)} ${level.padEnd(9)} ${stream.padEnd(6)}`;
  return `${head} ${text.replaceAll('\n', '\n    ')}\n`;
}

function timeText(at: number): string {
  const time = new Date(at);
  return Number.isNaN(time.getTime()) ? '-' : time.toISOString();
}

/** The id of a node has characters that not every system allows in the name of a file. */
function fileName(node: string): string {
  return node.replaceAll(/[^A-Za-z0-9.@_-]+/g, '_').slice(0, 100);
}
