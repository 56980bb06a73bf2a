import { useState } from 'react';
import { defineTexts } from '../language/texts.ts';
import { PasswordField } from './password-field.tsx';
import { PasswordRules, usePasswordPolicy } from './password-rules.tsx';

const t = defineTexts({ again: 'تکرار {label}' }, { again: '{label} again' });

type NewPasswordProps = Readonly<{
  label: string;
  /** As the service names the field and its repetition. */
  names: Readonly<{ password: string; confirmation: string }>;
  /** Whose it is: its digits may not be in it, and password managers keep it under that name. */
  nationalCode: string;
}>;

/** A new password twice, its rules ticked off on the way. */
export function NewPassword({ label, names, nationalCode }: NewPasswordProps) {
  const [typed, setTyped] = useState('');
  const { data: policy } = usePasswordPolicy();
  return (
    <>
      <input type="text" autoComplete="username" value={nationalCode} readOnly hidden />
      <PasswordField
        name={names.password}
        label={label}
        autoComplete="new-password"
        rules={policy?.passwordRules}
        hint={<PasswordRules password={typed} person={{ nationalCode }} />}
        onChange={setTyped}
      />
      <PasswordField
        name={names.confirmation}
        label={t('again', { label })}
        autoComplete="new-password"
        rules={policy?.passwordRules}
      />
    </>
  );
}
