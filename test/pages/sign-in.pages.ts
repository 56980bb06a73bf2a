import t from 'tap';
import { reachableEnvironment, startTestService } from '../support/app.ts';
import { codeSentTo, goodPassword, insuredPerson, otherPassword, signUp } from '../support/journey.ts';
import { startBrowser } from './browser.ts';
import { heading, inspectWeb, looks, openWeb } from './web.ts';

const service = await startTestService(t, { environment: await reachableEnvironment() });
const { origin } = service;
const browser = await startBrowser(t);

for (const look of looks) {
  const { lang, width, colorScheme } = look;
  const name = `sign-in-${lang}-${width}-${colorScheme}`;
  const isPersian = lang === 'fa';
  t.test(`people sign in, reload, and sign out: ${name}`, async (t) => {
    const person = await signUp(service, goodPassword, await insuredPerson(service));
    const { page, complaints, context } = await openWeb(t, browser, `${origin}/sign-in`, look);
    await heading(page, isPersian ? 'ورود' : 'Sign in').waitFor();
    t.equal(await page.locator('html').getAttribute('dir'), isPersian ? 'rtl' : 'ltr');
    await inspectWeb(t, page, name);

    await page.locator('[name=nationalCode]').fill('۱۲۳');
    await page.locator('[name=password]').fill('');
    await page.locator('button[type=submit]').click();
    const summary = page.getByRole('alert');
    await summary.waitFor();
    t.equal(await page.evaluate('document.activeElement.getAttribute("role")'), 'alert', 'takes the focus');
    await summary.getByRole('link').first().click();
    t.equal(await page.evaluate('document.activeElement.name'), 'nationalCode', 'leads to the field');
    t.equal(await page.locator('[name=nationalCode]').getAttribute('aria-invalid'), 'true');
    await inspectWeb(t, page, `${name}-refused`);

    await page.locator('[name=nationalCode]').fill(person.nationalCode);
    await page.locator('[name=password]').fill(otherPassword);
    await page.locator('button[type=submit]').click();
    await summary
      .getByText(isPersian ? 'کد ملی یا گذرواژه درست نیست' : 'The national code or the password')
      .waitFor();

    const digits = '۰۱۲۳۴۵۶۷۸۹';
    const persian = person.nationalCode.replace(/\d/g, (digit) => digits.charAt(Number(digit)));
    await page.locator('[name=nationalCode]').fill(persian);
    await page.locator('[name=password]').fill(goodPassword);
    await page.getByRole('checkbox').check();
    await page.locator('[name=password]').press('Enter');
    await page.waitForURL('**/record');
    const cookies = await context.cookies();
    t.same(cookies.map((cookie) => cookie.name).sort(), ['savabegh-device', 'savabegh-refresh']);
    t.ok(cookies.every(({ httpOnly, sameSite }) => httpOnly && sameSite === 'Strict'));

    await page.reload();
    const signOut = page.getByRole('button', { name: isPersian ? 'خروج' : 'Sign out' });
    await signOut.waitFor();
    t.match(page.url(), /\/record$/);
    const other = await context.newPage();
    await other.goto(`${origin}/`);
    await other.waitForURL('**/record');
    await other.getByRole('button', { name: isPersian ? 'خروج' : 'Sign out' }).waitFor();
    await signOut.click();
    await page.waitForURL('**/sign-in');
    t.equal(await page.locator('html').getAttribute('lang'), lang, 'the language stays');
    t.same(
      (await context.cookies()).map((cookie) => cookie.name),
      ['savabegh-device'],
      'the device stays known',
    );
    await other.reload();
    await other.waitForURL('**/sign-in');
    const refusals = complaints.filter((complaint) => !/status of 4\d\d/.test(complaint));
    t.same(refusals, []);
  });
}

t.test('after many failures a code decides as well, and a reload keeps the step', async (t) => {
  const person = await signUp(service, goodPassword, await insuredPerson(service));
  const { nationalCode } = person;
  for (let guess = 0; guess < 6; guess += 1) {
    await service.post('/v1/sessions', { nationalCode, password: otherPassword });
  }
  const { page } = await openWeb(t, browser, `${origin}/sign-in`);
  await page.locator('[name=nationalCode]').fill(nationalCode);
  await page.locator('[name=password]').fill(goodPassword);
  await page.locator('button[type=submit]').click();
  await heading(page, 'کد پیامک').waitFor();
  await page.reload();
  await heading(page, 'کد پیامک').waitFor();
  await inspectWeb(t, page, 'sign-in-code-fa-360-light');
  await page.locator('[name=code]').fill('000000');
  await page.locator('button[type=submit]').click();
  await page.getByRole('alert').getByText('بار دیگر').waitFor();
  const code = await codeSentTo(service, person.mobile);
  await page.locator('[name=code]').fill(`کد ورود: ${code}`);
  await page.locator('button[type=submit]').click();
  await page.waitForURL('**/record');
});

t.test('a page that needs a session asks for it, and comes back to it', async (t) => {
  const person = await signUp(service, goodPassword, await insuredPerson(service));
  const { page } = await openWeb(t, browser, `${origin}/record`);
  await page.waitForURL('**/sign-in');
  await page.locator('[name=nationalCode]').fill(person.nationalCode);
  await page.locator('[name=password]').fill(goodPassword);
  await page.locator('[name=password]').press('Enter');
  await page.waitForURL('**/record');
});

t.test('an answer that is lost is told, and what was typed stays', async (t) => {
  const { page, context } = await openWeb(t, browser, `${origin}/sign-in`, { lang: 'en' });
  await page.locator('[name=nationalCode]').fill('0499370899');
  await page.locator('[name=password]').fill(goodPassword);
  await context.setOffline(true);
  await page.getByText('You are offline').waitFor();
  await page.locator('button[type=submit]').click();
  await page.getByRole('alert').getByText('No answer came').waitFor();
  t.equal(await page.locator('[name=password]').inputValue(), goodPassword);
  await context.setOffline(false);
  await page.locator('button[type=submit]').click();
  await page.getByRole('alert').getByText('The national code or the password').waitFor();
});
