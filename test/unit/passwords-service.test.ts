import { createHash } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PasswordRulesParser } from '@passcert/pwrules-annotations';
import t, { type Test } from 'tap';
import { createRangeLookup } from '../../src/features/passwords/adapters/range-lookup.ts';
import { createPasswords, type Passwords } from '../../src/features/passwords/index.ts';
import { type PasswordPolicy, parsePasswordPolicy, profiles } from '../../src/features/passwords/policy.ts';
import { toPasswordRules } from '../../src/features/passwords/policy-document.ts';
import { Problem } from '../../src/kernel/problem.ts';
import { Secret } from '../../src/kernel/secret.ts';

const peppers = [{ id: 'test', key: new Secret(new Uint8Array(32).fill(7)) }];

function passwordsOf(
  t: Test,
  options: { policy?: PasswordPolicy; breachLookupUrl?: string } = {},
): Passwords {
  const { policy = profiles.tamin, breachLookupUrl = '' } = options;
  const passwords = createPasswords({
    peppers,
    cost: 4,
    concurrency: 1,
    queueLimit: 8,
    maxWaitSeconds: 60,
    policy,
    breachLookupUrl,
  });
  t.teardown(() => passwords.close());
  return passwords;
}

async function toRefusal(attempt: Promise<void>): Promise<string[]> {
  try {
    await attempt;
    return [];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [
      `${error.kind.status} ${error.kind.code}`,
      ...(error.extras.errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`),
    ];
  }
}

t.test('a new password is told everything that is wrong with it at once', async (t) => {
  const passwords = passwordsOf(t);
  const pointers = { password: '/newPassword', confirmation: '/newPasswordConfirmation' };
  const check = (password: string, confirmation: string, previousHashes: string[] = []) =>
    toRefusal(
      passwords.checkNewPassword({
        password,
        confirmation,
        pointers,
        context: { names: ['مریم'] },
        previousHashes,
      }),
    );
  const used = await passwords.hasher.hash('Rood3Khazar8');

  t.same(await check('Sarv7Boland9', 'Sarv7Boland9', [used]), []);
  t.same(await check('maryam?', 'Maryam?'), [
    '422 password-refused',
    '/newPassword password-too-short',
    '/newPassword password-needs-upper-case',
    '/newPassword password-needs-digit',
    '/newPassword password-has-other-characters',
    '/newPassword password-has-name',
    '/newPassword password-guessable',
    '/newPasswordConfirmation password-mismatch',
  ]);
  t.same(await check('Sarv7Boland9', 'Sarv7Boland8'), [
    '422 password-refused',
    '/newPasswordConfirmation password-mismatch',
  ]);
  t.same(await check('Rood3Khazar8', 'Rood3Khazar8', [used]), [
    '422 password-refused',
    '/newPassword password-used-before',
  ]);
});

t.test('the slow rule is asked only of a password that would be taken otherwise', async (t) => {
  const passwords = passwordsOf(t);
  const used = await passwords.hasher.hash('Rood3Khazar8');
  const before = passwords.metrics().completed;
  const pointers = { password: '/a', confirmation: '/b' };
  const previousHashes = [used];
  await toRefusal(
    passwords.checkNewPassword({
      password: 'short',
      confirmation: 'short',
      pointers,
      context: {},
      previousHashes,
    }),
  );
  await toRefusal(
    passwords.checkNewPassword({
      password: 'Sarv7Boland9',
      confirmation: 'x',
      pointers,
      context: {},
      previousHashes,
    }),
  );
  t.equal(passwords.metrics().completed, before);
});

t.test('confirmation typed in another normal form is the same password', async (t) => {
  const passwords = passwordsOf(t, { policy: profiles['nist-63b-4'] });
  const pointers = { password: '/a', confirmation: '/b' };
  const password = 'کوه آبی دور caf\u00e9 باز';
  t.same(
    await toRefusal(
      passwords.checkNewPassword({
        password,
        confirmation: password.normalize('NFD'),
        pointers,
        context: {},
      }),
    ),
    [],
  );
});

type Properties = Readonly<Record<string, unknown>>;

/** What a parser that is not ours makes of a rules string. */
function parsed(text: string): Properties {
  const named = (value: unknown): unknown =>
    Array.isArray(value) ? value.map((item: { name: string }) => item.name) : value;
  const properties: Record<string, unknown> = { required: [] };
  for (const { name, value } of new PasswordRulesParser().parsePasswordRules(text)) {
    if (name === 'required') (properties.required as unknown[]).push(named(value));
    else properties[name] = named(value);
  }
  return properties;
}

t.test('password managers read the policy from the rules string', async (t) => {
  const policies: [PasswordPolicy, string, Properties][] = [
    [
      profiles.tamin,
      'minlength: 8; maxlength: 64; required: upper; required: lower; required: digit; allowed: upper, lower, digit;',
      {
        minlength: 8,
        maxlength: 64,
        required: [['upper'], ['lower'], ['digit']],
        allowed: ['upper', 'lower', 'digit'],
      },
    ],
    [
      profiles['nist-63b-4'],
      'minlength: 15; maxlength: 128; allowed: ascii-printable;',
      { minlength: 15, maxlength: 128, required: [], allowed: ['ascii-printable'] },
    ],
    [
      parsePasswordPolicy('{"profile":"nist-63b-4","allowed":["unicode"]}'),
      'minlength: 15; maxlength: 128; allowed: unicode;',
      { minlength: 15, maxlength: 128, required: [], allowed: ['unicode'] },
    ],
  ];
  for (const [policy, text, properties] of policies) {
    t.equal(toPasswordRules(policy), text);
    t.match(parsed(text), properties);
  }
});

t.test('the policy names every rule it enforces, in both languages, and a version of its own', async (t) => {
  const tamin = passwordsOf(t).policy;
  const nist = passwordsOf(t, { policy: profiles['nist-63b-4'] }).policy;
  t.same(passwordsOf(t).policy, tamin, 'the same on every replica');
  t.not(tamin.version, nist.version);
  for (const { rules, standards } of [tamin, nist]) {
    const codes = rules.map(({ code }) => code);
    for (const { code, text } of rules) t.notMatch(`${text.fa} ${text.en}`, /\{|^ | $/, code);
    for (const { requirement, rules: named, met, note } of standards) {
      t.ok(
        named.every((code) => codes.includes(code)),
        requirement.en,
      );
      t.equal(note === null, met, `a reason where it is not met: ${requirement.en}`);
    }
  }
  const unmet = ({ standards }: typeof tamin) =>
    standards.filter(({ met }) => !met).map(({ clause }) => clause);
  const always = ['3.1.1.2 (8)', '3.1.1.2, block-list', '6.4.2'];
  t.same(
    unmet(tamin).sort(),
    ['3.1.1.2 (1)', '3.1.1.2 (3)', '3.1.1.2 (4)', '3.1.1.2 (5)', '6.2.5', '6.2.8', ...always].sort(),
  );
  t.same(unmet(nist).sort(), ['3.1.1.2, normalization', '6.2.8', ...always].sort());
});

async function listServer(t: Test, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex').toUpperCase();
const filler = Array.from({ length: 800 }, (_, index) => `${sha1(String(index)).slice(5)}:${index + 1}`);

t.test('a breach list learns five digits of a digest and nothing else', async (t) => {
  const requests: string[] = [];
  const suffix = sha1('Sarv7Boland9').slice(5);
  const url = await listServer(t, (request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers['add-padding']}`);
    const hit = request.url?.endsWith(sha1('Padded1').slice(0, 5))
      ? `${sha1('Padded1').slice(5)}:0`
      : `${suffix.toLowerCase()}:3`;
    response.end([...filler, hit].join('\r\n'));
  });
  const lookup = createRangeLookup(url);
  t.equal(await lookup('Sarv7Boland9'), 'breached');
  t.equal(await lookup('Rood3Khazar8'), 'not-breached');
  t.equal(await lookup('Padded1'), 'not-breached', 'a line of padding');
  t.same(
    requests,
    ['Sarv7Boland9', 'Rood3Khazar8', 'Padded1'].map((text) => `GET /range/${sha1(text).slice(0, 5)} true`),
  );
});

t.test('a breach list that fails lets the password pass', async (t) => {
  const answers: Record<string, RequestListener> = {
    'an error': (_request, response) => response.writeHead(503).end(),
    'a page': (_request, response) => response.end('<html>Sign in to the network</html>'),
    nothing: (_request, response) => response.end(),
    'a redirect': (request, response) => {
      if (request.url === '/elsewhere') response.end(filler.join('\r\n'));
      else response.writeHead(302, { location: '/elsewhere' }).end();
    },
    'an endless answer': (_request, response) => {
      const line = `${filler.join('\r\n')}\r\n`;
      for (let index = 0; index < 40; index += 1) response.write(line);
      response.end();
    },
    'a broken connection': (request) => request.socket.destroy(),
    silence: () => {},
  };
  for (const [name, listener] of Object.entries(answers)) {
    t.equal(await createRangeLookup(await listServer(t, listener))('Sarv7Boland9'), 'unavailable', name);
  }
  t.equal(await createRangeLookup('http://127.0.0.1:1')('Sarv7Boland9'), 'unavailable', 'nobody there');
});

t.test(
  'a breached password is refused; the list is asked only of passwords that would be taken',
  async (t) => {
    let asked = 0;
    let broken = false;
    const breachLookupUrl = await listServer(t, (_request, response) => {
      asked += 1;
      if (broken) response.writeHead(500);
      response.end(`${sha1('Sarv7Boland9').slice(5)}:3`);
    });
    const passwords = passwordsOf(t, { breachLookupUrl });
    t.ok(passwords.policy.rules.some(({ code }) => code === 'breached'));
    t.match(await passwords.evaluate('Sarv7Boland9', {}), {
      acceptable: false,
      violations: [{ code: 'password-breached' }],
    });
    t.match(await passwords.evaluate('Rood3Khazar8', {}), { acceptable: true });
    await passwords.evaluate('Password1', {});
    t.equal(asked, 2);
    t.equal(passwords.metrics().breachLookupsUnavailable, 0);
    broken = true;
    t.match(await passwords.evaluate('Sarv7Boland9', {}), { acceptable: true });
    t.equal(passwords.metrics().breachLookupsUnavailable, 1);
    t.notOk(
      passwordsOf(t).policy.rules.some(({ code }) => code === 'breached'),
      'off unless configured',
    );
  },
);
