import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type { Database } from '../../src/database/schema.ts';
import { inventFreshPerson } from '../../src/development/sample-lists/fresh-person.ts';
import { jalaliToGregorian, parseJalaliDate } from '../../src/kernel/jalali.ts';
import { completeNationalCode } from '../../src/kernel/national-code.ts';
import { type Ask, type Client, createClient, type Reply } from './client.ts';

const password = 'Tq7vLmz4Wk';
const people = 22;
const pauseMs = 20;
/**
 * Who lose their passwords: a person gets so many messages a day, and how many recoveries there are depends on the
 * machine. One recovery each is more than any machine gets through in the minutes that this takes.
 */
const forgetful = 20_000;
/** Fewer than a person may have at once: the oldest ones end. */
const sessionsHeld = 10;

type Member = Readonly<{ nationalCode: string; mobile: string }>;

/** What happened to one request: `good`, `come again` (503 or a broken connection) or what was wrong with it. */
export type Event = Readonly<{
  what: string;
  at: number;
  status: number;
  fault: string | null;
  /** How a connection broke off. */
  detail: string;
}>;

/** What the service has said yes to, to be asked for at the end. */
export type Books = Readonly<{
  /** The newest refresh token of each session, by person: the newest sessions, for one has only so many. */
  sessions: Map<string, string[]>;
  recoveries: Set<string>;
  proved: Set<string>;
}>;

export type Load = Readonly<{ events: Event[]; books: Books; stop(): Promise<void> }>;

type Expected = Readonly<{
  good: readonly number[] /** When an earlier try may have got through. */;
  again?: readonly number[];
}>;

/** How long a step is tried again before it is given up. */
const patienceMs = 20_000;

/** Signs people up through the balancer. */
export async function signPeopleUp(port: number, db: Kysely<Database>): Promise<Member[]> {
  const members: Member[] = [];
  for (let index = 0; index < people; index += 1) {
    const { person } = inventFreshPerson(randomBytes(16));
    const birthDate = parseJalaliDate(person.birthDate);
    if (!birthDate) throw new Error('an invented person needs a birth date');
    await db
      .insertInto('insured_person')
      .values({
        national_code: person.nationalCode,
        insurance_number: null,
        first_name: person.firstName.fa,
        last_name: person.lastName.fa,
        father_name: null,
        birth_date: jalaliToGregorian(birthDate),
      })
      .execute();
    const client = createClient(port);
    const say = async (path: string, ask: Ask, status: number) => {
      const reply = await client.call('POST', path, ask);
      if (reply.status !== status) throw new Error(`${path}: ${reply.status} ${reply.text}`);
      return reply.body;
    };
    const { nationalCode, mobile } = person;
    const flow = await say(
      '/v1/registrations',
      { body: { nationalCode, birthDate: person.birthDate, mobile } },
      201,
    );
    const token = flow.flowToken;
    const code = await toCode(client, mobile);
    await say(`/v1/registrations/${flow.id}/verification`, { token, body: { code } }, 200);
    const { body } = await client.call('GET', '/v1/security-questions');
    const answers = ['باغچهٔ آجری', 'کوچهٔ یاس', 'دوچرخهٔ قرمز'];
    const securityAnswers = answers.map((answer, at) => ({ question: body.questions[at].id, answer }));
    const completion = { password, passwordConfirmation: password, securityAnswers };
    await say(`/v1/registrations/${flow.id}/completion`, { token, body: completion }, 201);
    client.close();
    members.push({ nationalCode, mobile });
  }
  return members;
}

/** People with accounts like that of somebody who signed up: a sign-up each would take longer than everything else. */
export async function copyAccount(db: Kysely<Database>, original: Member): Promise<Member[]> {
  const codes = Array.from(
    { length: forgetful },
    (_, n) => completeNationalCode(String(400_000_000 + n)) ?? '',
  );
  const mobileOf = (nationalCode: string) => `0912${nationalCode.slice(2, 9)}`;
  await sql`
    with person as (
      insert into insured_person (national_code, first_name, last_name) select code, 'علی', 'احمدی'
      from unnest(${codes}::text[]) as code returning id, national_code
    )
    insert into account (insured_person_id, national_code, mobile, locale, password_hash, security_questions,
      security_answers_hash)
    select person.id, person.national_code, '+98912' || substr(person.national_code, 3, 7), locale, password_hash,
      security_questions, security_answers_hash
    from person, account where account.national_code = ${original.nationalCode}
  `.execute(db);
  return codes.map((nationalCode) => ({ nationalCode, mobile: mobileOf(nationalCode) }));
}

/** The newest code in the inbox; `undefined` while nobody can be asked. */
async function toCode(client: Client, mobile: string): Promise<string | undefined> {
  const destination = encodeURIComponent(`+98${mobile.slice(1)}`);
  const { body } = await client.call('GET', `/dev/messages.json?destination=${destination}`);
  return body?.messages?.find((message: { code: string | null }) => message.code)?.code;
}

/** Sign-ins, refreshes, reads and recoveries through the balancer, until stopped. */
export function startLoad(port: number, members: readonly Member[], forgetful: readonly Member[]): Load {
  const events: Event[] = [];
  const books: Books = { sessions: new Map(), recoveries: new Set(), proved: new Set() };
  let going = true;

  function note(what: string, reply: Reply, fault: string | null): void {
    const detail = reply.status === 0 ? reply.text : '';
    events.push({ what, at: reply.endedAt, status: reply.status, fault, detail });
  }

  /** Sends until it is accepted, as a sensible client does. */
  async function insist(
    client: Client,
    what: string,
    path: string,
    ask: Ask,
    { good, again = [] }: Expected,
    method = 'POST',
  ): Promise<Reply | undefined> {
    let mayHaveGotThrough = false;
    for (const deadline = performance.now() + patienceMs; performance.now() < deadline; ) {
      const reply = await client.call(method, path, ask);
      if (good.includes(reply.status)) {
        note(what, reply, null);
        return reply;
      }
      if (mayHaveGotThrough && again.includes(reply.status)) {
        note(what, reply, null);
        return undefined;
      }
      const isPassing = [0, 502, 503, 504].includes(reply.status);
      const isPolite = reply.status !== 503 || (reply.retryAfter ?? 0) >= 1;
      note(what, reply, isPassing && isPolite ? null : `${reply.status} ${reply.text.slice(0, 200)}`);
      if (!isPassing) return undefined;
      mayHaveGotThrough = true;
      await sleep(100);
    }
    events.push({ what, at: performance.now(), status: 0, fault: 'never answered', detail: '' });
    return undefined;
  }

  async function signIn(client: Client, { nationalCode }: Member): Promise<string | undefined> {
    const reply = await insist(
      client,
      'sign-in',
      '/v1/sessions',
      { body: { nationalCode, password } },
      { good: [201] },
    );
    if (!reply) return undefined;
    const { accessToken, refreshToken } = reply.body;
    const held = books.sessions.get(nationalCode) ?? [];
    books.sessions.set(nationalCode, held);
    if (held.length === sessionsHeld) held.shift();
    const place = held.push(refreshToken) - 1;
    const ask = { body: { refreshToken } };
    const refreshed = await insist(client, 'refresh', '/v1/sessions/refresh', ask, { good: [200] });
    if (refreshed) held[place] = refreshed.body.refreshToken;
    return accessToken;
  }

  async function read(
    client: Client,
    token: string,
    expected: string | undefined,
  ): Promise<string | undefined> {
    const path = '/v1/me/insurance-records';
    const reply = await insist(client, 'record', path, { token }, { good: [200] }, 'GET');
    if (reply && expected !== undefined && reply.text !== expected) note('record', reply, 'another record');
    return expected ?? reply?.text;
  }

  async function recover(client: Client, { nationalCode, mobile }: Member): Promise<void> {
    const started = await insist(
      client,
      'recovery',
      '/v1/recoveries',
      { body: { nationalCode } },
      { good: [201] },
    );
    if (!started) return;
    const { id, flowToken: token } = started.body;
    books.recoveries.add(id);
    const challenge = { token, body: { method: 'sms' } };
    // A second message too soon is refused when the first was queued and its answer lost.
    const path = `/v1/recoveries/${id}`;
    await insist(client, 'challenge', `${path}/challenge`, challenge, {
      good: [200, 201, 202],
      again: [409, 429],
    });
    let code: string | undefined;
    for (const deadline = Date.now() + patienceMs; !code && Date.now() < deadline; await sleep(100)) {
      code = await toCode(client, mobile);
    }
    const proof = { token, body: { code } };
    const verification = { good: [200], again: [409] };
    if (await insist(client, 'verification', `${path}/verification`, proof, verification))
      books.proved.add(id);
  }

  /** Over and over, each time as somebody else from somewhere else. */
  async function lane(
    who: readonly Member[],
    work: (client: Client, member: Member) => Promise<unknown>,
  ): Promise<void> {
    while (going) {
      for (const member of who) {
        if (!going) return;
        const client = createClient(port);
        await work(client, member);
        client.close();
        await sleep(pauseMs);
      }
    }
  }
  async function reader(member: Member): Promise<void> {
    const client = createClient(port);
    const token = await signIn(client, member);
    let expected: string | undefined;
    while (going && token) {
      expected = await read(client, token, expected);
      await sleep(pauseMs);
    }
    client.close();
  }
  const lanes = [
    lane(members.slice(0, 10), signIn),
    lane(members.slice(10, 20), signIn),
    lane(forgetful, recover),
    ...members.slice(20).map(reader),
  ];
  return {
    events,
    books,
    async stop() {
      going = false;
      await Promise.all(lanes);
    },
  };
}

/** What was promised and is not there. */
export async function findLost(port: number, db: Kysely<Database>, books: Books): Promise<string[]> {
  const lost: string[] = [];
  const client = createClient(port);
  for (const refreshToken of [...books.sessions.values()].flat()) {
    const reply = await client.call('POST', '/v1/sessions/refresh', { body: { refreshToken } });
    if (reply.status !== 200) lost.push(`a session: ${reply.status} ${reply.text.slice(0, 120)}`);
  }
  client.close();
  const rows = await db
    .selectFrom('recovery')
    .select(['id', 'proved_methods'])
    .where('id', 'in', [...books.recoveries])
    .execute();
  const found = new Map(rows.map((row) => [row.id, row.proved_methods.length]));
  for (const id of books.recoveries) if (!found.has(id)) lost.push(`recovery ${id}`);
  for (const id of books.proved) if (!found.get(id)) lost.push(`proof of ${id}`);
  return lost;
}
