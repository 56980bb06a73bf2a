import t from 'tap';
import { reachableEnvironment, startTestService } from '../support/app.ts';
import { otherPassword, provedRecovery, setRecoveredPassword, signUp } from '../support/journey.ts';
import { accountOf, noticeToken, withEmail } from '../support/recovery.ts';
import { inspect, openPage, startBrowser } from './browser.ts';

const service = await startTestService(t, { environment: await reachableEnvironment() });
const browser = await startBrowser(t);
const url = `${service.origin}/notice`;
const unknownToken = 'A'.repeat(43);

/** Somebody whose password was recovered by SMS, and the secret of the mail that tells of it. */
async function recovered() {
  const person = await signUp(service);
  const email = await withEmail(service, person);
  await setRecoveredPassword(service, await provedRecovery(service, person), otherPassword);
  return { person, token: await noticeToken(service, email, 'password-recovered') };
}

for (const [lang, done] of [
  ['fa', 'ثبت شد و حساب قفل است؛ اکنون گذرواژه را بازیابی کنید.'],
  ['en', 'Reported, and the account is locked; recover the password now.'],
] as const) {
  t.test(`the link of a notice locks the account by one button, ${lang}`, async (t) => {
    const { person, token } = await recovered();
    const { page, complaints } = await openPage(t, browser, 'about:blank', { width: 360 });
    await page.setExtraHTTPHeaders({ 'accept-language': lang });
    await page.goto(`${url}#dispute=${token}`);
    t.equal(page.url(), url, 'the secret is not to be seen');
    t.equal(await page.locator('html').getAttribute('lang'), lang);
    t.equal(await inspect(page, `direction('#dispute h1')`), lang === 'fa' ? 'rtl' : 'ltr');
    t.equal((await accountOf(service, person)).state, 'open', 'looking changes nothing');
    await page.locator('#dispute button').click();
    await page.locator('output').getByText(done, { exact: true }).waitFor();
    t.equal((await accountOf(service, person)).state, 'locked-two');
    t.same(
      complaints.filter((each) => !each.startsWith('request to')),
      [],
    );
  });
}

t.test('the page speaks one language, and the switch takes the secret along', async (t) => {
  const { person, token } = await recovered();
  const { page } = await openPage(t, browser, 'about:blank', { width: 360 });
  await page.setExtraHTTPHeaders({ 'accept-language': 'de' });
  await page.goto(`${url}#dispute=${token}`);
  t.equal(await page.locator('html').getAttribute('lang'), 'fa', 'Persian for who asks for neither');
  t.notMatch(await page.locator('main').innerText(), /[a-z]{3}/i);
  await page.locator('.other').click();
  await page.waitForURL('**/notice?lang=en');
  t.notMatch(await page.locator('main').innerText(), /[\u0600-\u06ff]/);
  await page.locator('#dispute button').click();
  await page.locator('output').getByText('Reported').waitFor();
  t.equal((await accountOf(service, person)).state, 'locked-two');
});

t.test(
  'what went wrong is said in the language of the page, and the button can be pressed again',
  async (t) => {
    const { page } = await openPage(t, browser, `${url}?lang=fa#dispute=${unknownToken}`);
    await page.locator('#dispute button').click();
    await page.locator('output:not(:empty)').waitFor();
    t.match(await page.locator('output').innerText(), /لینک/);
    t.notMatch(await page.locator('output').innerText(), /[a-z]{3}/i);
    t.ok(await page.locator('#dispute button').isEnabled());
  },
);

t.test(
  'a link that is cut says so, another one opened in its place works, and marks of mail programs harm nothing',
  async (t) => {
    const { page } = await openPage(t, browser, `${url}?lang=en&utm_source=mail`);
    t.ok(await page.locator('#unknown').isVisible());
    t.notOk(await page.locator('#dispute').isVisible());
    await page.evaluate(`location.hash = 'dispute=${unknownToken}'`);
    await page.locator('#dispute').waitFor();
  },
);

t.test('without a script it says what to do', async (t) => {
  const { page } = await openPage(t, browser, `${url}?lang=fa#dispute=${unknownToken}`, {
    javaScriptEnabled: false,
  });
  t.match(await page.locator('main').innerText(), /جاوااسکریپت/);
});
