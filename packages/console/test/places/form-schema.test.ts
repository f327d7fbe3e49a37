/** The form of a platform is what the console accepts: each schema of the API says the same as the form. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type FormField, localForm } from '@convoy/cluster';
import { railwayForm } from '@convoy/cluster/railway';
import { sshForm } from '@convoy/cluster/ssh';
import { z } from 'zod';
import { checkForm, schemaOf } from '../../src/places/form-schema.ts';
import {
  hostRequestSchema,
  launchRequestSchema,
  platformSchema,
  railwayLoginSchema,
  railwayPlaceRequestSchema,
} from '../../src/protocol/index.ts';

const limits = { nodeLimit: 12 };
const forms = { local: localForm(limits), ssh: sshForm(limits), railway: railwayForm(limits) };

/** What a schema says about a request. */
function described(schema: z.ZodType): unknown {
  return z.toJSONSchema(schema, { io: 'input' });
}

/** Fields that are sent in one request. `count` nodes are as many requests. */
function sent(fields: readonly FormField[]): FormField[] {
  return fields.filter(({ key }) => key !== 'count');
}

describe('the form of a platform', () => {
  test('asks what opens a host, and nothing else', () => {
    assert.deepEqual(described(schemaOf(forms.ssh.open)), described(hostRequestSchema));
  });

  test('asks what connects Railway and opens an environment, and nothing else', () => {
    assert.deepEqual(described(schemaOf(forms.railway.login)), described(railwayLoginSchema));
    assert.deepEqual(described(schemaOf(forms.railway.open)), described(railwayPlaceRequestSchema));
  });

  test('asks what launches a node, wherever that is', () => {
    const launch = launchRequestSchema.omit({ place: true, provider: true });
    for (const form of [forms.local, forms.ssh]) {
      assert.deepEqual(described(schemaOf(sent(form.launch))), described(launch));
    }
    // Nodes of Railway live on in any case, run what their image has, and are limited there.
    const process = { keep: true, memoryMb: true, program: true } as const;
    assert.deepEqual(described(schemaOf(sent(forms.railway.launch))), described(launch.omit(process)));
    const onWindows = localForm({ ...limits, canKeep: false });
    assert.deepEqual(described(schemaOf(sent(onWindows.launch))), described(launch.omit({ keep: true })));
  });

  test('says the limits of a field as a client would check them', () => {
    const launch = schemaOf(forms.local.launch);
    const accepts = (request: object): boolean => launch.safeParse({ kind: 'erlang', ...request }).success;
    assert.ok(accepts({ name: 'web-1', count: 12, variables: { A: 'b' } }));
    assert.ok(accepts({ count: 1 }));
    for (const wrong of [{ name: '1web' }, { count: 0 }, { count: 13 }, { count: 1.5 }, { kind: 'cobol' }]) {
      assert.ok(!accepts(wrong), JSON.stringify(wrong));
    }
    const open = schemaOf(forms.railway.open);
    const ids = { projectId: 'p', environmentId: 'e' };
    assert.ok(open.safeParse({ ...ids, images: { elixir: 'repo:acme/app' } }).success);
    assert.ok(!open.safeParse({ ...ids, images: { cobol: 'a' } }).success);
    assert.ok(!open.safeParse({ ...ids, images: { elixir: 'no spaces' } }).success);
    assert.deepEqual(open.parse(ids), { ...ids, cluster: 'convoy' });
  });

  test('is what a request is checked against', () => {
    checkForm(forms.ssh.open, { target: 'ops@db1' });
    assert.throws(() => checkForm(forms.ssh.open, { target: '' }), { code: 'CONSOLE_BAD_REQUEST' });
  });

  test('is what GET /api/platforms can answer, with secrets marked as such', () => {
    for (const [kind, form] of Object.entries(forms)) {
      const view = platformSchema.parse({ kind, ...form });
      assert.deepEqual(view, { kind, ...form });
    }
    const secrets = forms.railway.login.filter(({ type }) => type === 'secret');
    assert.deepEqual(
      secrets.map(({ key }) => key),
      ['token'],
    );
  });

  test('asks for a number of nodes that the console can launch', () => {
    const few = [localForm({ nodeLimit: 3 }), sshForm({ nodeLimit: 3 }), railwayForm({ nodeLimit: 3 })];
    for (const { launch } of few) assert.equal(launch.find(({ key }) => key === 'count')?.max, 3);
  });
});
