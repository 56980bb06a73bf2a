import { type components, unwrap } from '@savabegh/client';
import { Navigate, useNavigate } from 'react-router';
import { savabegh } from '../../service/savabegh.ts';
import { useStep } from '../../service/use-step.ts';
import { AnswersProof } from './answers-proof.tsx';
import { CodeProof } from './code-proof.tsx';
import { type Notice, type Proof, type Recovery, type StepProps, toWays } from './recovery.ts';

type NextStep = components['schemas']['RecoveryNextStep'];

/** What was asked for: a code, or answers. */
export function ProofStep({ recovery, setRecovery }: StepProps) {
  const navigate = useNavigate();
  const step = useStep(
    async (proof: Proof) => {
      const { api, path } = savabegh.flow(recovery);
      const params = { path };
      const next = await unwrap(api.POST('/v1/recoveries/{id}/verification', { params, body: proof }));
      goOn(next);
    },
    toWays(() => setRecovery(null), '/recovery/password'),
  );

  function goOn({ next, methods = [] }: NextStep): void {
    if (next === 'set-password') {
      navigate('/recovery/password');
    } else if (next === 'prove-another-method') {
      setRecovery(toSecond(recovery, methods));
      navigate('/recovery/method');
    } else {
      setRecovery(null);
      navigate('/recovery', { replace: true, state: { notice: 'visit-branch' satisfies Notice } });
    }
  }

  const { challenge } = recovery;
  if (!challenge) return <Navigate to="/recovery/method" replace />;
  const props = { recovery, setRecovery, challenge, step };
  return challenge.method === 'questions' ? <AnswersProof {...props} /> : <CodeProof {...props} />;
}

function toSecond(
  { challenge: _, ...recovery }: Recovery,
  methods: NonNullable<NextStep['methods']>,
): Recovery {
  const known = (method: string) => recovery.methods.find((offered) => offered.method === method);
  return { ...recovery, isSecond: true, methods: methods.map((method) => known(method) ?? { method }) };
}
