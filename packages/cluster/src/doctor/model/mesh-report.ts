/** What `diagnoseMesh` returns, and the same without names and addresses. Pure. */

import type { Diagnosis, Fault } from './diagnosis.ts';

/** A member of the cluster. */
export interface MeshMember {
  readonly name: string;
  /** Release of OTP; missing for a TypeScript node, or one that did not answer. */
  readonly release?: string | undefined;
  /** Net tick time in seconds. */
  readonly tickTime?: number | undefined;
  /** Whether it answered. */
  readonly answers: boolean;
}

/** One direction of a pair. */
export interface MeshPair {
  readonly from: string;
  readonly to: string;
  /** Whether `from` is connected to `to`, as it says itself; `undefined` if it did not answer. */
  readonly connected: boolean | undefined;
  /** Why it is not. */
  readonly diagnosis?: Diagnosis | undefined;
}

/** The result of `diagnoseMesh`. */
export interface MeshReport {
  /** The node that the others were asked through. */
  readonly entry: string;
  /** Whether every member is connected to every other. */
  readonly ok: boolean;
  readonly members: readonly MeshMember[];
  /** Every ordered pair. */
  readonly pairs: readonly MeshPair[];
  /** Why the entry cannot be reached. */
  readonly fault?: Fault | undefined;
  readonly warnings: readonly Fault[];
}

/**
 * The report with placeholders for names of nodes, hosts and addresses: `node1@host1`, `address1`. The same thing has the same
 * placeholder everywhere, so the report can still be read.
 */
export function withoutAddresses(report: MeshReport): MeshReport {
  const replacements = new Placeholders();
  const names = new Set([report.entry, ...report.members.map(({ name }) => name)]);
  for (const { to, from } of report.pairs) names.add(to).add(from);
  for (const name of names) replacements.addNode(name);
  return JSON.parse(JSON.stringify(report), (_, value: unknown) =>
    typeof value === 'string' ? replacements.replace(value) : value,
  ) as MeshReport;
}

/** What may be an IPv4 or IPv6 address; not inside a longer word. */
const candidates =
  /(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-fA-F:]{2,39}(?:\.\d{1,3}){0,3}(?:%\w+)?)(?![\w:])/g;

/** IPv6 has eight groups, or leaves some out by `::`; a time of day and a port have neither. */
function isAddress(text: string): boolean {
  return text.includes('::') || /^[\d.]{7,}$/.test(text) || text.split(':').length === 8;
}

/** What is the same everywhere, and tells nothing. */
const common: ReadonlySet<string> = new Set(['127.0.0.1', '::1', '0.0.0.0', '::', 'localhost']);

class Placeholders {
  readonly #words = new Map<string, string>();
  #hosts = 0;
  #nodes = 0;
  #addresses = 0;

  addNode(node: string): void {
    const at = node.indexOf('@');
    const [name, host] = [node.slice(0, at), node.slice(at + 1)];
    if (!common.has(host) && !this.#words.has(host)) {
      this.#hosts += 1;
      this.#words.set(host, `host${this.#hosts}`);
    }
    this.#nodes += 1;
    this.#words.set(node, `node${this.#nodes}@${this.#words.get(host) ?? host}`);
    if (!this.#words.has(name)) this.#words.set(name, `node${this.#nodes}`);
  }

  replace(text: string): string {
    const longestFirst = [...this.#words.keys()].toSorted((one, other) => other.length - one.length);
    const known = longestFirst.reduce(
      (done, word) => replaceWord(done, word, this.#words.get(word) ?? ''),
      text,
    );
    return known.replaceAll(candidates, (text) => (isAddress(text) ? this.#placeholderOf(text) : text));
  }

  #placeholderOf(address: string): string {
    if (common.has(address)) return address;
    const known = this.#words.get(address);
    if (known !== undefined) return known;
    this.#addresses += 1;
    const placeholder = `address${this.#addresses}`;
    this.#words.set(address, placeholder);
    return placeholder;
  }
}

/** Only where it is a whole word: `app` is not in `application`. */
function replaceWord(text: string, word: string, placeholder: string): string {
  const quoted = word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return text.replaceAll(new RegExp(`(?<![\\w.@-])${quoted}(?![\\w-]|\\.\\w)`, 'g'), () => placeholder);
}
