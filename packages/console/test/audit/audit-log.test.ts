import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { AuditLog } from '../../src/audit/audit-log.ts';

test('appends a line per deed to a file only its owner can read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-audit-'));
  try {
    const file = join(folder, 'audit.jsonl');
    for (const node of ['a@h', 'b@h']) {
      const log = new AuditLog(file);
      log.record('node.delete', { label: 'token', address: '127.0.0.1' }, { node });
      log.close();
    }
    const entries = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      entries.map(({ at, ...entry }) => [typeof at, entry]),
      ['a@h', 'b@h'].map((node) => [
        'string',
        { event: 'node.delete', actor: 'token', address: '127.0.0.1', node },
      ]),
    );
    assert.equal(statSync(file).mode & 0o777, 0o600);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
