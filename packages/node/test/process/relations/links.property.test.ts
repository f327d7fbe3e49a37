import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { startProbe, Wires } from '../table-fixture.ts';

type Step = 'a links' | 'b links' | 'a unlinks' | 'b unlinks' | 'a>b' | 'b>a';

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.constantFrom<Step>('a links', 'b links', 'a unlinks', 'b unlinks', 'a>b', 'b>a'),
  { maxLength: 40 },
);

test('however links and unlinks cross, both sides agree in the end', () => {
  fc.assert(
    fc.property(steps, (script) => {
      const wires = new Wires();
      const [tableA, tableB] = [wires.table('a@h'), wires.table('b@h')];
      const [a, b] = [startProbe(tableA), startProbe(tableB)];
      for (const step of script) {
        if (step === 'a links') a.self.link(b.pid);
        else if (step === 'b links') b.self.link(a.pid);
        else if (step === 'a unlinks') a.self.unlink(b.pid);
        else if (step === 'b unlinks') b.self.unlink(a.pid);
        else wires.step(`${step[0]}@h`, `${step[2]}@h`);
      }
      wires.flush();
      const [ours, theirs] = [
        tableA.get(a.pid).relations.links.endAll(),
        tableB.get(b.pid).relations.links.endAll(),
      ];
      assert.deepEqual(
        ours.map((link) => link.wasActive),
        theirs.map((link) => link.wasActive),
      );
      assert.ok(ours.every((link) => link.wasActive));
    }),
    { numRuns: 500 },
  );
});
