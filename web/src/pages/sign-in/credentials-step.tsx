import { type Tokens, unwrap } from '@savabegh/client';
import { useMutation } from '@tanstack/react-query';
import { Link, useLocation } from 'react-router';
import { Checkbox } from '../../components/choices.tsx';
import { Form } from '../../components/form.tsx';
import { Message } from '../../components/message.tsx';
import { Page } from '../../components/page.tsx';
import { PasswordField } from '../../components/password-field.tsx';
import { TextField } from '../../components/text-field.tsx';
import styles from '../../components/ways.module.css';
import { toRefusal } from '../../service/refusal.ts';
import { savabegh } from '../../service/savabegh.ts';
import { enter } from '../../service/session.ts';
import type { SignInOutcome, WaitingSignIn } from './sign-in.ts';
import { t } from './texts.ts';

export function CredentialsStep({ onWaiting }: Readonly<{ onWaiting: (waiting: WaitingSignIn) => void }>) {
  const { state } = useLocation();
  const signIn = useMutation({
    mutationFn: async (values: FormData) => {
      const rememberDevice = values.get('rememberDevice') !== null;
      const body = {
        nationalCode: String(values.get('nationalCode')),
        password: String(values.get('password')),
        rememberDevice,
        keep: 'cookie' as const,
      };
      const outcome = await unwrap(savabegh.api.POST('/v1/sessions', { body }));
      if (outcome.next === 'code') onWaiting({ ...toWaiting(outcome), rememberDevice });
      // Of the two outcomes that the answer has room for, `next` says which it is.
      else await enter(outcome as Tokens);
    },
  });
  const notice = notices[state?.notice as keyof typeof notices];
  const refusal = signIn.error && toRefusal(signIn.error, { 'credentials-not-accepted': t('wrong') });
  return (
    <Page title={t('title')} lead={t('lead')}>
      {notice && !refusal && <Message kind="good">{t(notice)}</Message>}
      <Form
        refusal={refusal}
        isPending={signIn.isPending}
        submit={t('submit')}
        onSubmit={(values) => signIn.mutate(values)}
      >
        {refusal?.code === 'account-locked' && <Link to="/recovery">{t('recoverLocked')}</Link>}
        <TextField
          name="nationalCode"
          label={t('nationalCode')}
          hint={t('nationalCodeHint')}
          autoComplete="username"
          numeric
        />
        <PasswordField name="password" label={t('password')} autoComplete="current-password" />
        <Checkbox name="rememberDevice" label={t('remember')} hint={t('rememberHint')} />
      </Form>
      <div className={styles.ways}>
        <Link to="/recovery">{t('recover')}</Link>
        <Link to="/sign-up">{t('signUp')}</Link>
      </div>
    </Page>
  );
}

/** Where somebody comes from with something done. */
const notices = { recovered: 'recovered', 'signed-up': 'signedUp' } as const;

function toWaiting({ id = '', flowToken = '', expiresAt = '' }: SignInOutcome) {
  return { id, flowToken, expiresAt };
}
