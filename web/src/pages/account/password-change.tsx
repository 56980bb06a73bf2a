import { unwrap } from '@savabegh/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Form } from '../../components/form.tsx';
import { Message } from '../../components/message.tsx';
import { NewPassword } from '../../components/new-password.tsx';
import { PasswordField } from '../../components/password-field.tsx';
import { toRefusal } from '../../service/refusal.ts';
import styles from './account.module.css';
import type { PartProps } from './part.ts';
import { t } from './texts.ts';

const names = { password: 'newPassword', confirmation: 'newPasswordConfirmation' };

/** Folded up: whoever comes to look at something else is not asked for a password. */
export function PasswordChange({ session: { api } }: PartProps) {
  const queries = useQueryClient();
  const { data: profile } = useQuery({ queryKey: ['profile'], queryFn: () => unwrap(api.GET('/v1/me')) });
  const change = useMutation({
    mutationFn: (values: FormData) => {
      const body = {
        currentPassword: String(values.get('currentPassword')),
        newPassword: String(values.get(names.password)),
        newPasswordConfirmation: String(values.get(names.confirmation)),
      };
      return unwrap(api.PUT('/v1/me/password', { body }));
    },
    onSuccess: () => queries.invalidateQueries(),
  });
  return (
    <section>
      <h2>{t('changePassword')}</h2>
      <div role="status">
        {change.data && (
          <Message kind="good">
            <p>{t('changed')}</p>
            {change.data.cancelledChanges.length > 0 && <p>{t('cancelled')}</p>}
          </Message>
        )}
      </div>
      {!change.data && (
        <details className={styles.folded} open={change.isError || undefined}>
          <summary>{t('chooseNew')}</summary>
          <p>{t('changePasswordLead')}</p>
          <Form
            refusal={change.error && toRefusal(change.error)}
            isPending={change.isPending}
            submit={t('save')}
            onSubmit={(values) => change.mutate(values)}
          >
            <PasswordField
              name="currentPassword"
              label={t('currentPassword')}
              autoComplete="current-password"
            />
            <NewPassword label={t('newPassword')} names={names} nationalCode={profile?.nationalCode ?? ''} />
          </Form>
        </details>
      )}
    </section>
  );
}
