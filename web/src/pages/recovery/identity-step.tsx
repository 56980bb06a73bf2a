import { unwrap } from '@savabegh/client';
import { Link, useLocation, useNavigate } from 'react-router';
import { Form } from '../../components/form.tsx';
import { Message } from '../../components/message.tsx';
import { Page } from '../../components/page.tsx';
import { TextField } from '../../components/text-field.tsx';
import { savabegh } from '../../service/savabegh.ts';
import { useStep } from '../../service/use-step.ts';
import { type Recovery, toWays } from './recovery.ts';
import { t } from './texts.ts';

export function IdentityStep({ onStarted }: Readonly<{ onStarted: (recovery: Recovery) => void }>) {
  const navigate = useNavigate();
  const { state } = useLocation();
  const { run, refusal, isPending } = useStep(async (values: FormData) => {
    const nationalCode = String(values.get('nationalCode'));
    const started = await unwrap(savabegh.api.POST('/v1/recoveries', { body: { nationalCode } }));
    onStarted({ ...started, nationalCode });
    navigate('/recovery/method');
  }, toWays());
  return (
    <Page title={t('title')} step={t('step', { step: 1 })} lead={t('identityLead')}>
      {state?.notice === 'over' && !refusal && <Message kind="info">{t('over')}</Message>}
      {state?.notice === 'visit-branch' && !refusal && <Message kind="info">{t('visitBranch')}</Message>}
      <Form refusal={refusal} isPending={isPending} submit={t('next')} onSubmit={run}>
        <TextField
          name="nationalCode"
          label={t('nationalCode')}
          hint={t('nationalCodeHint')}
          autoComplete="username"
          numeric
        />
      </Form>
      <p>
        <Link to="/sign-in">{t('signIn')}</Link>
      </p>
    </Page>
  );
}
