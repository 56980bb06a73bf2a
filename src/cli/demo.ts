import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import {
  createSavabegh,
  type ProblemCode,
  ProblemError,
  type Savabegh,
  type Session,
  unwrap,
} from '../../clients/typescript/src/index.ts';
import { findRunning } from '../development/start.ts';
import { toPersianDigits } from '../kernel/locale.ts';
import type { Environment } from '../settings/reader.ts';
import { type Command, CommandError, defineAction, exitCodes } from './command.ts';

const startTimeoutSeconds = 90;
const codeTimeoutSeconds = 10;

class StepFailed extends Error {}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A service and the SDK that speaks to it. */
type Target = Readonly<{ base: string; savabegh: Savabegh }>;

/** What development offers beside the API: people to try it with, and what they would have received. */
type SamplePerson = Readonly<{
  nationalCode: string;
  birthDate: string;
  mobile: string;
  firstName: Readonly<{ fa: string; latin: string }>;
  lastName: Readonly<{ fa: string; latin: string }>;
}>;
type Message = Readonly<{ id: string; code: string | null; text: string }>;

async function development<T>({ base }: Target, path: string, method = 'GET'): Promise<T> {
  const response = await fetch(`${base}/dev/${path}`, { method });
  if (!response.ok) throw new StepFailed(`/dev/${path} answers ${response.status}: is this development?`);
  return response.json() as Promise<T>;
}

/** A call that has to be refused, and with this code. */
async function refusal(call: Promise<unknown>, code: ProblemCode, what: string): Promise<ProblemError> {
  const outcome = await call.then(
    () => 'accepted',
    (error: unknown) => error,
  );
  if (outcome instanceof ProblemError && outcome.code === code) return outcome;
  throw new StepFailed(`${what}: expected ${code}, got ${outcome}`);
}

const dim = (text: string) => styleText('dim', text);
let stepNumber = 0;

function heading(fa: string, en: string): void {
  stepNumber += 1;
  console.log(`\n${styleText(['bold', 'cyan'], `${stepNumber}. ${en}`)}  ${dim(fa)}`);
}

function said(line: string): void {
  console.log(`   ${line}`);
}

function held(line: string): void {
  console.log(`   ${styleText('green', '✓')} ${line}`);
}

/** The newest code for a mobile, as the person would read it on the phone. */
async function readCode(
  target: Target,
  mobile: string,
  after: string | null,
): Promise<{ id: string; code: string }> {
  const destination = encodeURIComponent(`+98${mobile.replace(/^0/, '')}`);
  for (let waited = 0; waited < codeTimeoutSeconds * 10; waited += 1) {
    const { messages } = await development<{ messages: Message[] }>(
      target,
      `messages.json?destination=${destination}`,
    );
    for (const { id, code, text } of messages) {
      if (!code || id === after) continue;
      for (const line of text.split('\n')) said(dim(`│ ${line}`));
      return { id, code };
    }
    await sleep(100);
  }
  throw new StepFailed('no message arrived');
}

const isUp = (base: string): Promise<boolean> =>
  fetch(`${base}/readyz`).then(
    (response) => response.ok,
    () => false,
  );

type Service = Readonly<{ base: string; stop(): Promise<void> }>;

/** `BASE_URL`, or the service that runs on this data folder, on whatever port, or one of its own. */
async function findService(environment: Environment): Promise<Service> {
  const stop = async () => {};
  const given = environment.BASE_URL?.replace(/\/+$/, '');
  if (given) {
    if (await isUp(given)) return { base: given, stop };
    throw new CommandError(`nothing answers at ${given}`);
  }
  const folder = environment.DATA_DIRECTORY || '.data';
  const running = await findRunning(folder);
  if (running && (await isUp(running.origin))) {
    console.log(dim(`Using the service at ${running.origin}`));
    return { base: running.origin, stop };
  }
  console.log(dim('No service runs here: starting one …'));
  return startService(environment, folder);
}

async function startService(environment: Environment, folder: string): Promise<Service> {
  const entry = fileURLToPath(new URL('../../bin/savabegh.js', import.meta.url));
  const child = spawn(process.execPath, [entry, 'serve'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...environment, HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'error' },
  });
  const exited = once(child, 'exit');
  for (let waited = 0; waited < startTimeoutSeconds * 10 && child.exitCode === null; waited += 1) {
    const running = await findRunning(folder);
    if (running?.pid === child.pid && running && (await isUp(running.origin))) {
      return {
        base: running.origin,
        async stop() {
          child.kill('SIGTERM');
          await exited;
        },
      };
    }
    await sleep(100);
  }
  child.kill('SIGTERM');
  throw new CommandError('the service did not start');
}

const firstPassword = 'Tq7vLmz4Wk';
const secondPassword = 'Hx3pRdn8Yb';

async function signUp(target: Target, { nationalCode, birthDate, mobile }: SamplePerson): Promise<string> {
  const { savabegh } = target;
  const { api } = savabegh;
  heading('ثبت‌نام با کد ملی و شمارهٔ همراه', 'Sign up with the national code and a mobile of one’s own');
  const started = await unwrap(api.POST('/v1/registrations', { body: { nationalCode, birthDate, mobile } }));
  const registration = savabegh.flow(started);
  const params = { path: registration.path };
  said(`a code goes to ${started.destination}`);
  const { id, code } = await readCode(target, mobile, null);
  await unwrap(registration.api.POST('/v1/registrations/{id}/verification', { params, body: { code } }));
  held('the mobile is proved and the details match the register');

  heading('گذرواژه و پرسش‌های امنیتی', 'Choose a password and security questions');
  const judged = await unwrap(
    api.POST('/v1/password-policy/evaluations', { body: { password: `Aa${nationalCode}`, nationalCode } }),
  );
  if (judged.acceptable) throw new StepFailed('a password with the national code in it was found acceptable');
  held(`a guessable one is refused: ${judged.violations[0]?.detail}`);
  const { questions } = await unwrap(api.GET('/v1/security-questions'));
  const answers = ['باغچهٔ آجری', 'کوچهٔ یاس', 'دوچرخهٔ قرمز'];
  const chosen = questions.slice(0, answers.length);
  for (const { text } of chosen) said(dim(`? ${text.fa}`));
  const securityAnswers = chosen.map(({ id: question }, index) => ({
    question,
    answer: answers[index] ?? '',
  }));
  await unwrap(
    registration.api.POST('/v1/registrations/{id}/completion', {
      params,
      body: { password: firstPassword, passwordConfirmation: firstPassword, securityAnswers },
    }),
  );
  held('the account exists');
  return id;
}

const rials = new Intl.NumberFormat('en');
const barWidth = 36;

/** Shows days per year as bars, and what an integrator would otherwise have to reckon. */
async function showRecord(session: Session): Promise<void> {
  const summary = await unwrap(session.api.GET('/v1/me/insurance-records/summary'));
  const record = await unwrap(session.api.GET('/v1/me/insurance-records'));
  const days = record.years.reduce((sum, year) => sum + year.days.capped, 0);
  if (days === 0) throw new StepFailed('the record is empty');
  if (days !== summary.days.capped) throw new StepFailed('list and summary do not agree');
  for (const year of summary.years) {
    const bar = '█'.repeat(Math.round((year.days.capped / year.length) * barWidth)).padEnd(barWidth, '░');
    said(
      `${year.year} ${styleText('cyan', bar)} ${String(year.days.capped).padStart(3)} days, ${year.sources.length} workshop(s)`,
    );
  }
  const { asOf, wages } = summary;
  if (!asOf || !wages.last) throw new StepFailed('the summary leaves out what a record with days has');
  const { calendar, decimal } = summary.career;
  said(
    `${days} days up to ${asOf.year}/${asOf.month}: ${calendar.years} y ${calendar.months} m ${calendar.days} d (${calendar.label.en}), or ${decimal.years} years (${decimal.label.en})`,
  );
  said(`last insurable wage ${rials.format(wages.last.insurableWage)} rials a month`);
}

/** @param seen the message of the sign-up, which is not the one to wait for */
async function recover(target: Target, { nationalCode, mobile }: SamplePerson, seen: string): Promise<void> {
  const { savabegh } = target;
  const { api } = savabegh;
  heading('گذرواژه فراموش شده است', 'The password is lost: start recovery, choose SMS');
  const started = await unwrap(api.POST('/v1/recoveries', { body: { nationalCode } }));
  const recovery = savabegh.flow(started);
  const params = { path: recovery.path };
  said(
    `methods: ${started.methods.map((way) => [way.method, way.destination].filter(Boolean).join(' to ')).join(', ')}`,
  );
  await unwrap(recovery.api.POST('/v1/recoveries/{id}/challenge', { params, body: { method: 'sms' } }));
  const { code } = await readCode(target, mobile, seen);

  heading('کد پیامک‌شده', 'Give the six-digit code');
  const prove = (given: string) =>
    unwrap(recovery.api.POST('/v1/recoveries/{id}/verification', { params, body: { code: given } }));
  const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0');
  const refused = await refusal(prove(wrong), 'code-not-accepted', 'a wrong code');
  held(`a wrong one is refused, ${refused.problem.attemptsLeft} guesses left`);
  const persian = toPersianDigits(code);
  await prove(persian);
  held(`the right one is accepted, in Persian digits too: ${persian}`);

  heading('گذرواژهٔ تازه، دو بار', 'Set the new password, twice the same');
  const setPassword = (newPassword: string, newPasswordConfirmation: string) =>
    unwrap(
      recovery.api.PUT('/v1/recoveries/{id}/password', {
        params,
        body: { newPassword, newPasswordConfirmation },
      }),
    );
  await refusal(setPassword(secondPassword, `${secondPassword}x`), 'password-refused', 'two different ones');
  held('two different ones are refused');
  await setPassword(secondPassword, secondPassword);
  held('the new password is set; every session has ended');
}

async function walk(target: Target): Promise<void> {
  const { savabegh } = target;
  const person = await development<SamplePerson>(target, 'people', 'POST');
  const { nationalCode, birthDate, mobile, firstName, lastName } = person;
  console.log(
    `\n${styleText('bold', `${firstName.fa} ${lastName.fa}`)} (${firstName.latin} ${lastName.latin})`,
  );
  said(`national code ${nationalCode}, born ${birthDate}, mobile ${mobile}`);

  const seen = await signUp(target, person);
  heading('ورود و دیدن سوابق', 'Sign in and see the insurance record');
  const session = await savabegh.signIn({ nationalCode, password: firstPassword });
  await showRecord(session);
  held('the record is shown');

  await recover(target, person, seen);
  await refusal(unwrap(session.api.GET('/v1/me')), 'refresh-not-accepted', 'the old session');

  heading('ورود با گذرواژهٔ تازه', 'Sign in with the new password');
  const old = savabegh.signIn({ nationalCode, password: firstPassword });
  await refusal(old, 'credentials-not-accepted', 'the old password');
  held('the old password is refused');
  const again = await savabegh.signIn({ nationalCode, password: secondPassword });
  await showRecord(again);
  held('the new one is accepted, and the record is there');
}

const demo = defineAction({
  summary:
    'walks the whole journey as a front end would, with the SDK: against the service that runs here, or BASE_URL, or one that it starts itself. Exit code 0 only if every step held.',
  async run({ environment }) {
    const { base, stop } = await findService(environment);
    try {
      await walk({ base, savabegh: createSavabegh({ baseUrl: base, locale: 'fa' }) });
      console.log(`\n${styleText(['bold', 'green'], 'Every step held.')}  ${dim('همهٔ مراحل درست بود.')}\n`);
      return exitCodes.done;
    } catch (error) {
      const reason = error instanceof Error ? error.message : error;
      console.error(`\n${styleText(['bold', 'red'], 'A step failed.')} ${reason}\n`);
      return exitCodes.failed;
    } finally {
      await stop();
    }
  },
});

export const command: Command = { actions: { '': demo } };
