/** The scopes of `pg` that a node knows, with their groups and the members on all nodes. */

import type { JSX } from 'preact';
import { countText, membersText } from '../../../state/inside/panels/names.ts';
import type { GroupScopes } from '../../../state/inside/panels/part-questions.ts';
import { CutText } from '../../cut-text.tsx';
import { ClusterProcess } from '../parts/cluster-process.tsx';

type Scope = GroupScopes[number];

function GroupRow(props: {
  readonly node: string;
  readonly scope: string;
  readonly group: Scope['groups'][number];
}): JSX.Element {
  const { node, scope, group } = props;
  return (
    <tr data-testid="group-row" data-group={group.group}>
      <th scope="row" class="cell-process cell-whole">
        <strong>
          <CutText text={group.group} />
        </strong>
        <small class="group-members">{membersText(group)}</small>
      </th>
      <td class="cell-text cell-whole">
        <ul class="parties">
          {group.members.map((process, index) => (
            <li key={`${index} ${process.pid}`}>
              <ClusterProcess
                node={node}
                process={process}
                as={`Member ${index + 1} of ${group.group} in ${scope}`}
              />
            </li>
          ))}
        </ul>
      </td>
    </tr>
  );
}

function ScopeGroups(props: {
  readonly node: string;
  readonly scope: Scope;
  readonly filter: string;
}): JSX.Element {
  const { node, scope, filter } = props;
  const { scope: name, groups } = scope;
  return (
    <section class="answer" data-testid="scope" data-scope={name}>
      <header class="scope-head">
        <h2>
          Scope <code>{name}</code>
        </h2>
        <p class="panel-summary">
          {countText({ ...scope, shown: groups.length }, { what: 'groups', filter })}
        </p>
      </header>
      {groups.length > 0 && (
        <div class="data-frame">
          <table class="data-table list-table group-table" aria-label={`Groups of the scope ${name}`}>
            <thead>
              <tr>
                <th scope="col" class="cell-process">
                  Group
                </th>
                <th scope="col">Members on all nodes</th>
              </tr>
            </thead>
            <tbody>
              {groups.map((group) => (
                <GroupRow key={group.group} node={node} scope={name} group={group} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

export function GroupList(props: {
  readonly node: string;
  readonly scopes: GroupScopes;
  readonly filter: string;
}): JSX.Element {
  const { node, scopes, filter } = props;
  if (scopes.length === 0)
    return (
      <p class="panel-summary" data-testid="name-summary">
        No scope of <code>pg</code> has been started on this node.
      </p>
    );
  return (
    <>
      {scopes.map((scope) => (
        <ScopeGroups key={scope.scope} node={node} scope={scope} filter={filter} />
      ))}
    </>
  );
}
