import { unwrap } from '@savabegh/client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { locale } from '../language/locale.ts';
import { defineTexts } from '../language/texts.ts';
import { savabegh } from '../service/savabegh.ts';
import styles from './password-rules.module.css';

const t = defineTexts(
  {
    rules: 'گذرواژه باید این‌گونه باشد:',
    later: 'این‌ها هنگام ثبت سنجیده می‌شود:',
    met: 'رعایت شده:',
    unmet: 'هنوز نه:',
    left: '{left, plural, =0 {همهٔ قاعده‌ها رعایت شده است.} other {{left, number} قاعده مانده است.}}',
  },
  {
    rules: 'What the password needs:',
    later: 'These are looked at when it is set:',
    met: 'Met:',
    unmet: 'Not yet:',
    left: '{left, plural, =0 {All rules are met.} one {One rule is left.} other {# rules are left.}}',
  },
);

/** Rules about what only the service knows of the person. */
const judgedLater = new Set(['name', 'birth-year', 'mobile', 'email', 'history']);
/** Between two looks while somebody types. */
const pauseMs = 300;

export const usePasswordPolicy = () =>
  useQuery({
    queryKey: ['password-policy'],
    queryFn: () => unwrap(savabegh.api.GET('/v1/password-policy')),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** What somebody has typed, once they pause. */
function usePaused(value: string): string {
  const [paused, setPaused] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), pauseMs);
    return () => clearTimeout(timer);
  }, [value]);
  return paused;
}

type PasswordRulesProps = Readonly<{ password: string; person: Readonly<{ nationalCode?: string }> }>;

/** The policy's rules, ticked off while somebody types. The service judges; nothing of it is kept there. */
export function PasswordRules({ password, person }: PasswordRulesProps) {
  const { data: policy } = usePasswordPolicy();
  const typed = usePaused(password);
  const { data: evaluation } = useQuery({
    queryKey: ['password-evaluation', typed],
    queryFn: () =>
      unwrap(savabegh.api.POST('/v1/password-policy/evaluations', { body: { password: typed, ...person } })),
    enabled: typed !== '',
    placeholderData: keepPreviousData,
    // Not to stay in memory.
    gcTime: 0,
  });
  if (!policy) return null;
  const broken =
    evaluation && password !== '' ? new Set(evaluation.violations.map(({ rule }) => rule)) : null;
  const now = policy.rules.filter(({ code }) => !judgedLater.has(code));
  const isMet = (code: string) => broken !== null && !broken.has(code);
  const left = now.filter(({ code }) => !isMet(code)).length;
  return (
    <div className={styles.rules}>
      <p>{t('rules')}</p>
      <ul>
        {now.map(({ code, text }) => (
          <li key={code} className={isMet(code) ? styles.met : undefined}>
            {broken && <span className="hidden">{t(isMet(code) ? 'met' : 'unmet')}</span>} {text[locale]}
          </li>
        ))}
      </ul>
      <p role="status" className="hidden">
        {broken && t('left', { left })}
      </p>
      <details>
        <summary>{t('later')}</summary>
        <ul>
          {policy.rules
            .filter(({ code }) => judgedLater.has(code))
            .map(({ code, text }) => (
              <li key={code}>{text[locale]}</li>
            ))}
        </ul>
      </details>
    </div>
  );
}
