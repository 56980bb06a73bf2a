import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { startTestService, type TestService } from '../support/app.ts';
import { machineClient, sendList } from '../support/clients.ts';
import { goodPassword, insuredPerson, messagesTo, otherPassword } from '../support/journey.ts';
import { list, toCode, work } from '../support/register.ts';
import { codeOfNextYear, startServiceOfNextYear } from './next-year.ts';
import { type Command, run, timed } from './tools.ts';

/** Days a month, and rials a day: a year of it does not fit into 32 bits. */
const days = 30;
const dailyWage = 7_000_000;
const year = 1403;
const yearlyWage = 12 * days * dailyWage;
const codeLimitMs = 60_000;

/**
 * A running service on which the programs do their journeys, each with a person of its own. What a program has to print,
 * in this order, is `expectedOf`; where it prints `code?` it is given the newest code of its person.
 */
export type Journeys = Readonly<{
  run(t: Test, program: Command): Promise<void>;
}>;

export async function startJourneys(t: Test): Promise<Journeys> {
  const service = await startTestService(t);
  const nextYear = await startServiceOfNextYear(t, service.origin);
  const files = await mkdtemp(join(tmpdir(), 'savabegh-clients-'));
  t.teardown(() => rm(files, { recursive: true, force: true }));
  const { clientId, secret, token } = await machineClient(service, [
    'employer-lists:read',
    'employer-lists:write',
  ]);
  let journeys = 0;

  async function runJourney(t: Test, program: Command): Promise<void> {
    journeys += 1;
    const person = await insuredPerson(service);
    const workshop = String(1_000_000_000 + journeys);
    for (let month = 1; month <= 12; month += 1) {
      // The register believes lists, birth dates included.
      const birthDate = { DSW_BDATE: person.birthDate.replaceAll(/\D/g, '') };
      const rows = [work(person.nationalCode, days, dailyWage, birthDate)];
      const sent = await sendList(service, await token(), list({ workshop, year, month, rows }));
      if (sent.status !== 201) throw new Error(`the list of month ${month} was not taken in: ${sent.text}`);
    }
    const own = list({ workshop, year: year + 1, month: 1, rows: [work(toCode(journeys))] });
    const folder = await mkdtemp(join(files, 'list-'));
    const workshopFile = join(folder, 'DSKKAR00.DBF');
    const workersFile = join(folder, 'DSKWOR00.DBF');
    await writeFile(workshopFile, own.workshop);
    await writeFile(workersFile, own.workers);
    const environment = {
      SAVABEGH_URL: service.origin,
      SAVABEGH_NEXT_YEAR_URL: nextYear,
      NATIONAL_CODE: person.nationalCode,
      BIRTH_DATE: person.birthDate,
      MOBILE: person.mobile,
      PASSWORD: goodPassword,
      NEW_PASSWORD: otherPassword,
      YEAR: String(year),
      CLIENT_ID: clientId,
      CLIENT_SECRET: secret,
      WORKSHOP_FILE: workshopFile,
      WORKERS_FILE: workersFile,
    };
    const linesBefore = service.logLines.length;
    let codes = 0;
    const answer = async () => {
      codes += 1;
      return codeNumber(codes, service, person.mobile);
    };
    const output = await timed(t, 'journey', () => run(program, { environment, answer }));
    const said = output.split('\n').filter((line) => /^[a-z0-9 -]+: /.test(line));
    t.same(said, expectedOf(person.nationalCode));
    t.comment(recordingOf(service.logLines.slice(linesBefore)));
  }

  return { run: runJourney };
}

const expectedOf = (nationalCode: string) => [
  'weak password: 422 password-refused /password',
  'wrong password: 401 credentials-not-accepted',
  `profile: ${nationalCode}`,
  `record: 12 months, ${yearlyWage} rials`,
  `year: ${yearlyWage} rials`,
  `summary: ${12 * days} days`,
  `record of next year: 12 months, ${yearlyWage} rials`,
  `problem of next year: 401 ${codeOfNextYear}`,
  'recovery: set-password',
  `profile: ${nationalCode}`,
  'wrong secret: 401 invalid_client',
  'upload: accepted-with-warnings',
  'upload read: accepted-with-warnings',
];

/** What the service saw of a program, by its log. */
function recordingOf(logLines: readonly string[]): string {
  const requests = logLines
    .map((line) => JSON.parse(line) as { msg: string; method: string; route: string; status: number })
    .filter(({ msg, route }) => msg === 'request' && route.startsWith('/v1/'));
  const operations = new Set(requests.map(({ method, route }) => `${method} ${route}`));
  const refusals = requests.filter(({ status }) => status >= 400).map(({ status }) => status);
  return `${requests.length} requests, ${operations.size} operations, refused with ${refusals.join(', ')}`;
}

/** The n-th code that the person was sent, once it is there. */
async function codeNumber(wanted: number, service: TestService, mobile: string): Promise<string> {
  const deadline = Date.now() + codeLimitMs;
  for (;;) {
    const messages = (await messagesTo(service, mobile)) as { code?: string | null }[];
    const codes = messages.flatMap(({ code }) => code ?? []);
    const newest = codes[0];
    if (newest !== undefined && codes.length >= wanted) return newest;
    if (Date.now() > deadline) throw new Error(`no code number ${wanted} for ${mobile}`);
    await sleep(50);
  }
}
