import { type RefObject, useEffect, useRef } from 'react';
import { defineTexts } from '../language/texts.ts';
import styles from './field.module.css';
import { Field } from './field.tsx';
import { useField } from './form-context.ts';

const t = defineTexts(
  { code: 'کد ۶ رقمی', hint: 'می‌توانید کل متن پیام را هم بچسبانید.' },
  { code: 'The 6-digit code', hint: 'You can also paste the whole message.' },
);

/** Digits of any script, in two halves or with the message around them: the service finds the code. */
export function CodeField({ isSms }: Readonly<{ isSms: boolean }>) {
  const { id, error, attributes } = useField('code', true);
  const input = useRef<HTMLInputElement>(null);
  useCodeOfSms(input, isSms);
  return (
    <Field id={id} label={t('code')} hint={t('hint')} error={error}>
      <input
        {...attributes}
        ref={input}
        type="text"
        className={`${styles.control} ${styles.code}`}
        inputMode="numeric"
        autoComplete="one-time-code"
        spellCheck={false}
      />
    </Field>
  );
}

type OtpCredential = Readonly<{ code: string }>;

/** WebOTP: a phone that has it offers the code of the message that is bound to this host. */
function useCodeOfSms(input: RefObject<HTMLInputElement | null>, isSms: boolean): void {
  useEffect(() => {
    if (!isSms || !('OTPCredential' in window)) return;
    const ending = new AbortController();
    const asked = { otp: { transport: ['sms'] }, signal: ending.signal } as CredentialRequestOptions;
    navigator.credentials.get(asked).then(
      (credential) => {
        const { code } = credential as unknown as OtpCredential;
        if (!input.current) return;
        input.current.value = code;
        input.current.form?.requestSubmit();
      },
      // Declined, or the page was left: then people type.
      () => {},
    );
    return () => ending.abort();
  }, [input, isSms]);
}
