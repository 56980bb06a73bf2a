import { randomUUID } from 'node:crypto';
import t from 'tap';
import { clientAdministration } from '../../src/features/clients/index.ts';
import { type Answer, startTestService } from '../support/app.ts';
import { guardedReplica, machineClient, sendList } from '../support/clients.ts';
import { readContract } from '../support/contract.ts';
import { fingerprint } from '../support/fingerprint.ts';
import { type Files, list, openRegister, toCode, work } from '../support/register.ts';

// What is one workshop's is not there for the client of another: nothing in an answer tells it from what does not exist.

const [theirs, unknown, strangers] = ['0987654321', '1111111111', '2222222222'] as const;
const scopes = ['employer-lists:read', 'employer-lists:write'] as const;
const rows = [work(toCode(1), 30), work(toCode(2), 12)];

const register = await openRegister(t);
const service = await startTestService(t, { database: { url: register.url, drop: async () => {} } });
const contract = await readContract(service);

/** A workshop, and a list that was sent for it, or that nobody has. */
type Aim = Readonly<{ workshop: string; submissionId: string; files: Files }>;

/** How a client tries every route behind a machine client's token. */
const attempts: Readonly<Record<string, (token: string, aim: Aim) => Promise<Answer>[]>> = {
  listEmployerLists: (token, { workshop }) => [
    service.get(`/v1/employer-lists?workshop=${workshop}`, { token }),
    service.get(`/v1/employer-lists?workshop=${workshop}&month=1404-08&state=accepted`, { token }),
  ],
  getEmployerListSubmission: (token, { submissionId }) => [
    service.get(`/v1/employer-lists/${submissionId}`, { token }),
  ],
  getEmployerListReport: (token, { submissionId }) => [
    service.get(`/v1/employer-lists/${submissionId}/report`, { token }),
    service.get(`/v1/employer-lists/${submissionId}/report?format=csv`, { token }),
  ],
  getWorkshopMonth: (token, { workshop }) => [
    service.get(`/v1/workshops/${workshop}/months/1404-08`, { token }),
    service.get(`/v1/workshops/${encodeURIComponent(toPersian(workshop))}/months/1404-08?limit=1`, { token }),
    service.get(`/v1/workshops/%20${workshop}%20/months/1404-07`, { token }),
  ],
  getDryRunReport: (token, { files }) => [sendList(service, token, files, '/report')],
  submitEmployerList: (token, { files }) => [
    sendList(service, token, files, '?dryRun=true'),
    sendList(service, token, files),
  ],
  // Last: a client of the workshop itself does it.
  withdrawEmployerList: (token, { submissionId }) => [
    service.call('POST', `/v1/employer-lists/${submissionId}/withdrawal?confirm=removals`, { token }),
  ],
};

const toPersian = (digits: string) => digits.replace(/\d/g, (digit) => '۰۱۲۳۴۵۶۷۸۹'[Number(digit)] ?? '');

const tokenFor = async (workshopCodes: readonly string[]) =>
  (await machineClient(service, scopes, { workshopCodes })).token();

const everything = async () => {
  const { rows } = await register.pool.query(
    `select (select json_agg(s order by s.id) from employer_list_submission s) as submissions,
            (select count(*) from employer_list_upload) as uploads`,
  );
  return JSON.stringify([await register.everything(), rows]);
};

t.test('every route of machine clients is tried here', async (t) => {
  const guarded = contract.operations.filter(({ security }) =>
    security.some((scheme) => 'clientCredentials' in scheme),
  );
  t.same(guarded.map(({ id }) => id).sort(), Object.keys(attempts).sort());
});

t.test('another’s workshop is answered as one that nobody knows, and nothing changes', async (t) => {
  const employer = await tokenFor([theirs]);
  const files = list({ workshop: theirs, rows });
  const sent = await sendList(service, employer, files);
  t.match(sent, { status: 201, body: { state: 'accepted' } });
  // Sent it too, and may not any more.
  const former = await machineClient(service, scopes, { workshopCodes: [theirs, strangers] });
  const formerToken = await former.token();
  const own = await sendList(service, formerToken, files);
  t.match(own, { status: 201, body: { state: 'unchanged' } });
  await clientAdministration.changeClient(service.db, former.clientId, { workshopCodes: [strangers] });

  const nothing = { workshop: unknown, submissionId: randomUUID(), files: list({ workshop: unknown, rows }) };
  const known = { workshop: theirs, submissionId: sent.body.id, files };
  const before = await everything();
  for (const [who, token, aim] of [
    ['a stranger', await tokenFor([strangers]), known],
    ['one who may act for no workshop', await tokenFor([]), known],
    ['one who may not any more', formerToken, { ...known, submissionId: own.body.id }],
  ] as const) {
    for (const [id, attempt] of Object.entries(attempts)) {
      const [real, made] = [
        await Promise.all(attempt(token, aim)),
        await Promise.all(attempt(token, nothing)),
      ];
      t.same(real.map(fingerprint), made.map(fingerprint), `${id}, ${who}`);
      if (id === 'listEmployerLists') for (const { body } of real) t.same(body.lists, [], who);
      else for (const { status } of real) t.ok(status === 403 || status === 404, `${id}, ${who}: ${status}`);
    }
    t.equal(await everything(), before, who);
  }

  for (const [id, attempt] of Object.entries(attempts)) {
    for (const { status, text } of await Promise.all(attempt(employer, known)))
      t.ok(status < 300, `${id}: its own client may: ${status} ${text.slice(0, 200)}`);
  }
});

t.test('a route that does not say how it keeps clients to their workshops lets nobody start', async (t) => {
  const params = { type: 'object', properties: { code: { type: 'string', format: 'workshop-code' } } };
  for (const route of [
    { url: '/guarded', config: {} },
    { url: '/guarded/:code', config: { workshop: { inUseCase: 'it is looked at later' } }, params },
    { url: '/guarded/:code', config: { workshop: { inPath: 'id' } }, params },
  ])
    await t.rejects(guardedReplica(t, service, route), /how it keeps machine clients to their workshops/);

  const ask = await guardedReplica(t, service, {
    url: '/guarded/:code',
    config: { workshop: { inPath: 'code' } },
    params,
  });
  const token = await tokenFor([theirs]);
  t.equal((await ask(token, {}, `/guarded/${theirs}`)).status, 200);
  for (const code of [unknown, toPersian(unknown)]) {
    const refused = await ask(token, {}, `/guarded/${encodeURIComponent(code)}`);
    t.match(refused, { status: 403, body: { code: 'workshop-not-allowed' } });
  }
});
