/**
 * Messages to the content of frames, in both framings. A distribution header stands before the terms whose atoms it lists: the
 * terms are written after a gap that is as large as the header of the last message of that kind, and moved if it is not. Pure.
 */

import { type ByteWriter, type EncodeOptions, type Term, writeTerm } from '../../etf/index.ts';
import { type Control, encodeControl, hasPayload } from '../control-messages.ts';
import { rowOf } from '../control-rows.ts';
import { type Framing, HeaderTag, passThrough, versionMagic } from './framing.ts';
import { HeaderAtoms } from './header-atoms.ts';
import { type AtomList, noAtoms, OutgoingAtoms } from './outgoing-atoms.ts';

/** How the frames of a connection are written. */
export interface FrameFormat {
  readonly framing: Framing;
  /** Whether headers refer to atoms that the peer keeps. */
  readonly hasAtomCache: boolean;
  /** How payloads are encoded. */
  readonly encode: EncodeOptions;
}

const lengthBytes = 4;
const headerStart = (versionMagic << 8) | HeaderTag.DIST_HEADER;
const passThroughStart = (passThrough << 8) | versionMagic;
/** The longest gap that is left for a header: more only comes with many new atoms, which are known the next time. */
const maxGap = 1024;

/** The atoms of the message that is being written, or was written last, on any connection. */
const shared = new HeaderAtoms();
let isSharedBusy = false;
/** For each operation the size of the last header. */
const gaps = new Uint16Array(256).fill(1);

/**
 * Writes the frames of one connection. After `write` the fields tell about the message; then either `seal` completes its frame, or
 * its body is taken out of the writer, and its header is made by `atoms` when it goes out.
 */
export class FrameWriter {
  /** The atoms that the peer knows. */
  readonly atoms: OutgoingAtoms = new OutgoingAtoms();
  /** Where the control message starts and ends, from the start of what the writer holds. The payload follows it. */
  bodyStart = 0;
  controlEnd = 0;
  readonly #format: FrameFormat;
  #headerAt = 0;
  #list: AtomList = noAtoms;
  #op = 0;

  constructor(format: FrameFormat) {
    this.#format = format;
  }

  /** The atoms of the message; a copy that stays as it is. */
  get list(): AtomList {
    const { forms, count } = this.#list;
    return count === 0 ? noAtoms : { forms: forms.slice(0, count), count };
  }

  /** Writes a message. Throws `EncodeError`; the caller then truncates the writer, and the peer's atoms are as before. */
  write(
    writer: ByteWriter,
    { control, payload }: { readonly control: Control; readonly payload: Term },
  ): void {
    const { framing, encode, hasAtomCache } = this.#format;
    if (framing === 'pass-through') return this.#writePassThrough(writer, control, payload);
    // Code that runs while a value is being encoded may send a message itself: that one writes its atoms out.
    const isListing = hasAtomCache && !isSharedBusy;
    const op = rowOf(control.kind).op;
    const gap = isListing ? (gaps[op] as number) : 1;
    writer.u16(headerStart);
    const headerAt = writer.length;
    writer.skip(gap);
    const bodyStart = writer.length;
    let controlEnd: number;
    try {
      if (isListing) beginListing(writer);
      encodeControl(writer, control);
      controlEnd = writer.length;
      if (hasPayload(control.kind)) writeTerm(writer, payload, encode);
    } finally {
      if (isListing) endListing(writer);
    }
    this.#headerAt = headerAt;
    this.bodyStart = bodyStart;
    this.controlEnd = controlEnd;
    this.#list = isListing ? shared : noAtoms;
    this.#op = op;
  }

  /**
   * Completes the frame that was written last, which begins at `start` with its length: from then on the peer knows its atoms, so
   * it must go out before any frame that is sealed later. Nothing may be written in between.
   */
  seal(writer: ByteWriter, start: number): void {
    if (this.#format.framing === 'header') this.#writeHeader(writer);
    writer.patchU32(start, writer.length - start - lengthBytes);
  }

  #writeHeader(writer: ByteWriter): void {
    const list = this.#list;
    const gap = this.bodyStart - this.#headerAt;
    const size = this.atoms.sizeOf(list);
    if (size !== gap) {
      writer.shift(this.bodyStart, size - gap);
      gaps[this.#op] = Math.min(size, maxGap);
    }
    this.atoms.write(list, writer.chunk, writer.indexAt(this.#headerAt));
  }

  #writePassThrough(writer: ByteWriter, control: Control, payload: Term): void {
    writer.u16(passThroughStart);
    this.bodyStart = writer.length;
    encodeControl(writer, control);
    this.controlEnd = writer.length;
    if (!hasPayload(control.kind)) return;
    writer.u8(versionMagic);
    writeTerm(writer, payload, this.#format.encode);
  }
}

function beginListing(writer: ByteWriter): void {
  isSharedBusy = true;
  shared.begin();
  writer.atoms = shared;
}

function endListing(writer: ByteWriter): void {
  isSharedBusy = false;
  writer.atoms = undefined;
}

/** The head of a frame that is not a fragment, from its 131 on; `header` is that of the atom cache. */
export function wholeHead(header: Uint8Array): Uint8Array {
  const head = new Uint8Array(2 + header.length);
  head[0] = versionMagic;
  head[1] = HeaderTag.DIST_HEADER;
  head.set(header, 2);
  return head;
}

/** The head of the first frame of a message in `count` fragments, before its control message. */
export function firstFragmentHead(sequence: bigint, count: number, header: Uint8Array): Uint8Array {
  return fragmentHead(HeaderTag.DIST_FRAG_HEADER, sequence, { fragment: count, header });
}

/** The head of a later frame; fragments count down to 1. */
export function nextFragmentHead(sequence: bigint, fragment: number): Uint8Array {
  return fragmentHead(HeaderTag.DIST_FRAG_CONT, sequence, { fragment, header: noHeader });
}

const fragmentHeadBytes = 18;
const noHeader = new Uint8Array(0);

/* 131 | tag | u64 sequence | u64 fragment | header of the atom cache */
function fragmentHead(
  tag: number,
  sequence: bigint,
  { fragment, header }: { readonly fragment: number; readonly header: Uint8Array },
): Uint8Array {
  const head = new Uint8Array(fragmentHeadBytes + header.length);
  const view = new DataView(head.buffer);
  head[0] = versionMagic;
  head[1] = tag;
  view.setBigUint64(2, sequence);
  view.setBigUint64(10, BigInt(fragment));
  head.set(header, fragmentHeadBytes);
  return head;
}
