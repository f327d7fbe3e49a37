/** The doctor's findings about a node that cannot be reached: every step, the fault, the causes that fit it, and the remedy. */

import type { DiagnosisView, DoctorRequest, Problem, Step } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ask, problemFrom } from '../../console-link/api-client.ts';
import { nodeTitle } from '../../state/clusters/node-titles.ts';
import { closeDialog } from '../../state/page/dialogs.ts';
import { Dialog } from '../dialog.tsx';
import { Glyph } from '../glyphs.tsx';
import { PlainText } from '../plain-text.tsx';
import { StepList } from './step-list.tsx';

type Fault = DiagnosisView['warnings'][number];

function FaultText({ fault }: { readonly fault: Fault }): JSX.Element {
  return (
    <div class="problem-text" data-testid="doctor-fault">
      <p>
        <strong>{fault.sentence}</strong>
      </p>
      {fault.evidence.map((line) => (
        <p key={line} class="quiet">
          {line}
        </p>
      ))}
      {fault.possible !== undefined && (
        <ul data-testid="doctor-possible">
          {fault.possible.map(({ cause, check }) => (
            <li key={cause}>
              {cause}
              <br />
              <span class="quiet">
                <PlainText text={check} />
              </span>
            </li>
          ))}
        </ul>
      )}
      <p class="remedy boxed">
        <Glyph name="info" />
        <span>
          <PlainText text={fault.remedy} />
        </span>
      </p>
    </div>
  );
}

/** The list of steps shows times since 1970; only their differences matter here. */
function stepsOf({ steps }: DiagnosisView): Step[] {
  return steps.map(({ name, label, status, detail, durationMs }) => ({
    name,
    label,
    state: status === 'failed' ? 'failed' : 'done',
    startedAt: 0,
    endedAt: durationMs,
    detail,
  }));
}

export function Findings({ diagnosis }: { readonly diagnosis: DiagnosisView }): JSX.Element {
  const { fault, warnings, node, from } = diagnosis;
  return (
    <>
      <StepList steps={stepsOf(diagnosis)} />
      {fault === undefined ? (
        <p data-testid="doctor-fine">
          <strong>{node}</strong> can be reached from {from}.
        </p>
      ) : (
        <FaultText fault={fault} />
      )}
      {warnings.map((warning) => (
        <FaultText key={warning.code} fault={warning} />
      ))}
    </>
  );
}

export function DoctorDialog({ request }: { readonly request: DoctorRequest }): JSX.Element {
  const [diagnosis, setDiagnosis] = useState<DiagnosisView | undefined>(undefined);
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    setDiagnosis(undefined);
    setProblem(undefined);
    ask('POST /api/doctor', { body: request }).then(setDiagnosis, (error: unknown) =>
      setProblem(problemFrom(error)),
    );
  }, [turn]);
  const node = nodeTitle(request.node);
  const title = request.from === undefined ? node : `${nodeTitle(request.from)} to ${node}`;
  return (
    <Dialog title={`Doctor: ${title}`} onClose={closeDialog} testId="doctor-dialog">
      <div class="form" aria-busy={diagnosis === undefined && problem === undefined}>
        {diagnosis === undefined && problem === undefined && <p class="quiet">Checking…</p>}
        {problem !== undefined && <p role="alert">{problem.message}</p>}
        {diagnosis !== undefined && <Findings diagnosis={diagnosis} />}
        <footer class="dialog-foot">
          <button type="button" class="button" onClick={() => setTurn(turn + 1)}>
            Check again
          </button>
          <button type="button" class="button primary" data-autofocus onClick={closeDialog}>
            Done
          </button>
        </footer>
      </div>
    </Dialog>
  );
}
