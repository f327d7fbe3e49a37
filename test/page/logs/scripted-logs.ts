/** The logs of a scripted console: what a test prints, followed and found as the real console does. */

import type { LogLine } from '@convoy/console/protocol';
import { logLevels } from '@convoy/console/protocol';

const startedAt = 1_763_900_000_000;
/** As many as the real console sends when a log is followed. */
const mostFollowed = 2000;

export class ScriptedLogs {
  readonly #lines = new Map<string, LogLine[]>();

  /** Adds lines to the log of a node, and returns them. They are numbered here unless they have numbers. */
  add(node: string, lines: readonly Partial<LogLine>[]): readonly LogLine[] {
    const log = this.#lines.get(node) ?? [];
    this.#lines.set(node, log);
    const fresh = lines.map((line, index): LogLine => {
      const seq = (log.at(-1)?.seq ?? 0) + index + 1;
      return { seq, at: startedAt + seq * 137, stream: 'stdout', text: `line ${seq}`, ...line };
    });
    for (const line of fresh) log.push(line);
    return fresh;
  }

  print(node: string, texts: readonly string[]): readonly LogLine[] {
    return this.add(
      node,
      texts.map((text) => ({ text, stream: text.startsWith('[err]') ? 'stderr' : 'stdout' })),
    );
  }

  delete(node: string): void {
    this.#lines.delete(node);
  }

  /** What is sent when a log is followed. */
  after(node: string, afterSeq: number): readonly LogLine[] {
    return this.#of(node)
      .filter(({ seq }) => seq > afterSeq)
      .slice(-mostFollowed);
  }

  /** Answers `GET /api/nodes/:name/logs`. */
  find(node: string, query: URLSearchParams): readonly LogLine[] {
    const count = Number(query.get('lines') ?? 100);
    const match = query.get('match') ?? '';
    const regex = new RegExp(match.replace(/^\(\?i\)/, ''), match.startsWith('(?i)') ? 'im' : 'm');
    const least = logLevels.findIndex((level) => level === query.get('level'));
    const found = this.#of(node).filter(
      ({ seq, text, level }) =>
        seq < Number(query.get('before') ?? Infinity) &&
        seq > Number(query.get('after') ?? 0) &&
        regex.test(text) &&
        (least < 0 || (level !== undefined && logLevels.indexOf(level) >= least)),
    );
    return query.has('after') && !query.has('before') ? found.slice(0, count) : found.slice(-count);
  }

  #of(node: string): readonly LogLine[] {
    return this.#lines.get(node) ?? [];
  }
}
