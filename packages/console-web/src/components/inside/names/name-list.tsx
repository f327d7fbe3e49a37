/** The registered names of a node, or those of `global`, each with its process. */

import type { JSX } from 'preact';
import { countText, nameView } from '../../../state/inside/panels/names.ts';
import type { Names } from '../../../state/inside/panels/part-questions.ts';
import { CutText } from '../../cut-text.tsx';
import { ClusterProcess } from '../parts/cluster-process.tsx';
import { PartProblem } from '../parts/panel-body.tsx';

type List = Names['registered'];
type NameRow = List['rows'][number];

function Row({ node, row }: { readonly node: string; readonly row: NameRow }): JSX.Element {
  const { name, process, port } = row;
  return (
    <tr data-testid="name-row" data-name={name}>
      <th scope="row" class="cell-process">
        <strong>
          <CutText text={name} />
        </strong>
      </th>
      <td class="cell-text">
        {process !== undefined && <ClusterProcess node={node} process={process} as={name} />}
        {process === undefined && <code>{port ?? '–'}</code>}
      </td>
    </tr>
  );
}

function Table({ node, list }: { readonly node: string; readonly list: List }): JSX.Element {
  const isGlobal = nameView.value.kind === 'global';
  return (
    <div class="data-frame">
      <table
        class="data-table list-table name-table"
        aria-label={isGlobal ? 'Names of global' : 'Registered names'}
      >
        <thead>
          <tr>
            <th scope="col" class="cell-process">
              Name
            </th>
            <th scope="col">Process</th>
          </tr>
        </thead>
        <tbody>
          {list.rows.map((row) => (
            <Row key={row.name} node={node} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function NameList(props: {
  readonly node: string;
  readonly names: Names;
  readonly filter: string;
}): JSX.Element {
  const { node, names, filter } = props;
  const isGlobal = nameView.value.kind === 'global';
  const list = isGlobal ? names.global : names.registered;
  if ('problem' in list) return <PartProblem problem={list.problem} />;
  const what = isGlobal ? 'names of global' : 'registered names';
  return (
    <>
      <p class="panel-summary" data-testid="name-summary">
        {countText({ ...list, shown: list.rows.length }, { what, filter })}
      </p>
      {list.rows.length > 0 && <Table node={node} list={list} />}
    </>
  );
}
