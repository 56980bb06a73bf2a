import { readdir, readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import t from 'tap';
import { channels, kinds } from '../../src/features/accounts/index.ts';
import { maskEmail } from '../../src/features/accounts/mask-email.ts';
import { activityKinds } from '../../src/features/activity/activity.ts';
import { clientScopes } from '../../src/features/clients/index.ts';
import { rowColumns } from '../../src/features/employer-lists/row-copy.ts';
import { recoveryMethods } from '../../src/features/recovery/index.ts';
import { type Mobile, maskMobile } from '../../src/kernel/mobile.ts';
import { emailProviders, smsProviders } from '../../src/messaging/index.ts';
import { eventually } from '../messaging/support.ts';
import { startTestService } from '../support/app.ts';
import { signIn, signUp, startRecovery } from '../support/journey.ts';
import { challenge, withEmail } from '../support/recovery.ts';

// Of each kind of thing there is one list. Who adds a member is led by the compiler, and by this file to the rest.

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
const contract = JSON.parse(await read('openapi/openapi.json'));
const settings = await read('README.md');
const settingRow = (setting: string) =>
  settings.split('\n').find((line) => line.startsWith(`| \`${setting}\``)) ?? '';

/** By constraint: which list in the code its members are. A constraint that is not named here fails. */
const listOfConstraint: Readonly<Record<string, readonly string[]>> = {
  recovery_method_known: recoveryMethods,
  message_channel_known: Object.values(channels),
  account_barred_kinds_known: kinds,
  contact_flow_kind_known: kinds,
  contact_flow_barring_known: kinds,
  pending_change_kind_known: kinds,
};
/** Closed lists of the database alone, whose members its row types name. */
const ownLists = /_(locale|outcome|state|lock|way|file|is|cause|field)_known$|^register_change_kind_known$/;

t.test('every constraint that lists members has those of the code', async (t) => {
  const service = await startTestService(t, { overrides: { background: false } });
  const { rows } = await sql<{ name: string; definition: string }>`
    select conname as name, pg_get_constraintdef(oid) as definition from pg_constraint
    where contype = 'c' and conname like '%\\_known' and connamespace = 'public'::regnamespace`.execute(
    service.db,
  );
  const listed = rows.filter(({ name }) => !ownLists.test(name));
  t.same(listed.map(({ name }) => name).sort(), Object.keys(listOfConstraint).sort());
  for (const { name, definition } of listed) {
    const texts = [...definition.matchAll(/'([^']*)'::text/g)].map(([, text]) => text ?? '');
    const members = texts.flatMap((text) => text.replace(/[{}]/g, '').split(','));
    t.same(members.sort(), [...(listOfConstraint[name] ?? [])].sort(), name);
  }
});

t.test('every method of recovery is a setting, in the contract, offered, and sends or asks', async (t) => {
  const service = await startTestService(t);
  const { components } = contract;
  for (const method of recoveryMethods) {
    t.match(settingRow('RECOVERY_METHODS'), `\`${method}\``);
    t.match(JSON.stringify(components.schemas.RecoveryMethod), `"${method}"`);
    const person = await signUp(service);
    await withEmail(service, person);
    const { body: session } = await signIn(service, person);
    const { body } = await service.post(
      '/v1/recoveries',
      { nationalCode: person.nationalCode },
      { headers: { 'device-token': session.deviceToken } },
    );
    const shown = body.methods.find((each: { method: string }) => each.method === method);
    t.ok(shown, `${method} is offered to a known device`);
    const flow = await startRecovery(service, person.nationalCode);
    const { status, body: asked } = await challenge(service, flow, method);
    t.equal(status, 200);
    if (asked.resendInSeconds === undefined) {
      t.notOk(shown.destination, 'answers lead nowhere');
      continue;
    }
    t.match(shown.destination, '•••', 'where the code goes, masked');
    const sentTo = await eventually(async () => {
      const [message] = await service.db
        .selectFrom('message')
        .where('purpose', '=', 'recovery-code')
        .where('sent_to', 'is not', null)
        .where('challenge_id', '=', (from) =>
          from.selectFrom('recovery').where('id', '=', flow.id).select('challenge_id'),
        )
        .select('sent_to')
        .execute();
      return message?.sent_to;
    });
    const masked = sentTo?.includes('@') ? maskEmail(sentTo) : maskMobile(sentTo as Mobile);
    t.equal(masked, shown.destination, `${method}: its code goes where was shown`);
  }
});

t.test(
  'every provider has an adapter of its own, a setting, and a place in the settings’ table',
  async (t) => {
    const adapters = await readdir(new URL('../../src/messaging/adapters', import.meta.url));
    for (const [setting, providers] of [
      ['SMS_PROVIDERS', smsProviders],
      ['EMAIL_PROVIDERS', emailProviders],
    ] as const) {
      for (const provider of providers) {
        t.ok(adapters.includes(`${provider}.ts`), provider);
        t.match(settingRow(setting), `\`${provider}\``);
        const own = new RegExp(`\\| \`(\\w+_)?${provider}_\\w+\``, 'i');
        t.match(settings, own, `${provider}: what it needs stands in the table`);
      }
    }
  },
);

t.test('every column of a list’s rows is written when a list comes in', async (t) => {
  const service = await startTestService(t, { overrides: { background: false } });
  const { rows } = await sql<{ name: string }>`
    select column_name as name from information_schema.columns where table_name = 'employer_list_row'`.execute(
    service.db,
  );
  t.same([...rowColumns].sort(), rows.map(({ name }) => name).sort());
});

t.test('every scope of machine clients is in the contract, and some operation asks for it', async (t) => {
  const { flows } = contract.components.securitySchemes.clientCredentials ?? findOAuth();
  t.same(Object.keys(flows.clientCredentials.scopes), Object.keys(clientScopes));
  for (const scope of Object.keys(clientScopes)) {
    t.match(JSON.stringify(contract.paths), `"${scope}"`, scope);
  }
  function findOAuth() {
    const schemes = Object.values<{ type: string }>(contract.components.securitySchemes);
    return schemes.find(({ type }) => type === 'oauth2') as never;
  }
});

t.test('every kind of activity is in the contract, in both languages', async (t) => {
  for (const [kind, { fa, en }] of Object.entries(activityKinds)) {
    t.match(JSON.stringify(contract.components.schemas), `"${kind}"`, kind);
    t.match(fa, /[آ-ی]/, kind);
    t.match(en, /^[ -~’]+$/, kind);
  }
});
