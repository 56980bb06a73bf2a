import type { InputHTMLAttributes, ReactNode } from 'react';
import styles from './field.module.css';
import { Field } from './field.tsx';
import { useField } from './form-context.ts';

type TextFieldProps = Readonly<{
  name: string;
  label: string;
  hint?: ReactNode;
  /** Digits and Latin letters, which read from the left in Persian too. */
  numeric?: boolean;
}> &
  Pick<
    InputHTMLAttributes<HTMLInputElement>,
    'autoComplete' | 'defaultValue' | 'inputMode' | 'type' | 'lang'
  >;

export function TextField({ name, label, hint, numeric = false, ...input }: TextFieldProps) {
  const { id, error, attributes } = useField(name, hint !== undefined);
  return (
    <Field id={id} label={label} hint={hint} error={error}>
      <input
        type="text"
        {...input}
        {...attributes}
        {...(numeric && { inputMode: 'numeric' })}
        className={numeric ? `${styles.control} ${styles.numeric}` : styles.control}
        autoCapitalize="off"
        spellCheck={false}
      />
    </Field>
  );
}
