/** The report without names and addresses. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MeshReport, withoutAddresses } from '../../src/doctor/model/mesh-report.ts';

const report: MeshReport = {
  entry: 'app@db1.internal',
  ok: false,
  members: [
    { name: 'app@db1.internal', answers: true },
    { name: 'web@10.0.0.7', answers: true },
  ],
  pairs: [
    {
      from: 'app@db1.internal',
      to: 'web@10.0.0.7',
      connected: false,
      diagnosis: {
        node: 'web@10.0.0.7',
        from: 'app@db1.internal',
        ok: false,
        steps: [
          {
            name: 'port',
            label: 'Open the port from app@db1.internal',
            status: 'failed',
            detail: '10.0.0.7 port 41233: ECONNREFUSED, [fd00::7]:41233: ETIMEDOUT',
            durationMs: 1,
          },
        ],
        fault: {
          code: 'PORT_CLOSED',
          sentence: 'EPMD has port 41233 for web@10.0.0.7, but 10.0.0.7 refuses connections to it',
          evidence: ['registered nodes: web, application', '127.0.0.1 is open'],
          remedy: 'Restart web.',
        },
        warnings: [],
      },
    },
  ],
  warnings: [],
};

test('names, hosts and addresses are replaced, the same by the same', () => {
  const shown = withoutAddresses(report);
  assert.deepEqual(
    shown.members.map(({ name }) => name),
    ['node1@host1', 'node2@host2'],
  );
  const diagnosis = shown.pairs[0]?.diagnosis;
  assert.equal(
    diagnosis?.fault?.sentence,
    'EPMD has port 41233 for node2@host2, but host2 refuses connections to it',
  );
  assert.equal(diagnosis.steps[0]?.detail, 'host2 port 41233: ECONNREFUSED, [address1]:41233: ETIMEDOUT');
  assert.equal(diagnosis.steps[0].label, 'Open the port from node1@host1');
  assert.deepEqual(diagnosis.fault.evidence.slice(0, 2), [
    'registered nodes: node2, application',
    '127.0.0.1 is open',
  ]);
  assert.equal(diagnosis.fault.remedy, 'Restart node2.');
  assert.doesNotMatch(JSON.stringify(shown), /db1|10\.0\.0\.7|fd00/);
});

test('the report itself is not changed', () => {
  withoutAddresses(report);
  assert.equal(report.entry, 'app@db1.internal');
});
