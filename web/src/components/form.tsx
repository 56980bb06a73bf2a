import { type FormEvent, type ReactNode, useEffect, useRef } from 'react';
import { defineTexts, localiseDigits } from '../language/texts.ts';
import { proofOfWork } from '../service/proof-of-work.ts';
import type { Refusal } from '../service/refusal.ts';
import styles from './form.module.css';
import { RefusalContext, toFieldId } from './form-context.ts';
import { Message } from './message.tsx';

const t = defineTexts(
  {
    failed: 'انجام نشد',
    working: 'در حال انجام…',
    solving:
      'تلاش‌های زیادی از این شبکه شده است. دستگاه شما چند ثانیه محاسبه می‌کند تا نشان دهد که ربات نیستید؛ خودبه‌خود ادامه می‌یابد.',
    attempts:
      '{left, plural, =0 {دیگر نمی‌توانید تلاش کنید.} other {{left, number} بار دیگر می‌توانید تلاش کنید.}}',
  },
  {
    failed: 'That did not work',
    working: 'One moment…',
    solving:
      'There were many attempts from this network. Your device computes for some seconds to show that you are not a robot; it goes on by itself.',
    attempts:
      '{left, plural, =0 {No attempts are left.} one {One attempt is left.} other {# attempts are left.}}',
  },
);

type FormProps = Readonly<{
  /** Told under the fields that it is about, and above all of them, where the focus goes. */
  refusal: Refusal | null;
  isPending: boolean;
  submit: string;
  onSubmit: (values: FormData) => void;
  children: ReactNode;
}>;

/** Fields and the one button that sends them. The service alone judges what was typed. */
export function Form({ refusal, isPending, submit, onSubmit, children }: FormProps) {
  const isSolving = proofOfWork.useIsSolving();
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!isPending) onSubmit(new FormData(event.currentTarget));
  };
  return (
    <RefusalContext value={refusal}>
      {/* `post`: should the script fail, nothing that was typed gets into an address. */}
      <form method="post" noValidate className={styles.form} onSubmit={send}>
        {refusal && <RefusalSummary refusal={refusal} />}
        {children}
        <div className={styles.end}>
          <div role="status">{isPending && isSolving && <Message kind="info">{t('solving')}</Message>}</div>
          <button type="submit" className={styles.submit} aria-disabled={isPending}>
            {isPending ? t('working') : submit}
          </button>
        </div>
      </form>
    </RefusalContext>
  );
}

/** Takes the focus, so that whoever does not see it is told; leads to each field. */
function RefusalSummary({ refusal }: Readonly<{ refusal: Refusal }>) {
  const ref = useRef<HTMLDivElement>(null);
  // A refusal that says the same again is another one.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each refusal is to be told
  useEffect(() => ref.current?.focus(), [refusal]);
  const { message, fields, attemptsLeft } = refusal;
  return (
    <div ref={ref} role="alert" tabIndex={-1} className={styles.summary}>
      <h2>{t('failed')}</h2>
      {fields.size === 0 && <p>{message}</p>}
      <ul>
        {[...fields].map(([name, detail]) => (
          <li key={name}>
            <a href={`#${toFieldId(name)}`} onClick={(event) => focusField(event, name)}>
              {localiseDigits(detail)}
            </a>
          </li>
        ))}
      </ul>
      {attemptsLeft !== undefined && attemptsLeft > 0 && <p>{t('attempts', { left: attemptsLeft })}</p>}
    </div>
  );
}

function focusField(event: { preventDefault(): void }, name: string): void {
  event.preventDefault();
  document.getElementById(toFieldId(name))?.focus();
}
