import type { ComponentType } from 'react';
import { Navigate, Route, Routes } from 'react-router';
import { useStored } from '../../components/use-stored.ts';
import { IdentityStep } from './identity-step.tsx';
import { MethodStep } from './method-step.tsx';
import { PasswordStep } from './password-step.tsx';
import { ProofStep } from './proof-step.tsx';
import type { Recovery, StepProps } from './recovery.ts';

const steps: Readonly<Record<string, ComponentType<StepProps>>> = {
  method: MethodStep,
  proof: ProofStep,
  password: PasswordStep,
};

/** The national code, one of three methods, its code or answers, the new password twice. Each step has its address. */
export function Page() {
  const [recovery, setRecovery] = useStored<Recovery>('savabegh-recovery');
  return (
    <Routes>
      <Route index element={<IdentityStep onStarted={setRecovery} />} />
      {Object.entries(steps).map(([path, Step]) => (
        <Route
          key={path}
          path={path}
          element={
            recovery ? (
              <Step recovery={recovery} setRecovery={setRecovery} />
            ) : (
              <Navigate to="/recovery" replace />
            )
          }
        />
      ))}
      <Route path="*" element={<Navigate to="/recovery" replace />} />
    </Routes>
  );
}
