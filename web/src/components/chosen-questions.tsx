import { unwrap } from '@savabegh/client';
import { useQuery } from '@tanstack/react-query';
import { locale } from '../language/locale.ts';
import { defineTexts } from '../language/texts.ts';
import { savabegh } from '../service/savabegh.ts';
import styles from './chosen-questions.module.css';
import { SelectField } from './select-field.tsx';
import { TextField } from './text-field.tsx';

const t = defineTexts(
  {
    question: 'پرسش {number, number}',
    answer: 'پاسخ {number, number}',
    choose: 'انتخاب کنید',
    loading: 'پرسش‌ها در حال دریافت است…',
  },
  {
    question: 'Question {number, number}',
    answer: 'Answer {number, number}',
    choose: 'Choose one',
    loading: 'Getting the questions…',
  },
);

const places = [0, 1, 2] as const;

/** Names of the fields in a form: those by which the service says which of them is wrong, in the member `list`. */
export const toAnswerNames = (list: string, place: number) => ({
  question: `/${list}/${place}/question`,
  answer: `/${list}/${place}/answer`,
});

/** What was chosen and answered, as the service takes it. */
export function readAnswers(values: FormData, list: string) {
  return places.map((place) => {
    const { question, answer } = toAnswerNames(list, place);
    return { question: String(values.get(question) ?? ''), answer: String(values.get(answer)) };
  });
}

/** Three times a question of the catalogue and its answer. */
export function ChosenQuestions({ list }: Readonly<{ list: string }>) {
  const { data } = useQuery({
    queryKey: ['security-questions'],
    queryFn: () => unwrap(savabegh.api.GET('/v1/security-questions')),
  });
  if (!data) return <p role="status">{t('loading')}</p>;
  const options = data.questions.map(({ id, text }) => ({ value: id, label: text[locale] }));
  return places.map((place) => {
    const names = toAnswerNames(list, place);
    return (
      <div key={place} className={styles.question}>
        <SelectField
          name={names.question}
          label={t('question', { number: place + 1 })}
          placeholder={t('choose')}
          options={options}
        />
        <TextField name={names.answer} label={t('answer', { number: place + 1 })} autoComplete="off" />
      </div>
    );
  });
}
