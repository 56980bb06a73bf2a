import t from 'tap';
import { ConfigError, loadConfig } from '../../src/composition/config.ts';
import { createSenders } from '../../src/messaging/adapters/index.ts';
import { channelNames, channels } from '../../src/messaging/channels.ts';
import { everyProvider, providerNeeds } from '../support/providers.ts';

const key = Buffer.alloc(32, 1).toString('base64');
const base = { SECRET_KEYS: `a:${key}`, IDENTIFIER_KEY: key, PASSWORD_PEPPERS: `a:${key}` };
const production = {
  ...base,
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://savabegh.example',
  DATABASE_URL: 'postgres://savabegh@127.0.0.1/savabegh',
  MOBILE_OWNERSHIP: 'zohal',
  MOBILE_OWNERSHIP_URL: 'https://inquiry.example',
  MOBILE_OWNERSHIP_TOKEN: 'x',
};

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

t.test('in development messages go nowhere unless told otherwise', async (t) => {
  const { messaging } = loadConfig(base);
  for (const channel of channelNames) t.match(messaging.providers[channel], [{ name: 'development' }]);
  t.equal(messaging.dispatchesInService, true);
});

t.test('production needs providers and refuses those for development', async (t) => {
  const settings = Object.values(channels).map(({ providers }) => providers.setting);
  t.same(
    faultsOf(production).map((fault) => fault.split(' (')[0]),
    settings.map((setting) => `${setting} is missing`),
  );
  const faults = faultsOf({
    ...production,
    ...Object.fromEntries(settings.map((setting) => [setting, 'development'])),
  });
  t.same(
    faults.map((fault) => fault.split(';')[0]),
    settings.map((setting) => `${setting} names development`),
  );
});

t.test('providers are used in the order of the setting', async (t) => {
  const { messaging, publicUrl } = loadConfig({
    ...base,
    SMS_PROVIDERS: 'smsir, kavenegar',
    ...providerNeeds.smsir,
    ...providerNeeds.kavenegar,
  });
  const { sms } = await createSenders(messaging, publicUrl);
  t.same(
    sms.map(({ name }) => name),
    ['smsir', 'kavenegar'],
  );
});

t.test('every provider that a channel names is the adapter of that name', async (t) => {
  const { messaging, publicUrl } = loadConfig({ ...base, ...everyProvider });
  const senders = await createSenders(messaging, publicUrl);
  for (const channel of channelNames) {
    t.same(
      senders[channel].map(({ name }) => name),
      channels[channel].providers.names,
    );
  }
  await Promise.all(
    Object.values<readonly { close?(): Promise<void> }[]>(senders)
      .flat()
      .map((sender) => sender.close?.()),
  );
});

for (const channel of channelNames) {
  const { setting, names } = channels[channel].providers;
  for (const name of names) {
    t.test(`${setting}=${name} needs all its settings, and nobody else needs them`, async (t) => {
      const needs = providerNeeds[name];
      t.same(faultsOf({ ...base, ...needs, [setting]: name }), []);
      const missing = faultsOf({ ...base, [setting]: name });
      t.same(
        missing.map((fault) => fault.split(' ')[0]),
        Object.keys(needs),
        'all faults at once',
      );
    });
  }
}

t.test('a DKIM key is of no use without its domain and selector', async (t) => {
  const faults = faultsOf({ ...base, EMAIL_PROVIDERS: 'smtp', ...providerNeeds.smtp, SMTP_DKIM_KEY: 'x' });
  t.match(faults, [/^SMTP_DKIM_DOMAIN is missing/, /^SMTP_DKIM_SELECTOR is missing/]);
});

t.test('what is not a provider, a template, a country or an address is refused', async (t) => {
  const wrong = {
    SMS_PROVIDERS: ['kavenegar,nobody', 'kavenegar,kavenegar', ','],
    KAVENEGAR_TEMPLATES: ['RecoverFa', 'recovery-code:RecoverFa', 'recovery-code=two words'],
    KAVENEGAR_URL: ['ftp://x', 'api.kavenegar.com'],
    SMS_COUNTRIES: ['98', '+98=', '098=1', 'IR=1', '98=-1'],
    MESSAGE_NETWORK_SHARE: ['0', '101'],
    MESSAGE_DELIVERY: ['nowhere'],
    SMTP_URL: ['mail.example', 'http://mail.example'],
    SMTP_FROM: ['nobody', 'a@x.example\r\nBcc: b@x.example', 'A <a@x.example>, b@x.example'],
  };
  const usable = {
    ...base,
    SMS_PROVIDERS: 'kavenegar',
    EMAIL_PROVIDERS: 'smtp',
    ...providerNeeds.kavenegar,
    ...providerNeeds.smtp,
  };
  t.same(faultsOf(usable), []);
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      t.match(faultsOf({ ...usable, [name]: value }), [new RegExp(`^${name} `)], `${name}=${value}`);
    }
  }
});

t.test('templates and countries are read as they are written', async (t) => {
  const { messaging } = loadConfig({
    ...base,
    SMS_PROVIDERS: 'kavenegar',
    ...providerNeeds.kavenegar,
    KAVENEGAR_TEMPLATES: 'recovery-code=RecoverFa, recovery-code.en=RecoverEn',
    SMS_COUNTRIES: '98=1000,+93=10',
  });
  t.match(messaging.providers.sms[0], {
    templates: { 'recovery-code': 'RecoverFa', 'recovery-code.en': 'RecoverEn' },
  });
  t.same(messaging.limits.perDay.sms, { 98: 1000, 93: 10 });
});

t.test('no setting that is secret shows itself', async (t) => {
  const { messaging } = loadConfig({
    ...base,
    ...everyProvider,
    KAVENEGAR_API_KEY: 'hidden-1',
    SMSIR_API_KEY: 'hidden-2',
    MELIPAYAMAK_USERNAME: 'shown',
    MELIPAYAMAK_PASSWORD: 'hidden-3',
    TWILIO_AUTH_TOKEN: 'hidden-4',
    SMPP_PASSWORD: 'hidden-5',
    SMTP_URL: 'smtps://shown:hidden-6@mail.example',
    SMTP_DKIM_KEY: 'hidden-7',
    SMTP_DKIM_DOMAIN: 'savabegh.example',
    SMTP_DKIM_SELECTOR: 's1',
  });
  t.match(JSON.stringify(messaging), 'shown');
  t.notMatch(JSON.stringify(messaging), 'hidden');
  t.notMatch(JSON.stringify(messaging), key);
});
