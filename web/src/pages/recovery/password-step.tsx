import { unwrap } from '@savabegh/client';
import { useNavigate } from 'react-router';
import { Form } from '../../components/form.tsx';
import { NewPassword } from '../../components/new-password.tsx';
import { Page } from '../../components/page.tsx';
import { savabegh } from '../../service/savabegh.ts';
import { useStep } from '../../service/use-step.ts';
import { type StepProps, toWays } from './recovery.ts';
import { t } from './texts.ts';

const names = { password: 'newPassword', confirmation: 'newPasswordConfirmation' };

export function PasswordStep({ recovery, setRecovery }: StepProps) {
  const navigate = useNavigate();
  const { run, refusal, isPending } = useStep(
    async (values: FormData) => {
      const { api, path } = savabegh.flow(recovery);
      const body = {
        newPassword: String(values.get(names.password)),
        newPasswordConfirmation: String(values.get(names.confirmation)),
      };
      await unwrap(api.PUT('/v1/recoveries/{id}/password', { params: { path }, body }));
      navigate('/sign-in', { replace: true, state: { notice: 'recovered' } });
      setRecovery(null);
    },
    toWays(() => setRecovery(null)),
  );
  return (
    <Page title={t('passwordTitle')} step={t('step', { step: 4 })} lead={t('passwordLead')}>
      <Form refusal={refusal} isPending={isPending} submit={t('save')} onSubmit={run}>
        <NewPassword label={t('newPassword')} names={names} nationalCode={recovery.nationalCode} />
      </Form>
    </Page>
  );
}
