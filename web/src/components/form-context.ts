import { createContext, useContext } from 'react';
import type { Refusal } from '../service/refusal.ts';

/** What was wrong at the last sending of the form around a field. */
export const RefusalContext = createContext<Refusal | null>(null);

export const toFieldId = (name: string): string => `field-${name.replaceAll(/[^\w]/g, '-')}`;

/** What a field needs to be named, explained and corrected. */
export function useField(name: string, hasHint: boolean) {
  const error = useContext(RefusalContext)?.fields.get(name);
  const id = toFieldId(name);
  const described = [hasHint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return {
    id,
    error,
    attributes: {
      id,
      name,
      ...(error && { 'aria-invalid': true }),
      ...(described && { 'aria-describedby': described }),
    },
  };
}
