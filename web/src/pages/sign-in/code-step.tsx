import { unwrap } from '@savabegh/client';
import { useMutation } from '@tanstack/react-query';
import { CodeField } from '../../components/code-field.tsx';
import { Form } from '../../components/form.tsx';
import { LinkButton } from '../../components/link-button.tsx';
import { Page } from '../../components/page.tsx';
import { formatTime } from '../../language/texts.ts';
import { toRefusal } from '../../service/refusal.ts';
import { savabegh } from '../../service/savabegh.ts';
import { enter } from '../../service/session.ts';
import type { WaitingSignIn } from './sign-in.ts';
import { t } from './texts.ts';

type CodeStepProps = Readonly<{ waiting: WaitingSignIn; onOver: () => void }>;

/** Says just what it may: whether the password was right, nobody is told before the code decides both. */
export function CodeStep({ waiting, onOver }: CodeStepProps) {
  const { rememberDevice, expiresAt } = waiting;
  const verify = useMutation({
    mutationFn: async (values: FormData) => {
      const { api, path } = savabegh.flow(waiting);
      const body = { code: String(values.get('code')), rememberDevice, keep: 'cookie' as const };
      const params = { path };
      const tokens = await unwrap(api.POST('/v1/sessions/{id}/verification', { params, body }));
      await enter(tokens);
      onOver();
    },
  });
  const refusal = verify.error && toRefusal(verify.error, { 'flow-not-open': t('codeOver') });
  return (
    <Page title={t('codeTitle')} lead={t('codeLead', { until: formatTime(expiresAt) })}>
      <Form
        refusal={refusal}
        isPending={verify.isPending}
        submit={t('codeSubmit')}
        onSubmit={(values) => verify.mutate(values)}
      >
        <CodeField isSms />
      </Form>
      <p>
        <LinkButton onClick={onOver}>{t('again')}</LinkButton>
      </p>
    </Page>
  );
}
