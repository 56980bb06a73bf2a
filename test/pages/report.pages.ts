import t from 'tap';
import { reachableEnvironment, startTestService } from '../support/app.ts';
import { machineClient } from '../support/clients.ts';
import { list, toCode, work } from '../support/register.ts';
import { inspect, openPage, startBrowser } from './browser.ts';

const service = await startTestService(t, { environment: await reachableEnvironment() });
const browser = await startBrowser(t);
const sender = await machineClient(service, ['employer-lists:write', 'employer-lists:read']);
const authorization = `Bearer ${await sender.token()}`;

/** The address of the report of a list with these many people in doubt. */
async function toReport(people: number): Promise<string> {
  const rows = Array.from({ length: people }, (_, index) =>
    work(toCode(index + 1), 30, 100_000, { DSW_FNAME: 'محمدحسین', DSW_LNAME: 'محمدی‌نژاد فراهانی' }),
  );
  const { workshop, workers } = list({ rows: [...rows, work(toCode(people + 1), 31)] });
  const body = new FormData();
  body.append('list', new Blob([new Uint8Array(workshop)]), 'DSKKAR00.DBF');
  body.append('list', new Blob([new Uint8Array(workers)]), 'DSKWOR00.DBF');
  const answer = await fetch(`${service.origin}/v1/employer-lists`, {
    method: 'POST',
    body,
    headers: { authorization },
  });
  const { id } = (await answer.json()) as { id: string };
  return `${service.origin}/v1/employer-lists/${id}/report`;
}

t.test('a report reads in both themes and on a narrow screen, from the right', async (t) => {
  const url = await toReport(3);
  for (const look of [
    { colorScheme: 'light', width: 1000 },
    { colorScheme: 'dark', width: 360 },
  ] as const) {
    const { page, complaints } = await openPage(t, browser, `${service.origin}/docs/guide`, look);
    await page.setExtraHTTPHeaders({ authorization, 'accept-language': 'fa' });
    await page.goto(url);
    const contrast = await inspect<number>(page, `lowestContrast('h1, h2, h3, p, dt, dd, th, td')`);
    t.ok(contrast >= 4.5, `${look.colorScheme}: contrast ${contrast}`);
    t.ok((await inspect<number>(page, 'overflow()')) <= 0, 'nothing to scroll sideways');
    t.equal(await inspect(page, `direction('td')`), 'rtl');
    t.same(complaints, []);
  }
});

t.test('on paper it is A4: one or two sheets for a few findings, and a head on each for many', async (t) => {
  const { page } = await openPage(t, browser, `${service.origin}/docs/guide`);
  await page.setExtraHTTPHeaders({ authorization, 'accept-language': 'fa' });
  const sheets = async (people: number) => {
    await page.goto(await toReport(people));
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    t.match(pdf, /\/MediaBox \[0 0 59[45]\.\d+ 84[12]/, 'A4');
    return pdf.match(/\/Type \/Page\b/g)?.length ?? 0;
  };
  t.ok((await sheets(2)) <= 2);
  const many = await sheets(200);
  t.ok(many > 4 && many < 20, `${many} sheets for 200 people`);
  await page.emulateMedia({ media: 'print' });
  t.equal(
    await page.evaluate("getComputedStyle(document.querySelector('thead')).display"),
    'table-header-group',
  );
});
