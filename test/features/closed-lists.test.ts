import { readdir, readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import t, { type Test } from 'tap';
import { addressKinds, kinds } from '../../src/features/accounts/index.ts';
import { maskEmail } from '../../src/features/accounts/mask-email.ts';
import { activityKinds } from '../../src/features/activity/activity.ts';
import { clientScopes, grantScopes } from '../../src/features/clients/index.ts';
import { rowColumns } from '../../src/features/employer-lists/row-copy.ts';
import { changeOutcomes } from '../../src/features/people/people.table.ts';
import { getMethodName, recoveryMethods } from '../../src/features/recovery/index.ts';
import { locales } from '../../src/kernel/locale.ts';
import { type Mobile, maskMobile } from '../../src/kernel/mobile.ts';
import { channelNames, channels, channelTo } from '../../src/messaging/channels.ts';
import { messageStates } from '../../src/messaging/messages.table.ts';
import { eventually } from '../messaging/support.ts';
import { startTestService } from '../support/app.ts';
import { signIn, signUp, startRecovery } from '../support/journey.ts';
import { challenge, withEmail } from '../support/recovery.ts';
import { sourceFiles } from '../support/source-files.ts';

// Of each kind of thing there is one list. Who adds a member is led by the compiler, and by this file to the rest.

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
const contract = JSON.parse(await read('openapi/openapi.json'));
const settings = await read('README.md');
const settingRow = (setting: string) =>
  settings.split('\n').find((line) => line.startsWith(`| \`${setting}\``)) ?? '';

/** Says which member lacks what, and not where it was looked for: that may be a whole document. */
function has(t: Test, member: string, what: string, isThere: boolean): void {
  t.ok(isThere, isThere ? `${member} has ${what}` : `${member} lacks ${what}`);
}

/** By constraint: which list in the code its members are. A constraint that is not named here fails. */
const listOfConstraint: Readonly<Record<string, readonly string[]>> = {
  recovery_method_known: recoveryMethods,
  message_channel_known: channelNames,
  message_state_known: messageStates,
  message_locale_known: locales,
  account_locale_known: locales,
  branch_recovery_locale_known: locales,
  recovery_locale_known: locales,
  registration_locale_known: locales,
  register_change_outcome_known: changeOutcomes,
  account_barred_kinds_known: kinds,
  contact_flow_kind_known: kinds,
  contact_flow_barring_known: kinds,
  pending_change_kind_known: kinds,
};
/** Closed lists of the database alone, whose members their row types name. */
const ownLists = [
  'account_event_cause_known',
  'account_lock_known',
  'activity_outcome_known',
  'branch_recovery_way_known',
  'employer_list_submission_state_known',
  'employer_list_upload_part_file_known',
  'insured_person_decision_field_known',
  'insured_person_is_known',
  'machine_client_state_known',
  'register_change_kind_known',
];

t.test('every constraint that lists members has those of the code', async (t) => {
  const service = await startTestService(t, { overrides: { background: false } });
  const { rows } = await sql<{ name: string; definition: string }>`
    select conname as name, pg_get_constraintdef(oid) as definition from pg_constraint
    where contype = 'c' and conname like '%\\_known' and connamespace = 'public'::regnamespace`.execute(
    service.db,
  );
  const names = rows.map(({ name }) => name).sort();
  t.same(names, [...ownLists, ...Object.keys(listOfConstraint)].sort());
  for (const { name, definition } of rows.filter(({ name }) => name in listOfConstraint)) {
    const texts = [...definition.matchAll(/'([^']*)'::text/g)].map(([, text]) => text ?? '');
    const members = texts.flatMap((text) => text.replace(/[{}]/g, '').split(','));
    t.same(members.sort(), [...(listOfConstraint[name] ?? [])].sort(), name);
  }
});

t.test('every method of recovery is a setting, in the contract, offered, and sends or asks', async (t) => {
  const service = await startTestService(t);
  const { components } = contract;
  for (const method of recoveryMethods) {
    has(t, method, 'a place in RECOVERY_METHODS', settingRow('RECOVERY_METHODS').includes(`\`${method}\``));
    const { enum: inContract, description } = components.schemas.RecoveryMethod;
    has(t, method, 'a place in the contract', inContract.includes(method));
    has(t, method, 'words in the contract', description.includes(getMethodName(method).en));
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

t.test('the front page of the guide names every method of recovery', async (t) => {
  const service = await startTestService(t, { overrides: { background: false } });
  for (const locale of locales) {
    const { text } = await service.get('/docs/guide', { headers: { 'accept-language': locale } });
    for (const method of recoveryMethods) {
      has(t, method, `its name (${locale})`, text.includes(getMethodName(method)[locale]));
    }
  }
});

t.test(
  'every provider has an adapter, its contract test, a setting, and what it needs in the table',
  async (t) => {
    const adapters = await readdir(new URL('../../src/messaging/adapters', import.meta.url));
    for (const { providers } of Object.values(channels)) {
      const { setting } = providers;
      for (const name of providers.names) {
        has(t, name, 'an adapter', adapters.includes(`${name}.ts`));
        const tested = await read(`test/messaging/adapters/${name}.test.ts`).catch(() => '');
        has(t, name, 'a contract test', /^ *testContract[(<]/m.test(tested));
        has(t, name, `a place in ${setting}`, settingRow(setting).includes(`\`${name}\``));
        const own = new RegExp(`\\| \`(\\w+_)?${name}_\\w+\``, 'i');
        has(t, name, 'settings of its own', own.test(settings));
      }
    }
  },
);

t.test('every channel has its settings in the table, and every kind of address a channel', async (t) => {
  for (const [channel, { providers, ceiling }] of Object.entries(channels)) {
    for (const { setting } of [providers, ceiling]) has(t, channel, setting, settingRow(setting) !== '');
  }
  for (const kind of addressKinds) t.equal(channels[channelTo[kind]].kind, kind);
});

/** A line that names a channel where its list could be asked: another one would fall by the wayside, or into the `else`. */
function namesChannel(line: string): boolean {
  return channelNames.some((channel) => {
    if (new RegExp(`\\b(channel\\w*|chains|perDay|providers|senders)\\.${channel}\\b`).test(line))
      return true;
    const isNamed = new RegExp(`['"\`]${channel}['"\`]`).test(line);
    // A kind of address may be called the same.
    const isAmbiguous = addressKinds.some((kind) => kind === channel);
    return isNamed && (!isAmbiguous || /channel/i.test(line));
  });
}

t.test('no channel is named outside the list of them', async (t) => {
  for (const line of [
    "if (message.channel === 'sms') return;",
    "  channel: 'sms' | 'email';",
    "case channel when 'email' then account.email end",
    'log.info(worker.health().providers.sms)',
  ]) {
    t.ok(namesChannel(line), line);
  }
  t.notOk(namesChannel("kind === 'email' ? address : null"));
  // A method names its channel, which the compiler compares with its kind; the demo is a program outside.
  const mayName = /^(messaging\/channels|features\/recovery\/methods\/\w+|cli\/demo)\.ts$/;
  for (const file of sourceFiles().filter((name) => !mayName.test(name))) {
    const lines = (await read(`src/${file}`)).split('\n');
    t.same(lines.filter(namesChannel), [], file);
  }
});

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
  const paths = JSON.stringify(contract.paths);
  for (const scope of Object.keys(clientScopes)) {
    has(t, scope, 'an operation that asks for it', paths.includes(`"${scope}"`));
  }
  const { scopes } = contract.components.securitySchemes.grants.flows.authorizationCode;
  t.same(Object.keys(scopes), Object.keys(grantScopes));
  for (const scope of Object.keys(grantScopes)) {
    t.match(JSON.stringify(contract.paths), `"grants":["${scope}"]`, scope);
  }
  function findOAuth() {
    const schemes = Object.values<{ type: string }>(contract.components.securitySchemes);
    return schemes.find(({ type }) => type === 'oauth2') as never;
  }
});

t.test('every kind of activity is in the contract, in both languages', async (t) => {
  const schemas = JSON.stringify(contract.components.schemas);
  for (const [kind, { fa, en }] of Object.entries(activityKinds)) {
    has(t, kind, 'a place in the contract', schemas.includes(`"${kind}"`));
    t.match(fa, /[آ-ی]/, kind);
    t.match(en, /^[ -~’]+$/, kind);
  }
});
