import { unwrap } from '@savabegh/client';
import { Link, useNavigate } from 'react-router';
import { CodeField } from '../../components/code-field.tsx';
import { Form } from '../../components/form.tsx';
import { Page } from '../../components/page.tsx';
import { Resend } from '../../components/resend.tsx';
import styles from '../../components/ways.module.css';
import { formatTime } from '../../language/texts.ts';
import { savabegh } from '../../service/savabegh.ts';
import { useStep } from '../../service/use-step.ts';
import { type StepProps, toResendAt, toWays } from './registration.ts';
import { t } from './texts.ts';

export function CodeStep({ registration, setRegistration }: StepProps) {
  const navigate = useNavigate();
  const { api, path } = savabegh.flow(registration);
  const ways = toWays(() => setRegistration(null), '/sign-up/account');
  const { run, refusal, isPending } = useStep(async (values: FormData) => {
    const body = { code: String(values.get('code')) };
    await unwrap(api.POST('/v1/registrations/{id}/verification', { params: { path }, body }));
    setRegistration({ ...registration, isVerified: true });
    navigate('/sign-up/account');
  }, ways);
  const resend = useStep(async () => {
    const sent = await unwrap(api.POST('/v1/registrations/{id}/code', { params: { path } }));
    setRegistration({ ...registration, ...sent, resendAt: toResendAt(sent), wasResent: true });
  }, ways);
  const { destination, codeExpiresAt, resendAt, wasResent = false } = registration;
  const lead = { destination: `\u2068${destination}\u2069`, until: formatTime(codeExpiresAt) };
  return (
    <Page title={t('codeTitle')} step={t('step', { step: 2 })} lead={t('sentTo', lead)}>
      <Form refusal={refusal} isPending={isPending} submit={t('next')} onSubmit={run}>
        <CodeField isSms />
      </Form>
      <div className={styles.ways}>
        <Resend resendAt={resendAt} wasResent={wasResent} step={resend} />
        <Link to="/sign-up">{t('startAgain')}</Link>
      </div>
    </Page>
  );
}
