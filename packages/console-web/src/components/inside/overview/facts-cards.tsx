/** What a node runs: versions, uptime, applications. */

import type { JSX } from 'preact';
import { Fragment } from 'preact';
import type { Overview } from '../../../state/inside/questions.ts';
import { formatUptime } from '../../../state/page/format.ts';
import { PageLink } from '../../page-link.tsx';
import { ProblemsOf } from './figures-cards.tsx';

const versionNames: Readonly<Record<string, string>> = {
  otp: 'OTP',
  erts: 'ERTS',
  elixir: 'Elixir',
  architecture: 'Built for',
  node: 'Node.js',
  convoy: 'Convoy',
};

export function VersionsCard({ overview }: { readonly overview: Overview }): JSX.Element {
  const { uptimeMs, versions } = overview;
  return (
    <section class="card" data-testid="card-versions">
      <h2>Runtime</h2>
      <dl class="facts">
        {uptimeMs !== undefined && (
          <>
            <dt>Up for</dt>
            <dd>{formatUptime(uptimeMs)}</dd>
          </>
        )}
        {Object.entries(versions).map(([name, version]) => (
          <Fragment key={name}>
            <dt>{versionNames[name] ?? name}</dt>
            <dd>{version}</dd>
          </Fragment>
        ))}
      </dl>
      <ProblemsOf overview={overview} parts={['uptime', 'otp_release', 'version', 'elixir']} />
    </section>
  );
}

export function ApplicationsCard(props: {
  readonly node: string;
  readonly overview: Overview;
}): JSX.Element | null {
  const { node, overview } = props;
  const { applications } = overview;
  if (overview.kind === 'typescript') return null;
  return (
    <section class="card" data-testid="card-applications">
      <h2>
        Applications <strong class="card-figure">{applications.length}</strong>
      </h2>
      <ul class="chips">
        {applications.map(({ name, version }) => (
          <li key={name}>
            <PageLink class="app-chip" to={{ page: 'nodes', node, panel: 'applications', item: name }}>
              {name} <small>{version}</small>
            </PageLink>
          </li>
        ))}
      </ul>
      <ProblemsOf overview={overview} parts={['applications']} />
    </section>
  );
}
