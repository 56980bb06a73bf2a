import styles from './field.module.css';
import { Field } from './field.tsx';
import { useField } from './form-context.ts';

type Option = Readonly<{ value: string; label: string }>;

type SelectFieldProps = Readonly<{
  name: string;
  label: string;
  /** What stands there until something is chosen. */
  placeholder: string;
  options: readonly Option[];
}>;

export function SelectField({ name, label, placeholder, options }: SelectFieldProps) {
  const { id, error, attributes } = useField(name, false);
  return (
    <Field id={id} label={label} error={error}>
      <select {...attributes} className={styles.control} defaultValue="">
        <option value="">{placeholder}</option>
        {options.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </Field>
  );
}
