import t, { type Test } from 'tap';
import { reachableEnvironment, startTestService } from '../support/app.ts';
import { goodPassword, insuredPerson, type Person, signUp } from '../support/journey.ts';
import { list, work } from '../support/register.ts';
import { registerOf } from '../support/signed-in.ts';
import { startBrowser } from './browser.ts';
import { heading, inspectWeb, type Look, looks, openWeb } from './web.ts';

const service = await startTestService(t, { environment: await reachableEnvironment() });
const register = registerOf(t, service);
const browser = await startBrowser(t);

/** Two workshops in one month, a gap, and a year that is not the first one’s. */
const worker = await signUp(service, goodPassword, await insuredPerson(service));
const months = [
  { year: 1402, month: 11, days: 30 },
  { year: 1402, month: 12, days: 29 },
  { year: 1404, month: 1, days: 31 },
  { year: 1404, month: 2, days: 20 },
];
for (const { year, month, days } of months) {
  await register.ingest(list({ year, month, rows: [work(worker.nationalCode, days)] }));
}
const second = { workshop: '1111111111', name: 'کارگاه دوم', year: 1404, month: 2 };
await register.ingest(list({ ...second, rows: [work(worker.nationalCode, 25, 4_000_000)] }));

async function openRecord(test: Test, { nationalCode }: Person, look: Look) {
  const web = await openWeb(test, browser, `${service.origin}/sign-in`, look);
  await web.page.locator('[name=nationalCode]').fill(nationalCode);
  await web.page.locator('[name=password]').fill(goodPassword);
  await web.page.locator('button[type=submit]').click();
  await web.page.waitForURL('**/record');
  return web;
}

for (const look of looks) {
  const { lang, width, colorScheme } = look;
  const isPersian = lang === 'fa';
  t.test(`the record in figures, in ${lang} at ${width} px`, async (t) => {
    const { page, complaints } = await openRecord(t, worker, look);
    await heading(page, isPersian ? 'سوابق بیمه' : 'Insurance record').waitFor();
    // 30 + 29 + 31 + 31: of the last month no more than it is long.
    await page.getByText(isPersian ? '۴ ماه و ۱ روز' : '4 months, one day').waitFor();
    await page.getByText(isPersian ? '۱۲۱ روز در ۴ ماه' : '121 days in 4 months').waitFor();
    const gap = isPersian
      ? 'از فروردین ۱۴۰۳ تا اسفند ۱۴۰۳: ۱۲ ماه'
      : 'From Farvardin 1403 to Esfand 1403: 12 months';
    await page.getByText(gap).waitFor();
    await page.getByText(isPersian ? '۱۴ روز به همین سبب کم شده' : '14 days away').waitFor();
    const rows = await page.evaluate<string[][]>(
      `[...document.querySelectorAll('tbody tr')].map((row) =>
        [...row.cells].filter((cell) => !cell.ariaHidden).map((cell) => cell.textContent))`,
    );
    t.same(
      rows.map(([year, days, count]) => [year, days, count]),
      isPersian
        ? [
            ['۱۴۰۴', '۶۲', '۲'],
            ['۱۴۰۲', '۵۹', '۲'],
          ]
        : [
            ['1404', '62', '2'],
            ['1402', '59', '2'],
          ],
    );
    await inspectWeb(t, page, `record-${lang}-${width}-${colorScheme}`);
    t.same(complaints, []);
  });
}

t.test('where there is nothing yet, the page says why', async (t) => {
  const person = await signUp(service, goodPassword, await insuredPerson(service));
  const { page } = await openRecord(t, person, {});
  await page.getByText('هنوز روزی ثبت نشده است').waitFor();
  await inspectWeb(t, page, 'record-empty-fa-360-light');
});

t.test('the next person in the same tab sees nothing of the one before', async (t) => {
  const { page } = await openRecord(t, worker, {});
  await page.getByText('۴ ماه و ۱ روز').waitFor();
  await page.getByRole('button', { name: 'خروج' }).click();
  await page.waitForURL('**/sign-in');
  const other = await signUp(service, goodPassword, await insuredPerson(service));
  await page.locator('[name=nationalCode]').fill(other.nationalCode);
  await page.locator('[name=password]').fill(goodPassword);
  await page.locator('button[type=submit]').click();
  await page.getByText('هنوز روزی ثبت نشده است').waitFor();
  t.equal(await page.getByText('۴ ماه و ۱ روز').count(), 0);
});

for (const look of looks) {
  const { lang, width, colorScheme } = look;
  const isPersian = lang === 'fa';
  t.test(`a year month by month, and why a month counts for less, in ${lang} at ${width} px`, async (t) => {
    const { page, complaints } = await openRecord(t, worker, look);
    await page.getByRole('link', { name: isPersian ? '۱۴۰۴' : '1404' }).click();
    await heading(page, isPersian ? 'سال ۱۴۰۴' : 'Year 1404').waitFor();
    await page
      .getByText(
        isPersian ? '۴۵ روز گزارش شده است و ۳۱ روز شمرده می‌شود' : '45 days were reported and 31 count',
      )
      .waitFor();
    await page
      .getByText(isPersian ? 'هم‌زمان در بیش از یک کارگاه' : 'At more than one workshop at once')
      .waitFor();
    t.equal(await page.locator('main ol > li').count(), 12);
    await page.getByText('کارگاه دوم').waitFor();
    await inspectWeb(t, page, `record-year-${lang}-${width}-${colorScheme}`);
    await page.reload();
    await page.getByRole('link', { name: isPersian ? 'سال ۱۴۰۳' : 'Year 1403' }).click();
    await heading(page, isPersian ? 'سال ۱۴۰۳' : 'Year 1403').waitFor();
    await page.goto(`${service.origin}/record/abc`);
    await page.getByRole('alert').waitFor();
    t.same(
      complaints.filter((complaint) => !/status of 4\d\d/.test(complaint)),
      [],
    );
  });
}

t.test('a session that was ended elsewhere leads to signing in', async (t) => {
  const { page } = await openRecord(t, worker, {});
  await page.getByText('۴ ماه و ۱ روز').waitFor();
  await service.db.deleteFrom('session').execute();
  await page.reload();
  await page.waitForURL('**/sign-in');
});
