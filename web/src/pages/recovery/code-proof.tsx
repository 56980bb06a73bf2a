import { unwrap } from '@savabegh/client';
import { Link } from 'react-router';
import { CodeField } from '../../components/code-field.tsx';
import { Form } from '../../components/form.tsx';
import { Page } from '../../components/page.tsx';
import { Resend } from '../../components/resend.tsx';
import styles from '../../components/ways.module.css';
import { formatTime } from '../../language/texts.ts';
import { savabegh } from '../../service/savabegh.ts';
import { useStep } from '../../service/use-step.ts';
import type { ProofProps } from './recovery.ts';
import { type Challenge, type Recovery, toChallenge, toWays } from './recovery.ts';
import { t } from './texts.ts';

function whereTo({ methods }: Recovery, { method }: Challenge): string {
  const destination = methods.find((offered) => offered.method === method)?.destination;
  if (destination !== undefined) return t('sentTo', { destination: `\u2068${destination}\u2069` });
  return t(method === 'sms' ? 'smsSent' : 'emailSent');
}

export function CodeProof({ recovery, setRecovery, challenge, step }: ProofProps) {
  const { run, refusal, isPending } = step;
  const { method, resendAt, wasResent = false } = challenge;
  const times = { asked: formatTime(challenge.askedAt), until: formatTime(challenge.expiresAt) };
  const resend = useStep(
    async () => {
      const { api, path } = savabegh.flow(recovery);
      const params = { path };
      const again = await unwrap(api.POST('/v1/recoveries/{id}/challenge', { params, body: { method } }));
      setRecovery({ ...recovery, challenge: { ...toChallenge(again), wasResent: true } });
    },
    toWays(() => setRecovery(null), '/recovery/password'),
  );
  return (
    <Page
      title={t('codeTitle')}
      step={t('step', { step: 3 })}
      lead={
        <>
          <p>{whereTo(recovery, challenge)}</p>
          <p>{t('askedAt', times)}</p>
        </>
      }
    >
      <Form
        refusal={refusal}
        isPending={isPending}
        submit={t('next')}
        onSubmit={(values) => run({ code: String(values.get('code')) })}
      >
        <CodeField isSms={method === 'sms'} />
      </Form>
      <div className={styles.ways}>
        <Resend resendAt={resendAt} wasResent={wasResent} step={resend} />
        <Link to="/recovery/method">{t('otherMethod')}</Link>
      </div>
    </Page>
  );
}
