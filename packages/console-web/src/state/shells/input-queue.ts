/**
 * What was typed into one shell and the console has not confirmed yet. Keys get numbers when they are first sent, are kept
 * until they are taken, and go again, in order, when the socket is back. What cannot go in order is held, as a whole: it is
 * sent or discarded by the person only. Pure: knows no socket and no clock.
 */

export interface NumberedInput {
  readonly seq: number;
  readonly data: string;
}

export type HoldReason =
  /** It waited so long that the person may no longer mean it. */
  | 'late'
  /** More was typed than is kept. */
  | 'full'
  /** The console does not know which of these keys it has taken. */
  | 'unknown'
  /** The session of the page has ended, and another person may log in. */
  | 'signedOut';

export interface PendingInput {
  /** In the order it was typed. */
  readonly text: string;
  /** Why it is not sent when the socket is back. Left out: it is. */
  readonly hold?: HoldReason;
  /** Characters beyond what is kept. They are gone. */
  readonly lost: number;
}

interface Sent extends NumberedInput {
  readonly at: number;
}

export const interrupt = '\u0003';
/** The largest message that the console takes. */
const maxKept = 1_048_576;
/** Messages that may be on their way; what is typed meanwhile goes as one. A hung console must not collect thousands. */
const maxUnconfirmed = 64;
const maxWaitMs = 120_000;

export class InputQueue {
  #sent: Sent[] = [];
  #unsent = '';
  #unsentSince = 0;
  #nextSeq = 1;
  #taken = 0;
  #lost = 0;
  #isAttached = false;
  #hold: HoldReason | undefined;

  /** Whether the console has answered which input it has taken. */
  get isAttached(): boolean {
    return this.#isAttached;
  }

  /** What waits, unless it is only on its way. */
  get pending(): PendingInput | undefined {
    if (this.#isAttached && this.#hold === undefined) return undefined;
    const text = this.#sent.map(({ data }) => data).join('') + this.#unsent;
    if (text === '' && this.#lost === 0) return undefined;
    return { text, lost: this.#lost, ...(this.#hold === undefined ? {} : { hold: this.#hold }) };
  }

  /** Takes keys in. Returns what is to be sent now. */
  type(data: string, now: number): NumberedInput[] {
    if (data === interrupt) this.#takeBack();
    if (this.#keptLength() + data.length > maxKept) {
      this.#hold ??= 'full';
      this.#lost += data.length;
      return [];
    }
    if (this.#unsent === '') this.#unsentSince = now;
    this.#unsent += data;
    return this.#release();
  }

  /** The socket is gone. */
  detach(): void {
    this.#isAttached = false;
  }

  /** The console has taken everything up to `taken`: a confirmation, or its answer after attaching. */
  confirm(taken: number, now: number): NumberedInput[] {
    if (!this.#isAttached) return this.#resume(taken, now);
    if (taken > this.#taken) this.#forgetUpTo(taken);
    return this.#release();
  }

  /** The console refuses what comes, because of a hole. It has to be attached again. */
  refuse(): void {
    this.#isAttached = false;
    this.#hold ??= 'unknown';
  }

  /** Nothing of what waits goes by itself any more. */
  hold(reason: HoldReason): void {
    if (this.#keptLength() > 0) this.#hold ??= reason;
  }

  /** The person wants what is held to be sent after all. */
  sendHeld(now: number): NumberedInput[] {
    if (this.#lost > 0) return [];
    this.#hold = undefined;
    this.#unsentSince = now;
    // Numbered input keeps its numbers: the answer to the next attach says which of it arrived.
    this.#sent = this.#sent.map((one) => ({ ...one, at: now }));
    return this.#release();
  }

  discard(): void {
    this.#sent = [];
    this.#unsent = '';
    this.#lost = 0;
    this.#hold = undefined;
  }

  #keptLength(): number {
    return this.#sent.reduce((sum, { data }) => sum + data.length, this.#unsent.length);
  }

  /** Ctrl-C is for everything before it: what has not gone out does not have to. */
  #takeBack(): void {
    if (this.#hold === undefined) this.#unsent = '';
    else this.discard();
  }

  #resume(taken: number, now: number): NumberedInput[] {
    // A number that was confirmed once and is unknown now: the console has forgotten this page.
    const isForgotten = taken < this.#taken;
    if (!isForgotten) this.#forgetUpTo(taken);
    this.#isAttached = true;
    this.#taken = taken;
    const first = this.#sent[0];
    if (isForgotten || (first !== undefined && first.seq !== taken + 1)) this.hold('unknown');
    if (now - (first?.at ?? this.#unsentSince) > maxWaitMs) this.hold('late');
    if (this.#keptLength() === 0 && this.#lost === 0) this.#hold = undefined;
    // What is held is numbered when it goes: after what the console has just said it has taken.
    if (this.#hold !== undefined) this.#unsendAll();
    this.#nextSeq = taken + 1 + this.#sent.length;
    return [...this.#sent, ...this.#release()];
  }

  #forgetUpTo(taken: number): void {
    this.#taken = taken;
    this.#sent = this.#sent.filter(({ seq }) => seq > taken);
  }

  #unsendAll(): void {
    this.#unsent = this.#sent.map(({ data }) => data).join('') + this.#unsent;
    this.#sent = [];
  }

  #release(): NumberedInput[] {
    const isStopped = !this.#isAttached || this.#hold !== undefined;
    if (isStopped || this.#unsent === '' || this.#sent.length >= maxUnconfirmed) return [];
    const piece = { seq: this.#nextSeq++, data: this.#unsent, at: this.#unsentSince };
    this.#sent.push(piece);
    this.#unsent = '';
    return [piece];
  }
}
