/** Opens a Railway environment: its project, and the images that nodes are launched from. */

import type {
  NodeKind,
  Problem,
  RailwayAccountView,
  RailwayEnvironmentView,
  RailwayPlaceRequest,
  RailwayView,
} from '@convoy/console/protocol';
import { nodeKinds } from '@convoy/node/names';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { closeDialog, openDialog } from '../../state/page/dialogs.ts';
import { confirmChange } from '../../state/clusters/production.ts';
import { environmentsOf, forgetToken, openPlace, railway } from '../../state/nodes/railway.ts';
import { regionProblem } from '../../state/nodes/typed-names.ts';
import { ProblemText } from '../problem-text.tsx';
import { Choice, ImageFields, type Images, RegionField } from './place-fields.tsx';

const accountWords: Readonly<Record<RailwayAccountView['kind'], string>> = {
  account: 'Account token',
  workspace: 'Workspace token',
  project: 'Project token',
};

/** The environments of a project; empty while they are being loaded. */
function useEnvironments(project: string): {
  readonly environments: readonly RailwayEnvironmentView[];
  readonly problem: Problem | undefined;
} {
  const [environments, setEnvironments] = useState<readonly RailwayEnvironmentView[]>([]);
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  useEffect(() => {
    let isCurrent = true;
    const ask = async (): Promise<void> => {
      const outcome = await environmentsOf(project);
      if (!isCurrent) return;
      if ('problem' in outcome) setProblem(outcome.problem);
      else setEnvironments(outcome);
    };
    setEnvironments([]);
    setProblem(undefined);
    if (project !== '') void ask();
    return () => {
      isCurrent = false;
    };
  }, [project]);
  return { environments, problem };
}

function filled(images: Images): Partial<Record<NodeKind, string>> {
  return Object.fromEntries(
    nodeKinds.flatMap((kind) => {
      const text = images[kind] ?? '';
      return text === '' ? [] : [[kind, text]];
    }),
  );
}

interface Filled {
  readonly projectId: string;
  readonly environmentId: string;
  readonly images: Images;
  /** Empty: that of the project. */
  readonly region: string;
}

function requestOf({ projectId, environmentId, images, region }: Filled): RailwayPlaceRequest {
  return {
    projectId,
    environmentId,
    cluster: 'convoy',
    images: filled(images),
    ...(region === '' ? {} : { region }),
  };
}

/** Opens an environment, and holds the state of the request. */
function useOpening(): {
  readonly isBusy: boolean;
  readonly problem: Problem | undefined;
  readonly open: (request: RailwayPlaceRequest) => void;
} {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const open = async (request: RailwayPlaceRequest): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    setProblem(undefined);
    const outcome = await openPlace(request);
    setBusy(false);
    if ('id' in outcome) openDialog.value = { kind: 'railway', place: outcome.id };
    else setProblem(outcome.problem);
  };
  return { isBusy, problem, open: (request) => void open(request) };
}

/** Forgets the token, after asking if an environment that is open is marked as production: all of them are closed. */
async function forget(): Promise<void> {
  const open = railway.value?.places.map(({ name }) => name) ?? [];
  const sentence = 'The environments that are open are closed; their nodes keep running on Railway.';
  if (await confirmChange(open, { sentence, button: 'Forget the token' })) await forgetToken();
}

function Foot({ isBusy, isReady }: { readonly isBusy: boolean; readonly isReady: boolean }): JSX.Element {
  return (
    <footer class="dialog-foot">
      <button type="button" class="button" data-testid="railway-forget" onClick={() => void forget()}>
        Forget the token
      </button>
      <button type="button" class="button" onClick={closeDialog}>
        Cancel
      </button>
      <button
        type="submit"
        class="button primary"
        data-testid="railway-place"
        aria-busy={isBusy}
        disabled={!isReady}
      >
        Open
      </button>
    </footer>
  );
}

function Owner({ account }: { readonly account: RailwayAccountView }): JSX.Element {
  return (
    <>
      <p class="host-summary" data-testid="railway-account">
        <strong>{accountWords[account.kind]}</strong>
        <small>{account.owner ?? 'of one environment'}</small>
      </p>
      {account.projects.length === 0 && (
        <p class="quiet">
          This token reaches no project yet. Create one on Railway, then open this dialog again.
        </p>
      )}
    </>
  );
}

interface PlaceFormProps {
  readonly view: RailwayView;
  readonly account: RailwayAccountView;
}

export function PlaceForm({ view, account }: PlaceFormProps): JSX.Element {
  const { projects } = account;
  const [projectId, setProjectId] = useState(projects[0]?.id ?? '');
  const [chosenId, setChosenId] = useState('');
  const [images, setImages] = useState<Images>(view.images);
  const [region, setRegion] = useState('');
  const { environments, problem: listProblem } = useEnvironments(projectId);
  const { isBusy, problem: openProblem, open } = useOpening();
  // The selected environment may belong to another project.
  const environmentId = environments.find(({ id }) => id === chosenId)?.id ?? environments[0]?.id ?? '';
  const problem = openProblem ?? listProblem;
  const submit = (event: Event): void => {
    event.preventDefault();
    if (environmentId !== '' && regionProblem(region) === undefined)
      open(requestOf({ projectId, environmentId, images, region }));
  };
  return (
    <form class="form" noValidate onSubmit={submit}>
      <Owner account={account} />
      <Choice
        label="Project"
        testId="railway-project"
        value={projectId}
        options={projects}
        onChoose={setProjectId}
      />
      <Choice
        label="Environment"
        testId="railway-environment"
        value={environmentId}
        options={environments}
        onChoose={setChosenId}
      />
      <ImageFields images={images} onChange={setImages} />
      <RegionField value={region} onInput={setRegion} />
      {problem !== undefined && <ProblemText testId="railway-problem" problem={problem} />}
      <Foot isBusy={isBusy} isReady={environmentId !== ''} />
    </form>
  );
}
