import { unwrap } from '@savabegh/client';
import { Link, useLocation, useNavigate } from 'react-router';
import { Form } from '../../components/form.tsx';
import { Message } from '../../components/message.tsx';
import { Page } from '../../components/page.tsx';
import { TextField } from '../../components/text-field.tsx';
import { savabegh } from '../../service/savabegh.ts';
import { useStep } from '../../service/use-step.ts';
import { type Registration, toResendAt, toWays } from './registration.ts';
import { t } from './texts.ts';

export function IdentityStep({ onStarted }: Readonly<{ onStarted: (registration: Registration) => void }>) {
  const navigate = useNavigate();
  const { state } = useLocation();
  const { run, refusal, isPending } = useStep(async (values: FormData) => {
    const nationalCode = String(values.get('nationalCode'));
    const body = {
      nationalCode,
      birthDate: String(values.get('birthDate')),
      mobile: String(values.get('mobile')),
    };
    const started = await unwrap(savabegh.api.POST('/v1/registrations', { body }));
    onStarted({ ...started, nationalCode, resendAt: toResendAt(started) });
    navigate('/sign-up/code');
  }, toWays());
  return (
    <Page title={t('title')} step={t('step', { step: 1 })} lead={t('lead')}>
      {state?.notice === 'over' && !refusal && <Message kind="info">{t('over')}</Message>}
      <Form refusal={refusal} isPending={isPending} submit={t('next')} onSubmit={run}>
        <TextField
          name="nationalCode"
          label={t('nationalCode')}
          hint={t('nationalCodeHint')}
          autoComplete="username"
          numeric
        />
        <TextField
          name="birthDate"
          label={t('birthDate')}
          hint={t('birthDateHint')}
          autoComplete="off"
          numeric
        />
        <TextField
          name="mobile"
          label={t('mobile')}
          hint={t('mobileHint')}
          autoComplete="tel-national"
          inputMode="tel"
          numeric
        />
      </Form>
      <p>
        <Link to="/sign-in">{t('signIn')}</Link>
      </p>
    </Page>
  );
}
