/**
 * The last lines of a node's output and its first few, in bounded memory. Splits chunks into lines and strips everything that could manipulate
 * a terminal: node output is untrusted.
 */

import { StringDecoder } from 'node:string_decoder';
import { visibleText } from '@convoy/node';
import type { ProviderLog, ProviderLogLine } from './provider.ts';

const maxLines = 2000;
/** Longer lines are split. */
const maxLineLength = 4096;

const escapeSequence =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]P^_X][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g;
const controlCharacter = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** `text` without escape sequences, control characters (except tabs) and characters that change the text direction. */
export function plainText(text: string): string {
  return visibleText(text.replaceAll(escapeSequence, '').replaceAll(controlCharacter, ''));
}

/** How many lines an error shows of the output of a node, and how many of them are the first ones. */
const excerptLines = 20;
const excerptHead = 5;

type StreamName = ProviderLogLine['stream'];

/** Where a chunk begins in the file that a node prints to: after so many bytes, or so many lines. */
export interface ChunkPlace {
  readonly start: number;
  readonly unit: 'bytes' | 'lines';
}

/** The log of one node. */
export class NodeLog implements ProviderLog {
  readonly #lines: ProviderLogLine[] = [];
  readonly #followers = new Set<(line: ProviderLogLine) => void>();
  readonly #now: () => number;
  readonly #open: Record<StreamName, { decoder: StringDecoder; text: string }> = {
    stdout: { decoder: new StringDecoder('utf8'), text: '' },
    stderr: { decoder: new StringDecoder('utf8'), text: '' },
  };
  /** The first lines, which may have left `#lines` since. */
  readonly #head: string[] = [];
  #seq = 0;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  lines(options: { afterSeq?: number | undefined; last?: number } = {}): ProviderLogLine[] {
    const { afterSeq = 0, last = maxLines } = options;
    const after = this.#lines.filter((line) => line.seq > afterSeq);
    return last <= 0 ? [] : after.slice(-last);
  }

  follow(listener: (line: ProviderLogLine) => void): () => void {
    this.#followers.add(listener);
    return () => this.#followers.delete(listener);
  }

  /** Adds bytes as they arrive; chunks may be split anywhere. `place` says where in a file they come from. */
  write(stream: StreamName, chunk: Uint8Array, place?: ChunkPlace): void {
    const open = this.#open[stream];
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const pieces = (open.text + open.decoder.write(bytes)).split('\n');
    open.text = pieces.pop() ?? '';
    let [line, byte] = [0, 0];
    for (const piece of pieces) {
      line += 1;
      if (place?.unit === 'bytes') byte = bytes.indexOf(0x0a, byte) + 1;
      const position = place && place.start + (place.unit === 'bytes' ? byte : line);
      this.#add(stream, piece, { position });
    }
    while (open.text.length > maxLineLength) {
      this.#add(stream, open.text.slice(0, maxLineLength));
      open.text = open.text.slice(maxLineLength);
    }
  }

  /** Ends a stream and adds its last, unfinished line. */
  end(stream: StreamName): void {
    const open = this.#open[stream];
    const rest = open.text + open.decoder.end();
    open.text = '';
    if (rest !== '') this.#add(stream, rest);
  }

  /** Adds text with its own timestamp, in milliseconds since 1970. */
  line(stream: StreamName, text: string, at: number): void {
    for (const piece of text.split('\n')) this.#add(stream, piece, { at });
  }

  /** Adds a line of our own about the node, e.g. how it exited. */
  note(text: string): void {
    this.#add('stderr', text);
  }

  /** The text of the last `count` lines. */
  tail(count: number): string[] {
    return this.#lines.slice(-count).map((line) => line.text);
  }

  /** The text for an error about the start of the node: all lines, or the first and the last ones and how many are left out between them. */
  excerpt(): string[] {
    if (this.#seq <= excerptLines) return this.tail(excerptLines);
    const last = excerptLines - excerptHead - 1;
    const leftOut = this.#seq - excerptHead - last;
    return [...this.#head, `[${leftOut} lines left out]`, ...this.tail(last)];
  }

  #add(
    stream: StreamName,
    raw: string,
    { at = this.#now(), position }: { at?: number; position?: number | undefined } = {},
  ): void {
    for (let from = 0; from === 0 || from < raw.length; from += maxLineLength) {
      const text = plainText(raw.slice(from, from + maxLineLength));
      const line: ProviderLogLine = {
        ...{ seq: ++this.#seq, at, stream, text },
        ...(position === undefined ? {} : { position }),
      };
      this.#lines.push(line);
      if (this.#head.length < excerptHead) this.#head.push(text);
      for (const follower of this.#followers) follower(line);
    }
    if (this.#lines.length > maxLines) this.#lines.splice(0, this.#lines.length - maxLines);
  }
}
