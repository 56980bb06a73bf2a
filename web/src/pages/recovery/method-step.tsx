import { unwrap } from '@savabegh/client';
import { useNavigate } from 'react-router';
import { type Choice, Choices } from '../../components/choices.tsx';
import { Form } from '../../components/form.tsx';
import { Message } from '../../components/message.tsx';
import { Page } from '../../components/page.tsx';
import { savabegh } from '../../service/savabegh.ts';
import { useStep } from '../../service/use-step.ts';
import { type Method, type OfferedMethod, type StepProps, toChallenge, toWays } from './recovery.ts';
import { t } from './texts.ts';

const hints = { sms: 'smsHint', email: 'emailHint', questions: 'questionsHint' } as const;

/** To a device that the account does not know nothing shows what it has, nor whether there is one. */
function toChoice({ method, destination }: OfferedMethod): Choice {
  const shown = destination === undefined ? null : `\u2068${destination}\u2069`;
  return {
    value: method,
    label: t(method),
    hint: shown ? t('destination', { destination: shown }) : t(hints[method]),
  };
}

export function MethodStep({ recovery, setRecovery }: StepProps) {
  const navigate = useNavigate();
  const { run, refusal, isPending } = useStep(
    async (values: FormData) => {
      const { api, path } = savabegh.flow(recovery);
      const body = { method: String(values.get('method')) as Method };
      const params = { path };
      const challenge = await unwrap(api.POST('/v1/recoveries/{id}/challenge', { params, body }));
      setRecovery({ ...recovery, challenge: toChallenge(challenge) });
      navigate('/recovery/proof');
    },
    toWays(() => setRecovery(null), '/recovery/password'),
  );
  return (
    <Page title={t('methodTitle')} step={t('step', { step: 2 })}>
      {recovery.isSecond && <Message kind="info">{t('secondLead')}</Message>}
      <Form refusal={refusal} isPending={isPending} submit={t('next')} onSubmit={run}>
        <Choices name="method" legend={t('methodLegend')} choices={recovery.methods.map(toChoice)} />
      </Form>
    </Page>
  );
}
