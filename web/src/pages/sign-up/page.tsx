import { Navigate, Route, Routes } from 'react-router';
import { useStored } from '../../components/use-stored.ts';
import { AccountStep } from './account-step.tsx';
import { CodeStep } from './code-step.tsx';
import { IdentityStep } from './identity-step.tsx';
import type { Registration } from './registration.ts';

/** Who somebody is, the code at their mobile, then password, questions and e-mail address. */
export function Page() {
  const [registration, setRegistration] = useStored<Registration>('savabegh-sign-up');
  const start = <Navigate to="/sign-up" replace />;
  const props = registration && { registration, setRegistration };
  return (
    <Routes>
      <Route index element={<IdentityStep onStarted={setRegistration} />} />
      <Route path="code" element={props ? <CodeStep {...props} /> : start} />
      <Route path="account" element={props?.registration.isVerified ? <AccountStep {...props} /> : start} />
      <Route path="*" element={start} />
    </Routes>
  );
}
