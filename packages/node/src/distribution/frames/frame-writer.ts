/** Messages to the content of frames, in both framings. Pure. */

import { type ByteWriter, type EncodeOptions, type Term, writeTerm } from '../../etf/index.ts';
import { type Control, encodeControl, hasPayload } from '../control-messages.ts';
import { type Framing, HeaderTag, passThrough, versionMagic } from './framing.ts';

/** How the frames of a connection are written. */
export interface FrameFormat {
  readonly framing: Framing;
  /** How payloads are encoded. */
  readonly encode: EncodeOptions;
}

/** The header of a frame that refers to no cached atoms: those of its terms are written out. */
export const bareHeader: Uint8Array = Uint8Array.of(versionMagic, HeaderTag.DIST_HEADER, 0);

/**
 * Writes a message. Returns where its control message ends, from the start of what the writer holds: what follows may be cut into
 * fragments. Throws `EncodeError`; the caller then truncates the writer.
 */
export function writeMessage(
  writer: ByteWriter,
  { control, payload }: { readonly control: Control; readonly payload: Term },
  { framing, encode }: FrameFormat,
): number {
  const isPassThrough = framing === 'pass-through';
  if (isPassThrough) {
    writer.u8(passThrough);
    writer.u8(versionMagic);
  } else {
    writer.bytes(bareHeader);
  }
  encodeControl(writer, control);
  const controlEnd = writer.length;
  if (hasPayload(control.kind)) {
    if (isPassThrough) writer.u8(versionMagic);
    writeTerm(writer, payload, encode);
  }
  return controlEnd;
}

/** The head of the first frame of a message in `count` fragments, before its control message. */
export function firstFragmentHead(sequence: bigint, count: number): Uint8Array {
  const head = fragmentHead(HeaderTag.DIST_FRAG_HEADER, sequence, { fragment: count, extra: 1 });
  head[head.length - 1] = 0;
  return head;
}

/** The head of a later frame; fragments count down to 1. */
export function nextFragmentHead(sequence: bigint, fragment: number): Uint8Array {
  return fragmentHead(HeaderTag.DIST_FRAG_CONT, sequence, { fragment, extra: 0 });
}

/* 131 | tag | u64 sequence | u64 fragment */
function fragmentHead(
  tag: number,
  sequence: bigint,
  { fragment, extra }: { readonly fragment: number; readonly extra: number },
): Uint8Array {
  const head = new Uint8Array(18 + extra);
  const view = new DataView(head.buffer);
  head[0] = versionMagic;
  head[1] = tag;
  view.setBigUint64(2, sequence);
  view.setBigUint64(10, BigInt(fragment));
  return head;
}
