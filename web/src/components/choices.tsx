import styles from './field.module.css';

export type Choice = Readonly<{ value: string; label: string; hint?: string | undefined }>;

type ChoicesProps = Readonly<{ name: string; legend: string; choices: readonly Choice[] }>;

/** One of few, all of them seen; the first is chosen already. */
export function Choices({ name, legend, choices }: ChoicesProps) {
  return (
    <fieldset className={styles.choices}>
      <legend>{legend}</legend>
      {choices.map(({ value, label, hint }, index) => (
        <label key={value} className={styles.choice}>
          <input type="radio" name={name} value={value} defaultChecked={index === 0} />
          <span>
            <strong>{label}</strong>
            {hint && <span className={styles.hint}>{hint}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

export function Checkbox({ name, label, hint }: Readonly<{ name: string; label: string; hint?: string }>) {
  return (
    <label className={styles.check}>
      <input type="checkbox" name={name} value="yes" />
      <span>
        {label}
        {hint && <span className={`${styles.hint} ${styles.field}`}>{hint}</span>}
      </span>
    </label>
  );
}
