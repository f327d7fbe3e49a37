/**
 * Input of one shell that the console has not confirmed yet. Keys are numbered when they are first sent, kept until they
 * are confirmed, and sent again in order when the socket is back. Input that cannot be sent in order is held as a whole
 * until the user sends or discards it. Pure: uses neither socket nor clock.
 */

export interface NumberedInput {
  readonly seq: number;
  readonly data: string;
}

export type HoldReason =
  /** It has waited so long that the user may no longer want it. */
  | 'late'
  /** More was typed than can be kept. */
  | 'full'
  /** It is unknown which of these keys the console has taken. */
  | 'unknown'
  /** The session of the page has ended, and another user may log in. */
  | 'signedOut';

export interface PendingInput {
  /** In the order it was typed. */
  readonly text: string;
  /** Why it is not sent when the socket is back; omitted if it is. */
  readonly hold?: HoldReason;
  /** Number of characters that were lost because they could not be kept. */
  readonly lost: number;
}

interface Sent extends NumberedInput {
  readonly at: number;
}

export const interrupt = '\u0003';
/** The largest message that the console accepts. */
const maxKept = 1_048_576;
/** Maximum number of unconfirmed messages. Further input is sent as one message, so that a hung console does not collect thousands. */
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

  /** Whether the console has reported which input it has taken. */
  get isAttached(): boolean {
    return this.#isAttached;
  }

  /** Input that is waiting or held; `undefined` for input that is merely in transit. */
  get pending(): PendingInput | undefined {
    if (this.#isAttached && this.#hold === undefined) return undefined;
    const text = this.#sent.map(({ data }) => data).join('') + this.#unsent;
    if (text === '' && this.#lost === 0) return undefined;
    return { text, lost: this.#lost, ...(this.#hold === undefined ? {} : { hold: this.#hold }) };
  }

  /** Adds keys. Returns the messages to send now. */
  type(data: string, now: number): NumberedInput[] {
    if (data === interrupt) this.#cancelUnsent();
    if (this.#keptLength() + data.length > maxKept) {
      this.#hold ??= 'full';
      this.#lost += data.length;
      return [];
    }
    if (this.#unsent === '') this.#unsentSince = now;
    this.#unsent += data;
    return this.#release();
  }

  /** The socket was lost. */
  detach(): void {
    this.#isAttached = false;
  }

  /** The console has taken all input up to `taken`: a confirmation, or the answer to attaching. */
  confirm(taken: number, now: number): NumberedInput[] {
    if (!this.#isAttached) return this.#resume(taken, now);
    if (taken > this.#taken) this.#forgetUpTo(taken);
    return this.#release();
  }

  /** The console refuses further input because of a gap. The shell has to be attached again. */
  refuse(): void {
    this.#isAttached = false;
    this.#hold ??= 'unknown';
  }

  /** Holds all waiting input. */
  hold(reason: HoldReason): void {
    if (this.#keptLength() > 0) this.#hold ??= reason;
  }

  /** Sends the held input after all. */
  sendHeld(now: number): NumberedInput[] {
    if (this.#lost > 0) return [];
    this.#hold = undefined;
    this.#unsentSince = now;
    // Numbered input keeps its numbers: the answer to the next attach says how much has arrived.
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

  /** Ctrl-C cancels all input before it that has not been sent. */
  #cancelUnsent(): void {
    if (this.#hold === undefined) this.#unsent = '';
    else this.discard();
  }

  #resume(taken: number, now: number): NumberedInput[] {
    // If a confirmed number is now unknown, the console has forgotten this page.
    const isForgotten = taken < this.#taken;
    if (!isForgotten) this.#forgetUpTo(taken);
    this.#isAttached = true;
    this.#taken = taken;
    const first = this.#sent[0];
    if (isForgotten || (first !== undefined && first.seq !== taken + 1)) this.hold('unknown');
    if (now - (first?.at ?? this.#unsentSince) > maxWaitMs) this.hold('late');
    if (this.#keptLength() === 0 && this.#lost === 0) this.#hold = undefined;
    // Held input is numbered when it is sent, after the input that the console has taken.
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
