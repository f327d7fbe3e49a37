/** Bytes captured from real Erlang/OTP (scripts/capture-goldens.ts): each decodes, and encodes to the same bytes. */

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { decode, encode, equals } from '@convoy/node/etf';

interface Golden {
  readonly expression: string;
  readonly options?: string;
  readonly varies?: true;
  readonly bytes: string;
}

const directory = join(import.meta.dirname, '../../../../test/goldens');
const V4_PORT_EXT = '8378';
const oldForms = /minor_version, [01]|compressed/;

for (const file of globSync(`${directory}/otp-*.json`).sort()) {
  const { header, vectors } = JSON.parse(readFileSync(file, 'utf8')) as {
    header: { otp: string };
    vectors: Golden[];
  };
  describe(`goldens of OTP ${header.otp}`, () => {
    for (const golden of vectors) {
      const title = `${golden.expression} ${golden.options ?? ''}`.trim();
      test(`decodes and encodes ${title}`, () => assertKept(golden));
    }
  });
}

function assertKept({ bytes, options = '' }: Golden): void {
  const captured = Buffer.from(bytes, 'hex');
  const term = decode(captured);
  const written = encode(term);
  assert.ok(equals(decode(written), term));
  // OTP 26 and later write every port in the wide form; we write what OTP 25 writes, which all releases read.
  const hasOtherForm = oldForms.test(options) || bytes.startsWith(V4_PORT_EXT);
  if (!hasOtherForm) assert.equal(Buffer.from(written).toString('hex'), bytes);
}
