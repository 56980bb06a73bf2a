import { type ReactNode, useState } from 'react';
import { defineTexts } from '../language/texts.ts';
import styles from './field.module.css';
import { Field } from './field.tsx';
import { useField } from './form-context.ts';

const t = defineTexts(
  { show: 'نمایش', hide: 'پنهان', showNamed: 'نمایش {label}', hideNamed: 'پنهان کردن {label}' },
  { show: 'Show', hide: 'Hide', showNamed: 'Show {label}', hideNamed: 'Hide {label}' },
);

type PasswordFieldProps = Readonly<{
  name: string;
  label: string;
  hint?: ReactNode;
  autoComplete: 'current-password' | 'new-password';
  /** What password managers make new ones by (`GET /v1/password-policy`). */
  rules?: string | undefined;
  onChange?: (value: string) => void;
}>;

/** A secret that can be looked at: on a phone nobody types twelve characters blindly. */
export function PasswordField({ name, label, hint, autoComplete, rules, onChange }: PasswordFieldProps) {
  const { id, error, attributes } = useField(name, hint !== undefined);
  const [isShown, setIsShown] = useState(false);
  return (
    <Field id={id} label={label} hint={hint} error={error}>
      <div className={styles.secret}>
        <input
          {...attributes}
          {...(rules !== undefined && { passwordrules: rules })}
          type={isShown ? 'text' : 'password'}
          className={`${styles.control} ${styles.numeric}`}
          autoComplete={autoComplete}
          autoCapitalize="off"
          spellCheck={false}
          onChange={(event) => onChange?.(event.currentTarget.value)}
        />
        <button
          type="button"
          className={styles.reveal}
          aria-label={t(isShown ? 'hideNamed' : 'showNamed', { label })}
          aria-controls={id}
          onClick={() => setIsShown(!isShown)}
        >
          {t(isShown ? 'hide' : 'show')}
        </button>
      </div>
    </Field>
  );
}
