import { solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/sha';
import t from 'tap';
import { type Answer, startTestService } from '../support/app.ts';
import { insuredPerson, signIn, signUp } from '../support/journey.ts';
import { solveWork } from '../support/proof-of-work.ts';
import { changeQuotas } from '../support/quotas.ts';

const environment = { TRUSTED_PROXIES: '127.0.0.1' };
const nobody = '0684159414';
const network = { 'x-forwarded-for': '198.51.100.1' };

t.test('beyond what its network may open each flow takes a proof of work', async (t) => {
  const service = await startTestService(t, { environment, overrides: { background: false } });
  const replica = await service.replica({ background: false });
  const person = await insuredPerson(service);
  const start = (nationalCode: string, proof?: string, at = service) =>
    at.post(
      '/v1/recoveries',
      { nationalCode },
      { headers: { ...network, ...(proof !== undefined && { 'proof-of-work': proof }) } },
    );
  const signUpFrom = (proof?: string) =>
    service.post(
      '/v1/registrations',
      { nationalCode: nobody, birthDate: '1370-01-15', mobile: '09121119414' },
      { headers: { ...network, ...(proof !== undefined && { 'proof-of-work': proof }) } },
    );
  t.equal((await start(nobody)).status, 201);
  await changeQuotas(service.db, (trx) => trx.updateTable('quota').set({ used: 599 }).execute());
  t.equal((await start(nobody)).status, 201, 'the six hundredth');

  const asked = await start(nobody);
  t.equal(asked.status, 428);
  t.equal(asked.body.code, 'proof-of-work-required');
  t.equal(asked.headers.get('cache-control'), 'no-store');
  const proof = await solveWork(asked);
  t.equal((await signUpFrom(proof)).status, 428, 'not for another route');
  t.equal((await start(person.nationalCode, proof)).status, 428, 'not for another person');
  t.equal((await start(nobody, proof)).status, 201);
  t.equal((await start(nobody, proof)).status, 428, 'once');
  t.equal((await start(nobody, proof, replica)).status, 428, 'on every replica');

  await t.test('of many at once with the same proof one is taken', async (t) => {
    const shared = await solveWork(await start(nobody));
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => start(nobody, shared, n % 2 ? replica : service)),
    );
    t.same(answers.filter(({ status }) => status === 201).length, 1);
    t.same(answers.filter(({ status }) => status === 428).length, 19);
  });

  await t.test('is asked of a sign-up in the same way', async (t) => {
    t.equal((await signUpFrom(await solveWork(await signUpFrom()))).status, 201);
  });

  await t.test('unknown and registered people are asked alike', async (t) => {
    const shape = ({ status, headers, body }: Answer) => {
      const { requestId, challenge, ...shared } = body;
      const { nonce, salt, keyPrefix, keySignature, expiresAt, data, ...parameters } = challenge.parameters;
      return {
        status,
        shared,
        parameters,
        lengths: [requestId, challenge.signature, nonce, salt, keyPrefix, keySignature, data.for].map(
          (text: string) => text.length,
        ),
        names: [...headers.keys()].sort(),
        length: headers.get('content-length'),
      };
    };
    t.strictSame(shape(await start(nobody)), shape(await start((await insuredPerson(service)).nationalCode)));
  });

  await t.test('what is no proof is asked for again, and breaks nothing', async (t) => {
    const { body } = await start(nobody);
    const made = (change: object) =>
      Buffer.from(
        JSON.stringify({
          challenge: body.challenge,
          solution: { counter: 1, derivedKey: body.challenge.parameters.keyPrefix },
          ...change,
        }),
      ).toString('base64url');
    const cheaper = {
      ...body.challenge,
      parameters: { ...body.challenge.parameters, cost: 1, keyPrefix: '00' },
    };
    const unending = {
      ...body.challenge,
      parameters: { ...body.challenge.parameters, expiresAt: undefined },
    };
    const wrong = [
      'x',
      made({}),
      made({ solution: null }),
      made({ solution: { counter: '1', derivedKey: 7 } }),
      made({ challenge: null }),
      made({ challenge: { parameters: {}, signature: '' } }),
      made({ challenge: { ...body.challenge, signature: '00' } }),
      made({ challenge: cheaper, solution: await solveChallenge({ challenge: cheaper, deriveKey }) }),
      made({ challenge: unending }),
      Buffer.from('null').toString('base64url'),
    ];
    for (const proof of wrong) t.equal((await start(nobody, proof)).status, 428, proof.slice(0, 40));
    t.equal((await start(nobody, 'x'.repeat(2_001))).status, 400);
  });
});

t.test('under a flood of failures unknown devices work for their guesses, known ones do not', async (t) => {
  const service = await startTestService(t, {
    environment: { ...environment, PROOF_OF_WORK_FAILURES_PER_MINUTE: '2' },
  });
  const person = await signUp(service);
  const { body: own } = await signIn(service, person);
  const tryAs = (nationalCode: string, password: string, headers = {}) =>
    service.post('/v1/sessions', { nationalCode, password }, { headers });
  for (let n = 0; n < 2; n += 1) {
    const { nationalCode } = await insuredPerson(service);
    t.equal((await tryAs(nationalCode, 'Wrong7Word9')).status, 401);
  }
  const asked = await tryAs(person.nationalCode, 'Wrong7Word9');
  t.equal(asked.status, 428);
  t.equal((await tryAs(nobody, 'Wrong7Word9')).status, 428, 'nobody too');
  t.equal((await signIn(service, person, undefined, own.deviceToken)).status, 201);
  const proof = { 'proof-of-work': await solveWork(asked) };
  t.equal((await tryAs(person.nationalCode, 'Wrong7Word9', proof)).status, 401, 'then it is judged');
});
