/**
 * The group leader of what a command runs on a node: it forwards output and answers requests for input with `eof`.
 * Implements the output part of the Erlang I/O protocol (stdlib, "The Erlang I/O Protocol"), for that node only.
 */

import type { Node } from '@convoy/node';
import { atom, atomName, Pid, type Term, Tuple, tuple } from '@convoy/node/etf';

const ok = atom('ok');
const endOfInput = atom('eof');
const refusal = tuple(atom('error'), atom('request'));
const notServed = tuple(atom('error'), atom('enotsup'));

/** Maximum nesting of chardata and of `{requests, [...]}`. */
const maxDepth = 1000;

/** Characters that are converted to bytes together: one buffer per character takes a hundred times the memory of the text. */
const charactersAtOnce = 4096;

/** The text of Erlang chardata: binaries, code points and lists of them. `undefined` for a term that is not chardata. */
export function chardataText(chars: Term, encoding: 'utf8' | 'latin1' = 'utf8'): string | undefined {
  const isLatin1 = encoding === 'latin1';
  const sink = new ByteSink();
  return collect(chars, { sink, isLatin1, depth: 0 }) ? sink.toText() : undefined;
}

/** Collects UTF-8. A character may be split across two binaries. */
class ByteSink {
  readonly #parts: Buffer[] = [];
  #codes: number[] = [];

  addCode(code: number): void {
    this.#codes.push(code);
    if (this.#codes.length >= charactersAtOnce) this.#flush();
  }

  add(bytes: Buffer): void {
    this.#flush();
    this.#parts.push(bytes);
  }

  toText(): string {
    this.#flush();
    return Buffer.concat(this.#parts).toString('utf8');
  }

  #flush(): void {
    if (this.#codes.length === 0) return;
    this.#parts.push(Buffer.from(String.fromCodePoint(...this.#codes)));
    this.#codes = [];
  }
}

interface Collection {
  readonly sink: ByteSink;
  readonly isLatin1: boolean;
  readonly depth: number;
}

function collect(chars: Term, into: Collection): boolean {
  const { sink, isLatin1, depth } = into;
  if (typeof chars === 'number') {
    if (!Number.isInteger(chars) || chars < 0 || chars > 0x10ffff) return false;
    sink.addCode(chars);
    return true;
  }
  if (typeof chars === 'string') {
    sink.add(Buffer.from(chars));
    return true;
  }
  if (chars instanceof Uint8Array) {
    const bytes = Buffer.from(chars);
    sink.add(isLatin1 ? Buffer.from(bytes.toString('latin1')) : bytes);
    return true;
  }
  if (!Array.isArray(chars) || depth > maxDepth) return false;
  const deeper = { ...into, depth: depth + 1 };
  return (chars as readonly Term[]).every((part) => collect(part, deeper));
}

/** Starts a group leader for processes on `target`. `print` receives the text as it arrives. */
export function startRemoteOutput(node: Node, target: string, print: (text: string) => void): Pid {
  const put = (chars: Term, encoding: Term): Term => {
    const text = chardataText(chars, atomName(encoding) === 'latin1' ? 'latin1' : 'utf8');
    if (text === undefined) return tuple(atom('error'), tuple(atom('put_chars'), encoding, chars));
    print(text);
    return ok;
  };
  const perform = async (request: Term): Promise<Term> => {
    const [label, encoding = null, ...rest] = request instanceof Tuple ? request.elements : [request];
    const name = atomName(label);
    if (name === 'put_chars' && rest.length === 1) return put(rest[0] ?? [], encoding);
    if (name === 'put_chars' && rest.length === 3) return put(await format(rest), encoding);
    if (name === 'requests' && Array.isArray(encoding)) return performAll(encoding as readonly Term[]);
    if (name === 'setopts') return ok;
    if (name === 'getopts') return [];
    return name !== undefined && /^get_(?:line|chars|until|password)$/.test(name) ? endOfInput : refusal;
  };
  /** `io:format` leaves the formatting to the group leader; it is done on the target, which has the functions. */
  const format = ([module, fn, args]: readonly Term[]): Promise<Term> =>
    node.rpc(
      target,
      atomName(module ?? null) ?? '',
      atomName(fn ?? null) ?? '',
      Array.isArray(args) ? args : [],
    );
  const performAll = async (requests: readonly Term[]): Promise<Term> => {
    let answer: Term = ok;
    for (const request of requests) answer = await perform(request);
    return answer;
  };
  return node.spawnServer(
    {
      async onMessage(self, message) {
        if (!(message instanceof Tuple) || atomName(message.at(0)) !== 'io_request') return;
        const [, from, replyAs = null, request = null] = message.elements;
        if (!(from instanceof Pid)) return;
        const { peer } = self;
        const answer = peer === target ? await perform(request).catch(() => refusal) : notServed;
        self.answer(peer, from, tuple(atom('io_reply'), replyAs, answer));
      },
    },
    { ownerNode: target },
  );
}
