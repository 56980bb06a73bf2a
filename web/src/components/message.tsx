import type { ReactNode } from 'react';
import styles from './message.module.css';

type MessageProps = Readonly<{ kind: 'info' | 'good' | 'error'; children: ReactNode }>;

/** Something that people are to know before they go on. */
export function Message({ kind, children }: MessageProps) {
  return <div className={`${styles.message} ${styles[kind]}`}>{children}</div>;
}
