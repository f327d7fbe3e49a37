/** Which environment of which project, and what nodes are made from there. */

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
import { kindNames } from '../../state/nodes/nodes.ts';
import { environmentsOf, forgetToken, openPlace } from '../../state/nodes/railway.ts';
import { ProblemText } from '../problem-text.tsx';

const accountWords: Readonly<Record<RailwayAccountView['kind'], string>> = {
  account: 'Account token',
  workspace: 'Workspace token',
  project: 'Project token',
};

interface ChoiceProps {
  readonly label: string;
  readonly testId: string;
  readonly value: string;
  readonly options: readonly { readonly id: string; readonly name: string }[];
  readonly onChoose: (id: string) => void;
}

function Choice({ label, testId, value, options, onChoose }: ChoiceProps): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      <select
        value={value}
        data-testid={testId}
        disabled={options.length === 0}
        onChange={(event) => onChoose(event.currentTarget.value)}
      >
        {options.length === 0 && <option value="">none</option>}
        {options.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

type Images = Readonly<Partial<Record<NodeKind, string | undefined>>>;

interface ImageFieldsProps {
  readonly images: Images;
  readonly onChange: (images: Images) => void;
}

function ImageFields({ images, onChange }: ImageFieldsProps): JSX.Element {
  const hasAny = nodeKinds.some((kind) => (images[kind] ?? '') !== '');
  return (
    <details class="railway-images" open={!hasAny}>
      <summary>What nodes are made from</summary>
      {nodeKinds.map((kind) => (
        <label key={kind} class="field">
          <span>{kindNames[kind]}</span>
          <input
            type="text"
            value={images[kind] ?? ''}
            placeholder="ghcr.io/you/app:1 or repo:you/app"
            autocomplete="off"
            spellcheck={false}
            data-testid={`railway-image-${kind}`}
            onInput={(event) => onChange({ ...images, [kind]: event.currentTarget.value.trim() })}
          />
        </label>
      ))}
      <small>An image of a registry, or a repository that Railway builds. Empty: none of that kind.</small>
    </details>
  );
}

interface RegionFieldProps {
  readonly value: string;
  readonly onInput: (region: string) => void;
}

function RegionField({ value, onInput }: RegionFieldProps): JSX.Element {
  return (
    <label class="field">
      <span>
        Region <small>optional</small>
      </span>
      <input
        type="text"
        value={value}
        pattern="[a-z0-9\\-]{1,60}"
        placeholder="where the project’s services are by default"
        autocomplete="off"
        spellcheck={false}
        data-testid="railway-region"
        onInput={(event) => onInput(event.currentTarget.value.trim())}
      />
    </label>
  );
}

/** The environments of a project; empty while they are asked for. */
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

/** Opening an environment, and how that is going. */
function useOpening(): {
  readonly isBusy: boolean;
  readonly problem: Problem | undefined;
  readonly open: (request: RailwayPlaceRequest) => void;
} {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const open = async (request: RailwayPlaceRequest): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    const outcome = await openPlace(request);
    setBusy(false);
    if ('id' in outcome) openDialog.value = { kind: 'railway', place: outcome.id };
    else setProblem(outcome.problem);
  };
  return { isBusy, problem, open: (request) => void open(request) };
}

function Foot({ isBusy, isReady }: { readonly isBusy: boolean; readonly isReady: boolean }): JSX.Element {
  return (
    <footer class="dialog-foot">
      <button type="button" class="button" data-testid="railway-forget" onClick={() => void forgetToken()}>
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
        disabled={isBusy || !isReady}
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
        <p class="quiet">This token reaches no project yet. Make one on Railway, then look again.</p>
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
  const [project, setProject] = useState(projects[0]?.id ?? '');
  const [chosen, setChosen] = useState('');
  const [images, setImages] = useState<Images>(view.images);
  const [region, setRegion] = useState('');
  const { environments, problem: askProblem } = useEnvironments(project);
  const { isBusy, problem, open } = useOpening();
  const environment = environments.find(({ id }) => id === chosen)?.id ?? environments[0]?.id ?? '';
  const submit = (event: Event): void => {
    event.preventDefault();
    const request = { projectId: project, environmentId: environment, cluster: 'convoy' };
    const where = region === '' ? {} : { region };
    if (environment !== '') open({ ...request, ...where, images: filled(images) });
  };
  const shown = problem ?? askProblem;
  const ofProject = { label: 'Project', testId: 'railway-project', value: project };
  const ofEnvironment = { label: 'Environment', testId: 'railway-environment', value: environment };
  return (
    <form class="form" onSubmit={submit}>
      <Owner account={account} />
      <Choice {...ofProject} options={projects} onChoose={setProject} />
      <Choice {...ofEnvironment} options={environments} onChoose={setChosen} />
      <ImageFields images={images} onChange={setImages} />
      <RegionField value={region} onInput={setRegion} />
      {shown !== undefined && <ProblemText testId="railway-problem" problem={shown} />}
      <Foot isBusy={isBusy} isReady={environment !== ''} />
    </form>
  );
}
