import type { Locator, Page } from 'playwright-core';
import t, { type Test } from 'tap';
import samples from '../../samples/people.json' with { type: 'json' };
import { reachableEnvironment, startTestService, type TestService } from '../support/app.ts';
import { codeSentTo } from '../support/journey.ts';
import { list, work } from '../support/register.ts';
import { registerOf } from '../support/signed-in.ts';
import { inspect, openPage, startBrowser } from './browser.ts';

const browser = await startBrowser(t);
const [sample] = samples;
if (!sample) throw new Error('there are no sample people');
/** Not that of an example: where one is filled in, nothing is found. */
const workshop = '0227145390';
const { nationalCode, mobile, birthDate, firstName, lastName } = sample;

/** The sample person in the register, by a list of a month. */
async function importSample(t: Test, service: TestService): Promise<void> {
  const details = {
    DSW_FNAME: firstName.fa,
    DSW_LNAME: lastName.fa,
    DSW_BDATE: birthDate.replaceAll('-', ''),
  };
  await registerOf(t, service).ingest(
    list({ workshop, year: 1404, month: 8, rows: [work(nationalCode, 30, 5_000_000, details)] }),
  );
}

/** Opens an operation, and looks whether the page holds it. */
async function open(t: Test, page: Page, operationId: string): Promise<Locator> {
  const operation = page.locator(`.opblock[id$="-${operationId}"]`);
  await operation.locator('.opblock-summary-control').first().click();
  await operation.locator('.responses-wrapper').waitFor();
  t.ok((await inspect<number>(page, 'overflow()')) <= 0, `${operationId}: nothing to scroll sideways`);
  t.same(
    await inspect<string[]>(page, `cutOff('.opblock.is-open')`),
    [],
    `${operationId}: nothing is cut off`,
  );
  return operation;
}

/** What somebody does with an operation of the reference: opens it, fills in what has no example, sends it. */
async function tryOut(t: Test, page: Page, operationId: string, given: { id?: string; body?: object } = {}) {
  const operation = await open(t, page, operationId);
  if (given.id) await operation.locator('tr[data-param-name=id] input').fill(given.id);
  if (given.body) await operation.locator('textarea').fill(JSON.stringify(given.body));
  await operation.locator('button.execute').click();
  const live = operation.locator('.live-responses-table');
  await live.locator('.response-col_description code').first().waitFor();
  t.ok(
    (await inspect<number>(page, 'overflow()')) <= 0,
    `${operationId}, answered: nothing to scroll sideways`,
  );
  const status = Number(/\d+/.exec(await live.locator('.response-col_status').nth(1).innerText())?.[0]);
  const text = await live.locator('.response-col_description code').first().innerText();
  await operation.locator('.opblock-summary-control').first().click();
  return { status, body: JSON.parse(text) };
}

async function authorise(page: Page, scheme: string, token: string): Promise<void> {
  await page.locator('button.authorize').first().click();
  const form = page.locator('.auth-container', { has: page.getByRole('heading', { name: scheme }) });
  await form.locator('input').fill(token);
  await form.locator('button[type=submit]').click();
  await page.locator('.modal-ux .btn-done').first().click();
}

for (const width of [360, 1280]) {
  t.test(
    `the examples as they stand sign the sample person up and in, and show the record, ${width} px`,
    async (t) => {
      const service = await startTestService(t, { environment: await reachableEnvironment() });
      await importSample(t, service);
      const { page, complaints } = await openPage(t, browser, `${service.origin}/docs`, { width });
      const { body: flow, status } = await tryOut(t, page, 'startRegistration');
      t.equal(status, 201, JSON.stringify(flow));
      await authorise(page, 'flowToken', flow.flowToken);
      const code = await codeSentTo(service, mobile);
      const proved = await tryOut(t, page, 'verifyRegistration', { id: flow.id, body: { code } });
      t.equal(proved.status, 200, JSON.stringify(proved.body));
      const completed = await tryOut(t, page, 'completeRegistration', { id: flow.id });
      t.equal(completed.status, 201, JSON.stringify(completed.body));
      const { body: tokens } = await tryOut(t, page, 'signIn');
      t.equal(tokens.next, 'none', JSON.stringify(tokens));
      await authorise(page, 'accessToken', tokens.accessToken);
      const own = await tryOut(t, page, 'getProfile');
      t.match(own, { status: 200, body: { nationalCode: nationalCode } });
      const record = await tryOut(t, page, 'getInsuranceRecords');
      t.equal(record.status, 200, JSON.stringify(record.body));
      t.ok(record.body.years.length > 0, 'nothing that is filled in hides the record');
      t.equal((await tryOut(t, page, 'getInsuranceRecordYear')).body.year, 1404);
      t.same(complaints, []);
    },
  );
}

t.test('forms, files and long paths fit a phone too', async (t) => {
  const service = await startTestService(t, { environment: await reachableEnvironment() });
  const { page } = await openPage(t, browser, `${service.origin}/docs`, { width: 360 });
  for (const id of ['submitEmployerList', 'getMachineToken', 'getWorkshopMonth', 'verifyBar']) {
    const operation = await open(t, page, id);
    await operation.locator('.opblock-summary-control').first().click();
  }
});
