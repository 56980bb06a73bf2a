import t from 'tap';
import { type Answer, startTestService, type TestService } from '../support/app.ts';
import { internationalOf, otherMobileOf, startChange } from '../support/contacts.ts';
import { codeSentTo, goodPassword, insuredPerson, type Person, signUp } from '../support/journey.ts';
import { tokenOf } from '../support/officers.ts';
import { ageQuotas } from '../support/quotas.ts';
import { codesThatLeft, codesThatLeftTo, settle } from '../support/sent-messages.ts';

const environment = { TRUSTED_PROXIES: '127.0.0.1' };

/** Whoever knows the national code asks for a code. */
async function askForCode(service: TestService, { nationalCode }: Person, network: string): Promise<Answer> {
  const headers = { 'x-forwarded-for': network };
  const { body } = await service.post('/v1/recoveries', { nationalCode }, { headers });
  return service.post(
    `/v1/recoveries/${body.id}/challenge`,
    { method: 'sms' },
    { token: body.flowToken, headers },
  );
}

const startSignUp = (service: TestService, { nationalCode, birthDate, mobile }: Person, network: string) =>
  service.post(
    '/v1/registrations',
    { nationalCode, birthDate, mobile },
    { headers: { 'x-forwarded-for': network } },
  );

/** What a caller is answered, but for what is random or a time. */
const shapeOf = ({ status, body }: Answer) => ({ status, keys: Object.keys(body).sort(), ...pick(body) });
const pick = ({ resendInSeconds, attemptsLeft }: Answer['body']) => ({ resendInSeconds, attemptsLeft });

t.test('rule 3: strangers use up what their networks may ask for, and no more', async (t) => {
  const service = await startTestService(t, { environment });
  const floods = [
    { networks: 1, requestsEach: 20, left: 3, ownerGetsOne: true },
    { networks: 3, requestsEach: 20, left: 9, ownerGetsOne: true },
    { networks: 20, requestsEach: 5, left: 10, ownerGetsOne: false },
    { networks: 200, requestsEach: 2, left: 10, ownerGetsOne: false },
  ];
  t.comment('networks | requests | messages that left | the owner, new device and network, still got one');
  for (const [round, { networks, requestsEach, left, ownerGetsOne }] of floods.entries()) {
    const person = await signUp(service);
    const answers: Answer[] = [];
    for (let each = 0; each < requestsEach; each += 1) {
      for (let network = 0; network < networks; network += 1) {
        answers.push(await askForCode(service, person, `198.${18 + round}.${network}.7`));
      }
    }
    for (const answer of answers) t.strictSame(shapeOf(answer), shapeOf(answers[0] as Answer));
    const before = await codesThatLeft(service, person, 'recovery-code');
    const owner = await askForCode(service, person, `203.0.113.${round}`);
    t.strictSame(shapeOf(owner), shapeOf(answers[0] as Answer), 'the answer does not tell what left');
    const got = (await codesThatLeft(service, person, 'recovery-code')) > before;
    t.comment(`${networks} | ${networks * requestsEach} | ${before} | ${got ? 'yes' : 'no'}`);
    t.equal(before, left, `${networks} networks`);
    t.equal(got, ownerGetsOne, `${networks} networks`);
  }
});

t.test('rule 2: of a number at sign-up three messages a day are kept for its owner', async (t) => {
  const service = await startTestService(t, { environment });
  const stranger = await insuredPerson(service);
  t.comment('networks | sign-up starts | messages that left | the owner still got one');
  for (const [round, networks] of [1, 20, 200].entries()) {
    const owner = await insuredPerson(service);
    const forged = { ...stranger, mobile: owner.mobile };
    const requestsEach = networks === 1 ? 20 : 2;
    const answers: Answer[] = [];
    for (let each = 0; each < requestsEach; each += 1) {
      for (let network = 0; network < networks; network += 1) {
        answers.push(await startSignUp(service, forged, `198.${18 + round}.${network}.7`));
      }
    }
    t.strictSame([...new Set(answers.map(({ status }) => status))], [201]);
    const before = await codesThatLeft(service, owner, 'registration-code');
    t.equal(before, networks === 1 ? 3 : 10);
    // One behind the very address that the flood came from, the others from elsewhere.
    const froms = [`198.${18 + round}.0.7`, '203.0.113.1', '203.0.113.2', '203.0.113.3', '203.0.113.4'];
    let got = 0;
    for (const from of froms) {
      await startSignUp(service, owner, from);
      const sofar = await codesThatLeft(service, owner, 'registration-code');
      got = sofar - before;
    }
    t.comment(
      `${networks} | ${networks * requestsEach} | ${before} | ${got > 0 ? 'yes' : 'no'} (${got} of 5)`,
    );
    t.equal(got, networks === 1 ? 5 : 3);
  }
});

t.test('rule 2: a network whose codes are never entered gets three in thirty days', async (t) => {
  const service = await startTestService(t, { environment });
  const person = await signUp(service);
  const leftFrom = async (network: string, times: number) => {
    const before = await codesThatLeft(service, person, 'recovery-code');
    for (let time = 0; time < times; time += 1) await askForCode(service, person, network);
    return (await codesThatLeft(service, person, 'recovery-code')) - before;
  };
  t.equal(await leftFrom('198.18.0.7', 4), 3);
  await ageQuotas(service.db, 86_401);
  t.equal(await leftFrom('198.18.0.7', 1), 0, 'the next day too');

  const headers = { 'x-forwarded-for': '203.0.113.7' };
  const { body } = await service.post('/v1/recoveries', { nationalCode: person.nationalCode }, { headers });
  const more = { token: body.flowToken, headers };
  await service.post(`/v1/recoveries/${body.id}/challenge`, { method: 'sms' }, more);
  await settle(service);
  const code = await codeSentTo(service, person.mobile);
  t.equal((await service.post(`/v1/recoveries/${body.id}/verification`, { code }, more)).status, 200);
  t.equal(await leftFrom('203.0.113.7', 3), 2, 'three a day, also after one was entered');
  await ageQuotas(service.db, 86_401);
  t.equal(await leftFrom('203.0.113.7', 4), 1, 'three since then');
  await ageQuotas(service.db, 30 * 86_400);
  t.equal(await leftFrom('198.18.0.7', 1), 1, 'thirty days later');
});

t.test(
  'rule 3: codes that strangers ask for at somebody’s new address are not told to its owner, nor use up theirs',
  async (t) => {
    const service = await startTestService(t);
    const signedIn = async () => {
      const person = await signUp(service);
      return { person, token: await tokenOf(service, person) };
    };
    t.comment('kind | strangers | codes asked for | that left | the owner still got one');
    for (const { kind, strangers, left, ownerGets } of [
      { kind: 'mobile', strangers: 1, left: 3, ownerGets: 3 },
      { kind: 'mobile', strangers: 5, left: 10, ownerGets: 3 },
      { kind: 'email', strangers: 1, left: 3, ownerGets: 3 },
      { kind: 'email', strangers: 3, left: 9, ownerGets: 1 },
      // Nobody can be asked whose a mailbox is: it takes four people who are known by name, and holds for a day.
      { kind: 'email', strangers: 4, left: 10, ownerGets: 0 },
    ] as const) {
      const owner = await signedIn();
      const name = `flood.${owner.person.nationalCode}`;
      const spellings =
        kind === 'mobile'
          ? [0, 1, 2].map((n) => `${['0', '+98', '0098 '][n]}${otherMobileOf(owner.person.mobile).slice(1)}`)
          : [`${name}@example.org`, `${name}@Example.org`, `${name.toUpperCase()}@example.ORG`];
      const address =
        kind === 'mobile' ? internationalOf(otherMobileOf(owner.person.mobile)) : `${name}@example.org`;
      const answers: Answer[] = [];
      const askThrice = async ({ token }: { token: string }) => {
        for (const spelling of spellings) answers.push(await startChange(service, token, kind, spelling));
      };
      for (let stranger = 0; stranger < strangers; stranger += 1) await askThrice(await signedIn());
      const before = await codesThatLeftTo(service, address, 'contact-code');
      await askThrice(owner);
      const got = (await codesThatLeftTo(service, address, 'contact-code')) - before;
      for (const answer of answers) {
        t.equal(answer.status, 201);
        t.strictSame(shapeOf(answer), shapeOf(answers[0] as Answer), 'the answer does not tell what left');
      }
      t.comment(`${kind} | ${strangers} | ${3 * strangers} | ${before} | ${got} of 3`);
      t.same([before, got], [left, ownerGets], `${strangers} strangers at one ${kind}`);
    }
  },
);

t.test(
  'rule 3: strangers who name somebody’s address as their new one use up nothing of its own account',
  async (t) => {
    const service = await startTestService(t);
    const owner = await signUp(service);
    const token = await tokenOf(service, owner);
    for (let stranger = 0; stranger < 5; stranger += 1) {
      const other = await tokenOf(service, await signUp(service));
      for (let each = 0; each < 3; each += 1) await startChange(service, other, 'mobile', owner.mobile);
    }
    const before = await codesThatLeft(service, owner, 'contact-code');
    const body = { currentPassword: goodPassword, kind: 'answers', proof: 'mobile' };
    t.equal((await service.post('/v1/me/barred-kinds', body, { token })).status, 201);
    t.equal(await codesThatLeft(service, owner, 'contact-code'), before + 1);
  },
);
