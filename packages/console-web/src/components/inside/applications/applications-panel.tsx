/** The applications of a node: a list, and beside it the supervision tree of the one that the address names. */

import type { StartedApplicationView } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { type Applications, askApplications } from '../../../state/inside/questions.ts';
import { usePoll } from '../../../state/inside/use-poll.ts';
import { PageLink } from '../../page-link.tsx';
import { Freshness } from '../parts/freshness.tsx';
import { PanelBody, PartProblem } from '../parts/panel-body.tsx';
import type { PanelProps } from '../parts/panel-props.ts';
import { ApplicationTree } from './application-tree.tsx';
import '../../../styles/inside/panel.css';
import '../../../styles/inside/tree.css';

/** Applications change seldom. */
const leastMs = 10_000;

function Entry(props: { readonly node: string; readonly application: StartedApplicationView }): JSX.Element {
  const { node, application } = props;
  const { name, version, description, problem } = application;
  return (
    <li>
      <PageLink
        class="app-entry"
        to={{ page: 'nodes', node, panel: 'applications', item: name }}
        title={description}
        testId={`application-${name}`}
      >
        <strong>{name}</strong> <small>{version}</small>
        <span class="app-description">{description}</span>
      </PageLink>
      {problem !== undefined && <PartProblem problem={problem} />}
    </li>
  );
}

function ApplicationList(props: { readonly node: string; readonly applications: Applications }): JSX.Element {
  const { node, applications } = props;
  const hasTree = ({ root, problem }: StartedApplicationView): boolean =>
    root !== undefined || problem !== undefined;
  const libraries = applications.filter((application) => !hasTree(application));
  return (
    <nav class="app-list" aria-label="Applications">
      <ul>
        {applications.filter(hasTree).map((application) => (
          <Entry key={application.name} node={node} application={application} />
        ))}
      </ul>
      {libraries.length > 0 && (
        <section class="app-libraries">
          <h2 class="minor">Without processes of their own</h2>
          <ul>
            {libraries.map(({ name, version, description }) => (
              <li key={name} title={description}>
                {name} <small>{version}</small>
              </li>
            ))}
          </ul>
        </section>
      )}
    </nav>
  );
}

function AllApplications({ node }: { readonly node: string }): JSX.Element {
  const poll = usePoll<Applications>(node, {
    key: node,
    isLive: true,
    leastMs,
    ask: () => askApplications(node),
  });
  return (
    <div class="panel" data-testid="panel-applications">
      <div class="panel-tools">
        <Freshness poll={poll} what="This list" isLive />
      </div>
      <PanelBody poll={poll} asked={node}>
        {(applications) => <ApplicationList node={node} applications={applications} />}
      </PanelBody>
    </div>
  );
}

export function ApplicationsPanel({ node, item }: PanelProps): JSX.Element {
  if (item === undefined) return <AllApplications node={node} />;
  return <ApplicationTree key={item} node={node} application={item} />;
}
