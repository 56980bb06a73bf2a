import t from 'tap';
import { reachableEnvironment, startTestService } from '../support/app.ts';
import { goodPassword, insuredPerson, otherPassword, signIn, signUp } from '../support/journey.ts';
import { startBrowser } from './browser.ts';
import { heading, inspectWeb, looks, openWeb } from './web.ts';

const service = await startTestService(t, { environment: await reachableEnvironment() });
const browser = await startBrowser(t);

for (const look of looks) {
  const { lang, width, colorScheme } = look;
  const isPersian = lang === 'fa';
  const name = `account-${lang}-${width}-${colorScheme}`;
  t.test(`people see their account, end a session and change the password: ${name}`, async (t) => {
    const person = await signUp(service, goodPassword, await insuredPerson(service));
    const elsewhere = (await signIn(service, person)).body;
    const { page, complaints } = await openWeb(t, browser, `${service.origin}/account`, look);
    await page.waitForURL('**/sign-in');
    await page.locator('[name=nationalCode]').fill(person.nationalCode);
    await page.locator('[name=password]').fill(goodPassword);
    await page.locator('button[type=submit]').click();
    await heading(page, isPersian ? 'حساب من' : 'My account').waitFor();
    await page.getByText(isPersian ? 'همین دستگاه' : 'This device').waitFor();
    await page
      .getByText(isPersian ? 'آخرین استفاده' : 'Last used')
      .first()
      .waitFor();
    await inspectWeb(t, page, name);

    await page
      .getByRole('button', { name: isPersian ? /^خروج از دستگاه/ : /^Sign out .+ last used/ })
      .click();
    await page.getByText(isPersian ? 'آن دستگاه خارج شد' : 'That device was signed out').waitFor();
    t.equal((await service.get('/v1/me', { token: elsewhere.accessToken })).status, 401);

    await page.locator('details > summary').first().click();
    await page.locator('[name=currentPassword]').fill(otherPassword);
    await page.locator('[name=newPassword]').fill(otherPassword);
    await page.locator('[name=newPasswordConfirmation]').fill(otherPassword);
    await page.locator('button[type=submit]').click();
    await page.getByRole('alert').waitFor();
    await inspectWeb(t, page, `${name}-refused`);
    await page.locator('[name=currentPassword]').fill(goodPassword);
    await page.locator('button[type=submit]').click();
    await page.getByText(isPersian ? 'گذرواژه تغییر کرد.' : 'The password was changed.').waitFor();
    t.equal((await signIn(service, person, otherPassword)).status, 201);
    await page.reload();
    await heading(page, isPersian ? 'حساب من' : 'My account').waitFor();
    t.same(
      complaints.filter((complaint) => !/status of 4\d\d/.test(complaint)),
      [],
    );
  });
}
