import t from 'tap';
import { startTestService } from '../support/app.ts';

t.test('the password policy', async (t) => {
  const service = await startTestService(t, {
    environment: { CHANGE_PASSWORD_URL: 'https://front.example/account/password' },
  });
  const evaluate = (body: object, headers = {}) =>
    service.post('/v1/password-policy/evaluations', body, { headers });

  t.test('is public data in both languages', async (t) => {
    const { status, body, headers } = await service.get('/v1/password-policy');
    t.equal(status, 200);
    t.equal(body.profile, 'tamin');
    t.match(headers.get('cache-control'), /^public, max-age=\d+$/);
    t.match(
      body.rules.find(({ code }: { code: string }) => code === 'min-length'),
      { parameters: { minLength: 8 }, text: { fa: 'دست‌کم ۸ کاراکتر', en: 'At least 8 characters' } },
    );
    t.ok(body.rules.every(({ text }: { text: { fa: string; en: string } }) => text.fa && text.en));
    t.match(body.passwordRules, /^minlength: 8; /);
    t.ok(
      body.standards.some(
        ({ standard, met }: { standard: string; met: boolean }) => standard === 'NIST SP 800-63B-4' && met,
      ),
    );
  });

  t.test('is not sent again to who has it', async (t) => {
    const first = await service.get('/v1/password-policy');
    const etag = first.headers.get('etag') ?? '';
    t.match(etag, /^"[^"]+"$/, 'a strong tag');
    for (const held of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const { status, text, headers } = await service.get('/v1/password-policy', {
        headers: { 'if-none-match': held },
      });
      t.equal(status, 304, held);
      t.equal(text, '');
      t.equal(headers.get('etag'), etag);
    }
    for (const held of ['"other"', etag.slice(1, -1), '']) {
      const { status } = await service.get('/v1/password-policy', { headers: { 'if-none-match': held } });
      t.equal(status, 200, held);
    }
    const english = await service.get('/v1/password-policy', { headers: { 'accept-language': 'en' } });
    t.equal(english.headers.get('etag'), etag, 'one answer for every language');
  });

  t.test('judges a password by every rule at once, in the language asked for', async (t) => {
    const { status, body, headers } = await evaluate({ password: 'Sarv7Boland9' });
    t.equal(status, 200);
    t.same(body, { acceptable: true, score: 4, violations: [] });
    t.equal(headers.get('cache-control'), 'no-store');

    const persian = await evaluate({ password: 'ali?' });
    t.equal(persian.body.acceptable, false);
    t.same(
      persian.body.violations.map(({ rule }: { rule: string }) => rule),
      ['min-length', 'upper-case', 'digit', 'allowed-characters', 'guessable'],
    );
    t.match(persian.body.violations[0], {
      code: 'password-too-short',
      detail: 'گذرواژه باید دست‌کم ۸ کاراکتر باشد.',
      parameters: { minLength: 8 },
    });
    const english = await evaluate({ password: 'ali?' }, { 'accept-language': 'en' });
    t.equal(english.body.violations[0].detail, 'The password must have at least 8 characters.');
    t.equal(english.headers.get('content-language'), 'en');
  });

  t.test('knows the national code or insurance number, mobile and e-mail address it is told', async (t) => {
    const password = 'Kv0499370899Tq';
    t.equal((await evaluate({ password })).body.acceptable, true);
    const { body } = await evaluate({
      password,
      nationalCode: '۰۴۹۹۳۷۰۸۹۹',
      mobile: '0912 437 0815',
      email: 'kvt@example.org',
    });
    t.same(
      body.violations.map(({ rule }: { rule: string }) => rule),
      ['national-code'],
    );
    const foreign = await evaluate({ password, insuranceNumber: '۰۴۹۹۳۷۰۸۹۹' });
    t.same(foreign.body.violations, body.violations);
    const mobile = await evaluate({ password: 'Kv09124370815Tq', mobile: '+989124370815' });
    t.same(
      mobile.body.violations.map(({ rule }: { rule: string }) => rule),
      ['mobile'],
    );
    const email = await evaluate({ password: 'Kv7Darvishi8Tq', email: 'darvishi@example.org' });
    t.same(
      email.body.violations.map(({ rule }: { rule: string }) => rule),
      ['email'],
    );
  });

  t.test('takes nothing but what it asks for', async (t) => {
    for (const body of [
      {},
      { password: null },
      { password: 8 },
      { password: ['a'] },
      { password: 'a', name: 'x' },
      { password: 'a', nationalCode: '123' },
    ]) {
      const { status, body: problem } = await evaluate(body);
      t.equal(status, 400, JSON.stringify(body));
      t.equal(problem.code, 'invalid-input');
    }
    t.equal((await evaluate({ password: 'x'.repeat(1025) })).status, 400);
    t.match((await evaluate({ password: 'x'.repeat(1024) })).body, { acceptable: false, score: 0 });
  });

  t.test('leaves no trace of what it was shown', async (t) => {
    const password = 'Zxq7Untraceable9';
    await evaluate({ password, mobile: '09124370815' });
    await evaluate({ password: `${password}?`, mobile: '09124370815' });
    t.notOk(service.logLines.some((line) => line.includes('Untraceable') || line.includes('9124370815')));
  });

  t.test('sends password managers to the page of the front end', async (t) => {
    const { status, headers } = await service.get('/.well-known/change-password');
    t.equal(status, 302);
    t.equal(headers.get('location'), 'https://front.example/account/password');
  });
});

t.test('a service with other settings', async (t) => {
  const service = await startTestService(t, {
    environment: { PASSWORD_POLICY: '{"profile":"nist-63b-4","minLength":16}', WEB_APP: 'off' },
  });

  t.test('has another policy', async (t) => {
    const { body } = await service.get('/v1/password-policy');
    t.equal(body.profile, 'custom (nist-63b-4)');
    t.equal(body.passwordRules, 'minlength: 16; maxlength: 128; allowed: ascii-printable;');
    const evaluation = await service.post('/v1/password-policy/evaluations', {
      password: 'درخت سرو کنار پنجره',
    });
    t.equal(evaluation.body.acceptable, true);
  });

  t.test('says that it has no page for changing passwords', async (t) => {
    const { status, body } = await service.get('/.well-known/change-password');
    t.equal(status, 404);
    t.equal(body.code, 'change-address-unknown');
  });
});
