import { unwrap } from '@savabegh/client';
import { useNavigate } from 'react-router';
import { ChosenQuestions, readAnswers } from '../../components/chosen-questions.tsx';
import { Form } from '../../components/form.tsx';
import { NewPassword } from '../../components/new-password.tsx';
import { Page } from '../../components/page.tsx';
import { TextField } from '../../components/text-field.tsx';
import { savabegh } from '../../service/savabegh.ts';
import { useStep } from '../../service/use-step.ts';
import { type StepProps, toWays } from './registration.ts';
import styles from './sign-up.module.css';
import { t } from './texts.ts';

const names = { password: 'password', confirmation: 'passwordConfirmation' };
/** The member of the request that takes them. */
const list = 'securityAnswers';

export function AccountStep({ registration, setRegistration }: StepProps) {
  const navigate = useNavigate();
  const { run, refusal, isPending } = useStep(
    async (values: FormData) => {
      const { api, path } = savabegh.flow(registration);
      const email = String(values.get('email')).trim();
      const body = {
        password: String(values.get(names.password)),
        passwordConfirmation: String(values.get(names.confirmation)),
        securityAnswers: readAnswers(values, list),
        ...(email !== '' && { email }),
      };
      await unwrap(api.POST('/v1/registrations/{id}/completion', { params: { path }, body }));
      setRegistration(null);
      navigate('/sign-in', { replace: true, state: { notice: 'signed-up' } });
    },
    toWays(() => setRegistration(null)),
  );
  return (
    <Page title={t('accountTitle')} step={t('step', { step: 3 })} lead={t('accountLead')}>
      <Form refusal={refusal} isPending={isPending} submit={t('save')} onSubmit={run}>
        <NewPassword label={t('password')} names={names} nationalCode={registration.nationalCode} />
        <fieldset className={styles.questions}>
          <legend>{t('questions')}</legend>
          <p>{t('questionsHint')}</p>
          <ChosenQuestions list={list} />
        </fieldset>
        <TextField name="email" label={t('email')} hint={t('emailHint')} autoComplete="email" type="email" />
      </Form>
    </Page>
  );
}
