import type { Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { reachableEnvironment, startTestService, type TestService } from '../support/app.ts';
import {
  codeSentTo,
  goodPassword,
  insuredPerson,
  otherPassword,
  type Person,
  signIn,
  signUp,
} from '../support/journey.ts';
import { changeQuotas } from '../support/quotas.ts';
import { age, mailTo, rightAnswers, withEmail, wrongAnswers } from '../support/recovery.ts';
import { startBrowser } from './browser.ts';
import { heading, inspectWeb, type Look, looks, openWeb } from './web.ts';

const service = await startTestService(t, { environment: await reachableEnvironment() });
const browser = await startBrowser(t);
const newPerson = async () => signUp(service, goodPassword, await insuredPerson(service));
const submit = (page: Page) => page.locator('button[type=submit]').click();

const titles = {
  start: { fa: 'بازیابی گذرواژه', en: 'Recover the password' },
  method: { fa: 'چگونه بازیابی می‌کنید؟', en: 'How do you want to recover?' },
  code: { fa: 'کد را وارد کنید', en: 'Enter the code' },
  answers: { fa: 'پرسش‌های امنیتی', en: 'Security questions' },
  password: { fa: 'گذرواژهٔ تازه', en: 'New password' },
  signIn: { fa: 'ورود', en: 'Sign in' },
} as const;

/** From the sign-in page as far as the choice of methods. */
async function startAt(t: Test, { nationalCode }: Person, look: Look = {}, at: TestService = service) {
  const web = await openWeb(t, browser, `${at.origin}/sign-in`, look);
  const { page } = web;
  await page.getByRole('link', { name: look.lang === 'en' ? 'forgotten' : 'فراموش' }).click();
  await heading(page, titles.start[look.lang ?? 'fa']).waitFor();
  await page.locator('[name=nationalCode]').fill(nationalCode);
  return web;
}

async function setPassword(page: Page): Promise<void> {
  await page.locator('[name=newPassword]').fill(otherPassword);
  await page.locator('[name=newPasswordConfirmation]').fill(otherPassword);
  await submit(page);
  await page.waitForURL('**/sign-in');
}

async function fillAnswers(page: Page, answers: readonly { question: string; answer: string }[]) {
  await page.locator('select').first().waitFor();
  for (const [place, { question, answer }] of answers.entries()) {
    await page.locator(`[name="/answers/${place}/question"]`).selectOption(question);
    await page.locator(`[name="/answers/${place}/answer"]`).fill(answer);
  }
  await submit(page);
}

const isAccepted = async (person: Person, password: string) =>
  (await signIn(service, person, password)).status === 201;

for (const look of looks) {
  const { lang, width, colorScheme } = look;
  const name = `recovery-${lang}-${width}-${colorScheme}`;
  t.test(`the seven points of a recovery by SMS: ${name}`, async (t) => {
    const person = await newPerson();
    const { page, complaints } = await startAt(t, person, look);
    await inspectWeb(t, page, `${name}-1-identity`);
    await submit(page);
    await heading(page, titles.method[lang]).waitFor();
    t.equal(await page.evaluate('document.activeElement.tagName'), 'H1', 'the step is told');
    t.equal(await page.getByRole('radio').count(), 3, 'three methods, whoever asks');
    await inspectWeb(t, page, `${name}-2-method`);
    await submit(page);
    await heading(page, titles.code[lang]).waitFor();
    await inspectWeb(t, page, `${name}-3-code`);
    await page.locator('[name=code]').fill('000000');
    await submit(page);
    await page
      .getByRole('alert')
      .getByText(lang === 'fa' ? '۴ بار دیگر' : '4 attempts are left')
      .waitFor();
    await inspectWeb(t, page, `${name}-3-code-refused`);
    await page.reload();
    await page.locator('[name=code]').fill(await codeSentTo(service, person.mobile));
    await submit(page);
    await heading(page, titles.password[lang]).waitFor();

    await page.locator('[name=newPassword]').fill('abc');
    const leftOver = page.getByText(lang === 'fa' ? /قاعده مانده است/ : /rules are left/);
    await leftOver.waitFor({ state: 'attached' });
    await inspectWeb(t, page, `${name}-4-password`);
    await page.locator('[name=newPassword]').fill(otherPassword);
    await page
      .getByText(lang === 'fa' ? 'همهٔ قاعده‌ها رعایت شده است' : 'All rules are met')
      .waitFor({ state: 'attached' });
    await page.locator('[name=newPasswordConfirmation]').fill(goodPassword);
    await submit(page);
    await page.getByRole('alert').waitFor();
    await inspectWeb(t, page, `${name}-4-password-refused`);
    await setPassword(page);
    await page.getByText(lang === 'fa' ? 'گذرواژهٔ تازه ثبت شد' : 'The new password is set').waitFor();
    await page.locator('[name=nationalCode]').fill(person.nationalCode);
    await page.locator('[name=password]').fill(otherPassword);
    await submit(page);
    await page.waitForURL('**/record');
    t.same(
      complaints.filter((complaint) => !/status of 4\d\d/.test(complaint)),
      [],
    );
  });
}

t.test('by e-mail', async (t) => {
  const person = await newPerson();
  const email = await withEmail(service, person);
  const { page } = await startAt(t, person);
  await submit(page);
  await page.getByRole('radio').nth(1).check();
  await submit(page);
  await heading(page, titles.code.fa).waitFor();
  await page.getByText('اگر تا دو دقیقه نرسید').waitFor();
  const code = (await mailTo(service, email)).find((mail) => mail.code)?.code ?? '';
  await page.locator('[name=code]').fill(code);
  await submit(page);
  await heading(page, titles.password.fa).waitFor();
  await setPassword(page);
  t.ok(await isAccepted(person, otherPassword));
});

t.test('by answers, on a device that nobody knows: which three questions they were', async (t) => {
  const person = await newPerson();
  const { page } = await startAt(t, person);
  await submit(page);
  await page.getByRole('radio').nth(2).check();
  await submit(page);
  await heading(page, titles.answers.fa).waitFor();
  await page.locator('select').first().waitFor();
  await inspectWeb(t, page, 'recovery-fa-360-light-3-answers');
  await submit(page);
  await page.getByRole('alert').getByRole('link').first().click();
  t.equal(await page.evaluate('document.activeElement.tagName'), 'SELECT', 'leads to the first question');
  await fillAnswers(page, await wrongAnswers(service));
  await page.getByRole('alert').getByText('دست‌کم یکی از پاسخ‌ها').waitFor();
  await fillAnswers(page, await rightAnswers(service));
  await heading(page, titles.password.fa).waitFor();
  await setPassword(page);
  t.ok(await isAccepted(person, otherPassword));
});

t.test('on a known device: the person’s own questions and masked addresses', async (t) => {
  const person = await newPerson();
  const { page } = await openWeb(t, browser, `${service.origin}/sign-in`);
  await page.locator('[name=nationalCode]').fill(person.nationalCode);
  await page.locator('[name=password]').fill(goodPassword);
  await page.getByRole('checkbox').check();
  await submit(page);
  await page.getByRole('button', { name: 'خروج' }).click();
  await page.getByRole('link', { name: 'فراموش' }).click();
  await heading(page, titles.start.fa).waitFor();
  await page.locator('[name=nationalCode]').fill(person.nationalCode);
  await submit(page);
  await page.getByText('•••').waitFor();
  await inspectWeb(t, page, 'recovery-fa-360-light-2-method-known');
  await page.getByRole('radio').last().check();
  await submit(page);
  await heading(page, titles.answers.fa).waitFor();
  t.equal(await page.locator('select').count(), 0);
  for (const [place, { answer }] of (await rightAnswers(service)).entries()) {
    await page.locator(`[name="/answers/${place}/answer"]`).fill(answer);
  }
  await submit(page);
  await heading(page, titles.password.fa).waitFor();
});

t.test('in two steps: answers first, without a word, then a code', async (t) => {
  const person = await newPerson();
  const { page } = await startAt(t, person);
  await submit(page);
  await page.getByRole('radio').nth(2).check();
  await submit(page);
  for (let guess = 0; guess < 3; guess += 1) {
    await fillAnswers(page, await wrongAnswers(service));
    await page.getByRole('alert').waitFor();
    await page.reload();
  }
  await fillAnswers(page, await rightAnswers(service));
  await page.getByText('یک روش دیگر هم لازم است').waitFor();
  await inspectWeb(t, page, 'recovery-fa-360-light-2-second');
  await submit(page);
  await heading(page, titles.code.fa).waitFor();
  await page.locator('[name=code]').fill(await codeSentTo(service, person.mobile));
  await submit(page);
  await heading(page, titles.password.fa).waitFor();
  await setPassword(page);
  t.ok(await isAccepted(person, otherPassword));
});

t.test('by keyboard alone', async (t) => {
  const person = await newPerson();
  const { page } = await startAt(t, person);
  await page.keyboard.press('Enter');
  await heading(page, titles.method.fa).waitFor();
  await page.keyboard.press('Tab');
  t.equal(await page.evaluate('document.activeElement.value'), 'sms', 'right after the heading');
  await page.keyboard.press('Enter');
  await heading(page, titles.code.fa).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.type(await codeSentTo(service, person.mobile));
  await page.keyboard.press('Enter');
  await heading(page, titles.password.fa).waitFor();
  await page.locator('details').waitFor();
  const typeInto = async (field: string) => {
    for (let steps = 0; steps < 6; steps += 1) {
      await page.keyboard.press('Tab');
      if ((await page.evaluate('document.activeElement.name')) === field) break;
    }
    await page.keyboard.type(otherPassword);
  };
  await typeInto('newPassword');
  await typeInto('newPasswordConfirmation');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/sign-in');
  t.ok(await isAccepted(person, otherPassword));
});

t.test('the code can be sent again when its time has come, and goes back to another method', async (t) => {
  const { page } = await startAt(t, await newPerson());
  await page.clock.install();
  await submit(page);
  await heading(page, titles.method.fa).waitFor();
  await submit(page);
  const resend = page.getByRole('button', { name: 'ارسال دوباره' });
  await resend.waitFor();
  t.ok(await resend.isDisabled());
  await age(service, 61);
  await page.clock.fastForward(61_000);
  await resend.click();
  await page.getByText('کد دوباره فرستاده شد').waitFor();
  await page.goBack();
  await heading(page, titles.method.fa).waitFor();
  await page.getByRole('radio').nth(2).check();
  await submit(page);
  await heading(page, titles.answers.fa).waitFor();
});

t.test('what is over says so and begins anew, in every step', async (t) => {
  for (const step of ['method', 'proof', 'password'] as const) {
    const person = await newPerson();
    const { page } = await startAt(t, person);
    await submit(page);
    await heading(page, titles.method.fa).waitFor();
    if (step !== 'method') {
      await submit(page);
      await heading(page, titles.code.fa).waitFor();
      await page.locator('[name=code]').fill(await codeSentTo(service, person.mobile));
    }
    if (step === 'password') {
      await submit(page);
      await heading(page, titles.password.fa).waitFor();
      await page.locator('[name=newPassword]').fill(otherPassword);
      await page.locator('[name=newPasswordConfirmation]').fill(otherPassword);
    }
    await age(service, 3_600);
    await submit(page);
    await page.getByText('زمان بازیابی تمام شد').waitFor();
    t.match(page.url(), /\/recovery$/, step);
  }
});

t.test('a lost answer is asked for again, and the step is taken once', async (t) => {
  const person = await newPerson();
  const { page } = await startAt(t, person);
  await submit(page);
  await heading(page, titles.method.fa).waitFor();
  await submit(page);
  await heading(page, titles.code.fa).waitFor();
  let lost = 0;
  await page.route('**/verification', async (route) => {
    if (lost > 0) return route.continue();
    lost += 1;
    await route.fetch();
    await route.abort('connectionreset');
  });
  await page.locator('[name=code]').fill(await codeSentTo(service, person.mobile));
  await submit(page);
  await heading(page, titles.password.fa).waitFor();
  t.equal(lost, 1);
});

t.test('a proof of work is waited for in sight of people', async (t) => {
  const busy = await startTestService(t, {
    environment: {
      ...(await reachableEnvironment()),
      PROOF_OF_WORK_HASHES: '2000',
    },
  });
  const person = await signUp(busy, goodPassword, await insuredPerson(busy));
  await busy.post('/v1/recoveries', { nationalCode: person.nationalCode });
  await changeQuotas(busy.db, (trx) => trx.updateTable('quota').set({ used: 600 }).execute());
  const { page } = await startAt(t, person, {}, busy);
  const told = page.getByText('ربات نیستید').waitFor();
  await submit(page);
  await told;
  await heading(page, titles.method.fa).waitFor();
});
