import type { ReactNode } from 'react';
import styles from './link-button.module.css';

type LinkButtonProps = Readonly<{
  onClick: () => void;
  disabled?: boolean;
  /** Where several say the same: which one it is, for whoever does not see what is around it. */
  label?: string;
  children: ReactNode;
}>;

export function LinkButton({ onClick, disabled = false, label, children }: LinkButtonProps) {
  return (
    <button type="button" className={styles.link} disabled={disabled} aria-label={label} onClick={onClick}>
      {children}
    </button>
  );
}
