import t from 'tap';
import { reachableEnvironment, startTestService } from '../support/app.ts';
import { codeSentTo, goodPassword, insuredPerson, securityAnswers, signIn } from '../support/journey.ts';
import { startBrowser } from './browser.ts';
import { heading, inspectWeb, looks, openWeb } from './web.ts';

const service = await startTestService(t, { environment: await reachableEnvironment() });
const browser = await startBrowser(t);

const titles = {
  start: { fa: 'ثبت‌نام', en: 'Sign up' },
  code: { fa: 'کد را وارد کنید', en: 'Enter the code' },
  account: { fa: 'گذرواژه و پرسش‌های امنیتی', en: 'Password and security questions' },
  ready: { fa: 'حساب شما ساخته شد', en: 'Your account is ready' },
} as const;

for (const look of looks) {
  const { lang, width, colorScheme } = look;
  const name = `sign-up-${lang}-${width}-${colorScheme}`;
  t.test(`somebody signs up, corrects what was wrong, and signs in: ${name}`, async (t) => {
    const person = await insuredPerson(service);
    const { page, complaints } = await openWeb(t, browser, `${service.origin}/sign-up`, look);
    const submit = () => page.locator('button[type=submit]').click();
    await heading(page, titles.start[lang]).waitFor();
    await submit();
    const summary = page.getByRole('alert');
    await summary.waitFor();
    t.equal(await summary.getByRole('link').count(), 3, 'every field is named at once');
    await inspectWeb(t, page, `${name}-1-refused`);
    await page.locator('[name=nationalCode]').fill(person.nationalCode);
    await page.locator('[name=birthDate]').fill(person.birthDate.replaceAll('-', '/'));
    await page.locator('[name=mobile]').fill(person.mobile);
    await submit();
    await heading(page, titles.code[lang]).waitFor();
    await inspectWeb(t, page, `${name}-2-code`);
    await page.reload();
    await page.locator('[name=code]').fill(await codeSentTo(service, person.mobile));
    await submit();
    await heading(page, titles.account[lang]).waitFor();
    await page.locator('select').first().waitFor();
    await inspectWeb(t, page, `${name}-3-account`);

    await page.locator('[name=password]').fill('abc');
    await page.locator('[name=passwordConfirmation]').fill('abc');
    const answers = await securityAnswers(service);
    for (const [place, { question, answer }] of answers.entries()) {
      await page.locator(`[name="/securityAnswers/${place}/question"]`).selectOption(question);
      await page.locator(`[name="/securityAnswers/${place}/answer"]`).fill(answer);
    }
    await submit();
    await summary.getByRole('link').first().click();
    t.equal(await page.evaluate('document.activeElement.name'), 'password', 'leads to the password');
    await page.locator('[name=password]').fill(goodPassword);
    await page.locator('[name=passwordConfirmation]').fill(goodPassword);
    await submit();
    await page.getByText(titles.ready[lang]).waitFor();
    t.equal((await signIn(service, person)).status, 201);
    t.same(
      complaints.filter((complaint) => !/status of 4\d\d/.test(complaint)),
      [],
    );
  });
}
