import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';

/**
 * `npm run demo`: walks the whole journey as a client would, over HTTP, against `BASE_URL` or a service that
 * it starts itself. Exits 0 only if every step held.
 */
const base = (process.env.BASE_URL || 'http://127.0.0.1:3000').replace(/\/+$/, '');
const startTimeoutSeconds = 90;
const codeTimeoutSeconds = 10;

// biome-ignore lint/suspicious/noExplicitAny: a client reads what it was sent; the contract types it elsewhere
type Json = any;
type Reply = { status: number; body: Json };

class StepFailed extends Error {}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function call(method: string, path: string, body?: unknown, token?: string): Promise<Reply> {
  const response = await fetch(`${base}${path}`, {
    method,
    headers: {
      'accept-language': 'fa',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
}

function expectStatus(reply: Reply, status: number, what: string): Json {
  if (reply.status !== status) {
    throw new StepFailed(`${what}: expected ${status}, got ${reply.status} ${JSON.stringify(reply.body)}`);
  }
  return reply.body;
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
async function readCode(mobile: string, after: string | null): Promise<{ id: string; code: string }> {
  const destination = encodeURIComponent(`+98${mobile.replace(/^0/, '')}`);
  for (let waited = 0; waited < codeTimeoutSeconds * 10; waited += 1) {
    const { messages } = expectStatus(
      await call('GET', `/dev/messages.json?destination=${destination}`),
      200,
      'in-box',
    );
    const message = messages.find((candidate: Json) => candidate.code && candidate.id !== after);
    if (message) {
      for (const line of message.text.split('\n')) said(dim(`│ ${line}`));
      return { id: message.id, code: message.code };
    }
    await sleep(100);
  }
  throw new StepFailed('no message arrived');
}

async function isUp(): Promise<boolean> {
  return fetch(`${base}/readyz`).then(
    (response) => response.ok,
    () => false,
  );
}

/** Starts the service unless one answers; returns how to end it again. */
async function ensureService(): Promise<() => Promise<void>> {
  if (await isUp()) {
    console.log(dim(`Using the service at ${base}`));
    return async () => {};
  }
  if (process.env.BASE_URL) throw new StepFailed(`nothing answers at ${base}`);
  console.log(dim(`Nothing answers at ${base}: starting the service …`));
  const { hostname, port } = new URL(base);
  const main = fileURLToPath(new URL('../main.ts', import.meta.url));
  const child = spawn(process.execPath, [main], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, HOST: hostname, PORT: port, LOG_LEVEL: 'error' },
  });
  const exited = once(child, 'exit');
  for (let waited = 0; waited < startTimeoutSeconds * 10 && child.exitCode === null; waited += 1) {
    if (await isUp()) {
      return async () => {
        child.kill('SIGTERM');
        await exited;
      };
    }
    await sleep(100);
  }
  child.kill('SIGTERM');
  throw new StepFailed('the service did not start');
}

const firstPassword = 'Tq7vLmz4Wk';
const secondPassword = 'Hx3pRdn8Yb';

async function signUp(person: Json): Promise<string> {
  heading('ثبت‌نام با کد ملی و شمارهٔ همراه', 'Sign up with the national code and a mobile of one’s own');
  const { nationalCode, birthDate, mobile } = person;
  const registration = expectStatus(
    await call('POST', '/v1/registrations', { nationalCode, birthDate, mobile }),
    201,
    'start of sign-up',
  );
  said(`a code goes to ${registration.destination}`);
  const { id, code } = await readCode(mobile, null);
  const path = `/v1/registrations/${registration.id}`;
  expectStatus(await call('POST', `${path}/verification`, { code }, registration.flowToken), 200, 'the code');
  held('the mobile is proved and the details match the register');

  heading('رمز، و پرسش‌های امنیتی', 'Choose a password and security questions');
  const judged = expectStatus(
    await call('POST', '/v1/password-policy/evaluations', { password: `Aa${nationalCode}`, nationalCode }),
    200,
    'evaluation',
  );
  if (judged.acceptable) throw new StepFailed('a password with the national code in it was found acceptable');
  held(`a guessable one is refused: ${judged.violations[0].detail}`);
  const questions = expectStatus(
    await call('GET', '/v1/security-questions'),
    200,
    'questions',
  ).questions.slice(0, 3);
  const answers = ['باغچهٔ آجری', 'کوچهٔ یاس', 'دوچرخهٔ قرمز'];
  for (const question of questions) said(dim(`? ${question.text.fa ?? question.text}`));
  expectStatus(
    await call(
      'POST',
      `${path}/completion`,
      {
        password: firstPassword,
        passwordConfirmation: firstPassword,
        securityAnswers: questions.map((question: Json, index: number) => ({
          question: question.id,
          answer: answers[index],
        })),
      },
      registration.flowToken,
    ),
    201,
    'completion',
  );
  held('the account exists');
  return id;
}

const rials = new Intl.NumberFormat('en');
const barWidth = 36;

/** Shows days per year as bars, and what an integrator would otherwise have to reckon. */
async function showRecord(token: string): Promise<void> {
  const path = '/v1/me/insurance-records';
  const summary = expectStatus(await call('GET', `${path}/summary`, undefined, token), 200, 'summary');
  const record = expectStatus(await call('GET', path, undefined, token), 200, 'record');
  const days = record.years.reduce((sum: number, year: Json) => sum + year.days.capped, 0);
  if (days === 0) throw new StepFailed('the record is empty');
  if (days !== summary.days.capped) throw new StepFailed('list and summary do not agree');
  for (const year of summary.years) {
    const bar = '█'.repeat(Math.round((year.days.capped / year.length) * barWidth)).padEnd(barWidth, '░');
    said(
      `${year.year} ${styleText('cyan', bar)} ${String(year.days.capped).padStart(3)} days, ${year.sources.length} workshop(s)`,
    );
  }
  const { calendar, decimal } = summary.career;
  said(
    `${days} days up to ${summary.asOf.year}/${summary.asOf.month}: ${calendar.years} y ${calendar.months} m ${calendar.days} d (${calendar.label.en}), or ${decimal.years} years (${decimal.label.en})`,
  );
  said(`last insurable wage ${rials.format(summary.wages.last.insurableWage)} rials a month`);
}

async function journey(): Promise<void> {
  const person = expectStatus(await call('POST', '/dev/people'), 201, 'a fresh sample person');
  console.log(
    `\n${styleText('bold', `${person.firstName.fa} ${person.lastName.fa}`)} (${person.firstName.latin} ${person.lastName.latin})`,
  );
  said(`national code ${person.nationalCode}, born ${person.birthDate}, mobile ${person.mobile}`);

  const seen = await signUp(person);
  const { nationalCode, mobile } = person;
  const signIn = (password: string) => call('POST', '/v1/sessions', { nationalCode, password });

  heading('ورود و دیدن سوابق', 'Sign in and see the insurance record');
  const session = expectStatus(await signIn(firstPassword), 201, 'signing in');
  await showRecord(session.accessToken);
  held('the record is shown');

  heading('رمز فراموش شده است', 'The password is lost: start recovery, choose SMS');
  const recovery = expectStatus(
    await call('POST', '/v1/recoveries', { nationalCode }),
    201,
    'start of recovery',
  );
  const path = `/v1/recoveries/${recovery.id}`;
  said(
    `methods: ${recovery.methods.map((method: Json) => `${method.method} to ${method.destination}`).join(', ')}`,
  );
  expectStatus(
    await call('POST', `${path}/challenge`, { method: 'sms' }, recovery.flowToken),
    200,
    'challenge',
  );
  const { code } = await readCode(mobile, seen);

  heading('کد پیامک‌شده', 'Give the six-digit code');
  const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0');
  const refused = expectStatus(
    await call('POST', `${path}/verification`, { code: wrong }, recovery.flowToken),
    422,
    'a wrong code',
  );
  held(`a wrong one is refused, ${refused.attemptsLeft} guesses left`);
  const persian = code.replace(/\d/g, (digit) => '۰۱۲۳۴۵۶۷۸۹'[Number(digit)] ?? '');
  expectStatus(
    await call('POST', `${path}/verification`, { code: persian }, recovery.flowToken),
    200,
    'the code',
  );
  held(`the right one is accepted, in Persian digits too: ${persian}`);

  heading('رمز تازه، دو بار', 'Set the new password, twice the same');
  const setPassword = (newPassword: string, newPasswordConfirmation: string) =>
    call('PUT', `${path}/password`, { newPassword, newPasswordConfirmation }, recovery.flowToken);
  expectStatus(await setPassword(secondPassword, `${secondPassword}x`), 422, 'two different passwords');
  held('two different ones are refused');
  expectStatus(await setPassword(secondPassword, secondPassword), 204, 'the new password');
  held('the new password is set; every session has ended');
  expectStatus(await call('GET', '/v1/me', undefined, session.accessToken), 401, 'the old session');

  heading('ورود با رمز تازه', 'Sign in with the new password');
  expectStatus(await signIn(firstPassword), 401, 'the old password');
  held('the old password is refused');
  const again = expectStatus(await signIn(secondPassword), 201, 'the new password');
  await showRecord(again.accessToken);
  held('the new one is accepted, and the record is there');
}

let stop = async () => {};
try {
  stop = await ensureService();
  await journey();
  console.log(`\n${styleText(['bold', 'green'], 'Every step held.')}  ${dim('همهٔ گام‌ها درست بود.')}\n`);
} catch (error) {
  console.error(
    `\n${styleText(['bold', 'red'], 'A step failed.')} ${error instanceof Error ? error.message : error}\n`,
  );
  process.exitCode = 1;
} finally {
  await stop();
}
