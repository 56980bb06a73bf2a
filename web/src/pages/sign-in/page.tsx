import { Navigate, useLocation } from 'react-router';
import { useStored } from '../../components/use-stored.ts';
import { useSession } from '../../service/session.ts';
import { CodeStep } from './code-step.tsx';
import { CredentialsStep } from './credentials-step.tsx';
import type { WaitingSignIn } from './sign-in.ts';

/** National code and password; a code as well, where strangers have guessed too often. */
export function Page() {
  const session = useSession();
  const { state } = useLocation();
  const [waiting, setWaiting] = useStored<WaitingSignIn>('savabegh-sign-in');
  if (session !== null) return <Navigate to={state?.from ?? '/record'} replace />;
  if (waiting) return <CodeStep waiting={waiting} onOver={() => setWaiting(null)} />;
  return <CredentialsStep onWaiting={setWaiting} />;
}
