import { sql } from 'kysely';
import t from 'tap';
import {
  cleanUpNetworks,
  createKnownNetworks,
  isKnownNetwork,
} from '../../src/features/known-networks/index.ts';
import { createMac } from '../../src/kernel/keyring.ts';
import type { NationalCode } from '../../src/kernel/national-code.ts';
import type { PersonId } from '../../src/kernel/person-id.ts';
import { startTestService } from '../support/app.ts';
import {
  goodPassword,
  insuredPerson,
  otherPassword,
  type Person,
  provedRecovery,
  setRecoveredPassword,
  signUp,
} from '../support/journey.ts';

const service = await startTestService(t, { environment: { TRUSTED_PROXIES: '127.0.0.1' } });
const networks = createKnownNetworks(createMac(service.config.identifierKey, 'known-network'));

const signInFrom = (person: Person, from: string, password = goodPassword) =>
  service.post(
    '/v1/sessions',
    { nationalCode: person.nationalCode, password },
    { headers: { 'x-forwarded-for': from } },
  );
const personId = ({ nationalCode }: Person): PersonId => ({
  kind: 'national-code',
  value: nationalCode as NationalCode,
});
const isKnown = async (person: Person, network: string): Promise<boolean> => {
  const condition = isKnownNetwork(networks.keyOf(personId(person), network));
  const { rows } = await sql<{ known: boolean }>`select ${condition} as known`.execute(service.db);
  return rows[0]?.known ?? false;
};
const age = (days: number) =>
  sql`update known_network set last_used_at = last_used_at - make_interval(days => ${days})`.execute(
    service.db,
  );

t.test('a network is known to the person who signed in from there, and to nobody else', async (t) => {
  const [person, other, stranger] = [
    await signUp(service),
    await signUp(service),
    await insuredPerson(service),
  ];
  t.equal((await signInFrom(person, '198.51.100.1', 'Wrong7Words')).status, 401);
  t.notOk(await isKnown(person, '198.51.100.1'), 'a wrong password makes none');
  t.equal((await signInFrom(person, '198.51.100.1')).status, 201);
  t.ok(await isKnown(person, '198.51.100.1'));
  t.notOk(await isKnown(person, '198.51.100.2'));
  t.notOk(await isKnown(other, '198.51.100.1'));
  t.notOk(await isKnown(stranger, '198.51.100.1'), 'nor to who has no account');
});

t.test('an IPv6 /48 is one network', async (t) => {
  const person = await signUp(service);
  await signInFrom(person, '2001:db8:1:2::1');
  t.ok(await isKnown(person, '2001:db8:1::/48'));
  t.notOk(await isKnown(person, '2001:db8:2::/48'));
});

t.test('after 90 days without a sign-in a network is unknown, and soon gone', async (t) => {
  const person = await signUp(service);
  await signInFrom(person, '198.51.100.1');
  await age(89);
  t.ok(await isKnown(person, '198.51.100.1'));
  await signInFrom(person, '198.51.100.1');
  await age(89);
  t.ok(await isKnown(person, '198.51.100.1'), 'signing in begins the time anew');
  await age(2);
  t.notOk(await isKnown(person, '198.51.100.1'));
  t.ok((await cleanUpNetworks(service.db)) >= 1);
  t.equal((await service.db.selectFrom('known_network').select('key').execute()).length, 0);
});

t.test('an account has twenty at most; the one used longest ago gives way', async (t) => {
  const person = await signUp(service);
  for (let host = 1; host <= 21; host += 1) await signInFrom(person, `203.0.113.${host}`);
  t.notOk(await isKnown(person, '203.0.113.1'));
  t.ok(await isKnown(person, '203.0.113.2'));
  await signInFrom(person, '203.0.113.2');
  t.equal((await service.db.selectFrom('known_network').select('key').execute()).length, 20);
});

t.test('a new password ends them all, but the one that it was changed from', async (t) => {
  const person = await signUp(service);
  await signInFrom(person, '198.51.100.1');
  const { body } = await signInFrom(person, '198.51.100.2');
  const changed = await service.put(
    '/v1/me/password',
    { currentPassword: goodPassword, newPassword: otherPassword, newPasswordConfirmation: otherPassword },
    { token: body.accessToken, headers: { 'x-forwarded-for': '198.51.100.2' } },
  );
  t.ok(changed.status < 300, changed.text);
  t.notOk(await isKnown(person, '198.51.100.1'));
  t.ok(await isKnown(person, '198.51.100.2'));
  await setRecoveredPassword(service, await provedRecovery(service, person), 'Yb4kWqz9Rm');
  t.notOk(await isKnown(person, '198.51.100.2'), 'after a recovery none is left');
});
