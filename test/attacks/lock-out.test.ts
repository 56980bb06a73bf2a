import t from 'tap';
import { startTestService, type TestService } from '../support/app.ts';
import { codeSentTo, goodPassword, type Person, signUp } from '../support/journey.ts';
import { ageQuotas } from '../support/quotas.ts';

// Strangers who know a national code, against its owner on a new device: what they get, and what it costs the owner.

const day = 24 * 60 * 60;
const ownersNetwork = '192.0.2.200';

const signInFrom = (service: TestService, nationalCode: string, password: string, from: string) =>
  service.post('/v1/sessions', { nationalCode, password }, { headers: { 'x-forwarded-for': from } });

/** Every network guesses until it is not judged any more, day by day. */
async function guessPasswords(service: TestService, person: Person, networks: readonly string[]) {
  let sent = 0;
  let judged = 0;
  for (let today = 0; today < 3; today += 1) {
    for (const from of networks) {
      for (let guess = 0; guess < 6; guess += 1) {
        sent += 1;
        const { status } = await signInFrom(service, person.nationalCode, 'Wrong7Words', from);
        if (status !== 401) break;
        judged += 1;
      }
    }
    if (today < 2) await ageQuotas(service.db, day);
  }
  return { sent, judged };
}

/** The owner with phone and password: refused nowhere, so waits nowhere. */
async function ownerSignsIn(service: TestService, person: Person) {
  const first = await signInFrom(service, person.nationalCode, goodPassword, ownersNetwork);
  if (first.status === 201) return { steps: 1, status: 201 };
  const { status } = await service.post(
    `/v1/sessions/${first.body.id}/verification`,
    { code: await codeSentTo(service, person.mobile) },
    { token: first.body.flowToken, headers: { 'x-forwarded-for': ownersNetwork } },
  );
  return { steps: 2, status };
}

const elsewhere = (count: number) => Array.from({ length: count }, (_, index) => `198.51.100.${index + 1}`);
const attackers = [
  { name: '1 network', networks: elsewhere(1), judged: 10, steps: 1 },
  { name: '20 networks', networks: elsewhere(20), judged: 20, steps: 2 },
  { name: '200 networks', networks: elsewhere(200), judged: 20, steps: 2 },
  { name: "the owner's address", networks: [ownersNetwork], judged: 10, steps: 2 },
];

t.test('whoever guesses passwords gets what the quotas say, and the owner signs in at once', async (t) => {
  const service = await startTestService(t, { environment: { TRUSTED_PROXIES: '127.0.0.1' } });
  t.comment('sign-in, 3 days      | requests | judged | owner on a new device');
  for (const { name, networks, judged, steps } of attackers) {
    const person = await signUp(service);
    const attack = await guessPasswords(service, person, networks);
    const owner = await ownerSignsIn(service, person);
    t.comment(
      `${name.padEnd(20)} | ${String(attack.sent).padStart(8)} | ${String(attack.judged).padStart(6)} | ` +
        `in ${owner.steps} step(s), ${owner.status}`,
    );
    t.equal(attack.judged, judged, `${name}: passwords judged`);
    t.same(owner, { steps, status: 201 }, `${name}: the owner is in, refused nowhere`);
  }
});
