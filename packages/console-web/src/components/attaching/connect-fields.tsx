/** The fields by which a running cluster is reached: its nodes, its cookie, how they speak, and the way there. */

import type { Proto } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import {
  type ClusterDraft,
  type DraftProblems,
  isRailwayWay,
  isTls,
} from '../../state/clusters/cluster-draft.ts';
import { clusters } from '../../state/clusters/clusters.ts';
import { Choice } from './choice.tsx';
import { ColorField } from './color-field.tsx';
import { SelectField } from './select-field.tsx';
import { SwitchRow } from './switch-row.tsx';
import { TextField } from './text-field.tsx';

export interface ConnectFieldsProps {
  readonly draft: ClusterDraft;
  readonly problems: DraftProblems;
  readonly onChange: (change: Partial<ClusterDraft>) => void;
}

export function EntryFields({ draft, problems, onChange }: ConnectFieldsProps): JSX.Element {
  return (
    <>
      <Choice
        legend="Find the cluster"
        name="cluster-find"
        value={draft.find}
        options={[
          ['names', 'By the name of a node'],
          ['discover', 'By discovery'],
        ]}
        onChoose={(find) => onChange({ find })}
      />
      {draft.find === 'names' ? (
        <TextField
          label="Nodes"
          kind="lines"
          isFirst
          testId="connect-names"
          value={draft.names}
          problem={problems.names}
          placeholder="app@10.0.0.5"
          hint="The full name of one node; the others are found through it. More names, one per line, are tried in turn."
          onInput={(names) => onChange({ names })}
        />
      ) : (
        <TextField
          label="Strategies"
          kind="lines"
          testId="connect-discover"
          value={draft.discover}
          problem={problems.discover}
          placeholder="epmd:hosts=db1"
          hint="One per line, as in convoy node --discover: epmd:hosts=db1, dns:query=api.internal,basename=app."
          onInput={(discover) => onChange({ discover })}
        />
      )}
    </>
  );
}

/** Where the console finds the cookie by itself: a label, and a sentence. */
function ownCookie({ way }: ClusterDraft): readonly [string, string] {
  if (way === '') {
    return ['Of the console’s user', 'The cookie in ~/.erlang.cookie of the user that the console runs as.'];
  }
  if (isRailwayWay(way)) {
    return [
      'Of the node’s service',
      'The cookie in the variable RELEASE_COOKIE of the service that runs the node.',
    ];
  }
  return [
    'Of the node’s owner',
    'The cookie in ~/.erlang.cookie of the user that runs the node, read on its host.',
  ];
}

export function CookieFields({ draft, problems, onChange }: ConnectFieldsProps): JSX.Element {
  const [ownLabel, ownSentence] = ownCookie(draft);
  return (
    <>
      <Choice
        legend="Cookie"
        name="cluster-secret"
        value={draft.secret}
        options={[
          ['cookie', 'Type it'],
          ['file', 'From a file'],
          ['own', ownLabel],
        ]}
        onChoose={(secret) => onChange({ secret })}
      />
      {draft.secret === 'cookie' && (
        <TextField
          label="The cookie"
          kind="password"
          testId="connect-cookie"
          value={draft.cookie}
          problem={problems.cookie}
          hint="The console keeps it in a file that only its user can read. This page does not store it."
          onInput={(cookie) => onChange({ cookie })}
        />
      )}
      {draft.secret === 'file' && (
        <TextField
          label="Cookie file"
          testId="connect-cookie-file"
          value={draft.cookieFile}
          problem={problems.cookieFile}
          placeholder="/var/lib/app/.erlang.cookie"
          hint="A file on the computer on which the console runs."
          onInput={(cookieFile) => onChange({ cookieFile })}
        />
      )}
      {draft.secret === 'own' && <p class="quiet">{ownSentence}</p>}
    </>
  );
}

const protoNames: readonly (readonly [Proto, string])[] = [
  ['inet', 'TCP, IPv4 (inet)'],
  ['inet6', 'TCP, IPv6 (inet6)'],
  ['tls', 'TLS, IPv4 (inet_tls)'],
  ['tls6', 'TLS, IPv6 (inet6_tls)'],
];

function protoOf(value: string): Proto {
  return protoNames.find(([proto]) => proto === value)?.[0] ?? 'inet';
}

export function CarrierFields({ draft, problems, onChange }: ConnectFieldsProps): JSX.Element {
  const file = (field: 'certFile' | 'keyFile' | 'caFile', label: string, hint: string): JSX.Element => (
    <TextField
      label={label}
      testId={`connect-${field}`}
      value={draft[field]}
      problem={problems[field]}
      hint={hint}
      onInput={(text) => onChange({ [field]: text })}
    />
  );
  return (
    <>
      <SelectField
        label="They speak"
        testId="connect-proto"
        value={draft.proto}
        options={protoNames}
        hint="As -proto_dist of Erlang; without that flag, TCP over IPv4."
        onChoose={(value) => onChange({ proto: protoOf(value) })}
      />
      {isTls(draft.proto) && (
        <>
          {file(
            'certFile',
            'Certificate file',
            'PEM, on the console’s computer: what the console shows to the nodes.',
          )}
          {file('keyFile', 'Key file', 'PEM: the private key of that certificate.')}
          {file('caFile', 'CA file', 'PEM: the authorities whose certificates the console accepts.')}
          <SwitchRow
            label="Accept any certificate"
            hint="Unchecked certificates let others pose as these nodes."
            testId="connect-any-certificate"
            checked={draft.anyCertificate}
            onChange={(anyCertificate) => onChange({ anyCertificate })}
          />
        </>
      )}
    </>
  );
}

/** Open places through which nodes are reached, after the direct way. The chosen one may have been closed. */
function ways(chosen: string): readonly (readonly [string, string])[] {
  const places = clusters.value.filter(({ kind }) => kind === 'place');
  const isListed = !isRailwayWay(chosen) || places.some(({ id }) => id === chosen);
  return [
    ['', 'Directly from the console’s computer'],
    ...places.map(({ id, label }) => [id, `Through ${label}`] as const),
    ...(isListed ? [] : [[chosen, `Through ${chosen}, which is not open`] as const]),
    ['ssh', 'Over SSH…'],
  ];
}

export function WayFields({ draft, problems, onChange }: ConnectFieldsProps): JSX.Element {
  return (
    <>
      <SelectField
        label="Way"
        testId="connect-way"
        value={draft.way}
        options={ways(draft.way)}
        problem={problems.way}
        hint="How the console reaches their hosts. A Railway environment is in this list once it is open."
        onChoose={(way) => onChange({ way })}
      />
      {draft.way === 'ssh' && (
        <TextField
          label="SSH host"
          testId="connect-ssh"
          value={draft.sshTarget}
          problem={problems.sshTarget}
          placeholder="ops@db1.example"
          hint="user@host, user@host:port, or an alias of ~/.ssh/config. It must be in known_hosts: “Connect over SSH” shows its key and asks."
          onInput={(sshTarget) => onChange({ sshTarget })}
        />
      )}
    </>
  );
}

export function MarkFields({ draft, problems, onChange }: ConnectFieldsProps): JSX.Element {
  return (
    <>
      <TextField
        label="Name of the cluster"
        testId="connect-name"
        value={draft.name}
        problem={problems.name}
        placeholder="prod"
        hint="What this console calls it; empty for one made of the node’s name."
        onInput={(name) => onChange({ name })}
      />
      <ColorField value={draft.color} onChoose={(color) => onChange({ color })} />
      <SwitchRow
        label="Production"
        hint="This page asks before it changes anything there."
        testId="connect-production"
        checked={draft.production}
        onChange={(production) => onChange({ production })}
      />
      <SwitchRow
        label="Attach again after a restart"
        hint="Otherwise the console forgets the cluster when it stops."
        testId="connect-keep"
        checked={draft.keep}
        onChange={(keep) => onChange({ keep })}
      />
    </>
  );
}

/** What few clusters need. Open at first if something is in it. */
export function PortFields({ draft, problems, onChange }: ConnectFieldsProps): JSX.Element {
  const [isOpenAtFirst] = useState(draft.epmdPort !== '' || draft.port !== '');
  return (
    <details class="more-fields" open={isOpenAtFirst}>
      <summary>Ports</summary>
      <TextField
        label="Port of EPMD"
        testId="connect-epmd-port"
        value={draft.epmdPort}
        problem={problems.epmdPort}
        placeholder="4369"
        hint="If their hosts have EPMD on another port than the console’s."
        onInput={(epmdPort) => onChange({ epmdPort })}
      />
      <TextField
        label="Port of the nodes"
        testId="connect-port"
        value={draft.port}
        problem={problems.port}
        hint="For a cluster without EPMD, whose nodes all listen on one port."
        onInput={(port) => onChange({ port })}
      />
    </details>
  );
}
