import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { defineTexts } from '../language/texts.ts';
import { toRefusal } from '../service/refusal.ts';
import { LinkButton } from './link-button.tsx';
import { Message } from './message.tsx';

const t = defineTexts(
  { loading: 'در حال دریافت…', again: 'تلاش دوباره' },
  { loading: 'One moment…', again: 'Try again' },
);

type LoadedProps<Data> = Readonly<{ query: UseQueryResult<Data>; children: (data: Data) => ReactNode }>;

/** What was asked for, once it is there; that it is not there yet, or why it did not come. */
export function Loaded<Data>({ query, children }: LoadedProps<Data>) {
  const { data, error, refetch } = query;
  if (data !== undefined) return children(data);
  if (!error) return <p role="status">{t('loading')}</p>;
  return (
    <Message kind="error">
      <p role="alert">{toRefusal(error).message}</p>
      <LinkButton onClick={() => void refetch()}>{t('again')}</LinkButton>
    </Message>
  );
}
