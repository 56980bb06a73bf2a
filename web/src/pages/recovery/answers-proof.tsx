import { Link } from 'react-router';
import { ChosenQuestions, readAnswers, toAnswerNames } from '../../components/chosen-questions.tsx';
import { Form } from '../../components/form.tsx';
import { Page } from '../../components/page.tsx';
import { TextField } from '../../components/text-field.tsx';
import type { ProofProps } from './recovery.ts';
import { t } from './texts.ts';

/** The member of the request that takes them. */
const list = 'answers';

/** On a known device the person's own questions; elsewhere they say which three they chose. */
export function AnswersProof({ challenge: { questions }, step: { run, refusal, isPending } }: ProofProps) {
  return (
    <Page
      title={t('answersTitle')}
      step={t('step', { step: 3 })}
      lead={
        <>
          {!questions && <p>{t('answersUnknown')}</p>}
          <p>{t('answersLead')}</p>
        </>
      }
    >
      <Form
        refusal={refusal}
        isPending={isPending}
        submit={t('next')}
        onSubmit={(values) => run({ answers: readAnswers(values, list) })}
      >
        {questions?.map(({ id, text }, place) => (
          <div key={id}>
            <input type="hidden" name={toAnswerNames(list, place).question} value={id} />
            <TextField name={toAnswerNames(list, place).answer} label={text} autoComplete="off" />
          </div>
        )) ?? <ChosenQuestions list={list} />}
      </Form>
      <p>
        <Link to="/recovery/method">{t('otherMethod')}</Link>
      </p>
    </Page>
  );
}
