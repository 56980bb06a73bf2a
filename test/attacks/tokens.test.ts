import { randomBytes, sign as signBytes } from 'node:crypto';
import t from 'tap';
import { createKeyring } from '../../src/kernel/keyring.ts';
import { deriveNoticeToken } from '../../src/kernel/notice-token.ts';
import { deriveSigningKey } from '../../src/kernel/signing-key.ts';
import { startTestService } from '../support/app.ts';
import { changeAddress, internationalOf, linkTokenAt, otherMobileOf } from '../support/contacts.ts';
import { signIn, signUp, startRecovery } from '../support/journey.ts';

t.test('tokens under attack', async (t) => {
  const service = await startTestService(t);
  const me = async (token: string) => (await service.get('/v1/me', { token })).status;
  const refresh = async (refreshToken: string) =>
    (await service.post('/v1/sessions/refresh', { refreshToken })).status;
  const person = await signUp(service);
  const { body } = await signIn(service, person);

  t.test('rule 5: a token of one kind is none of another', async (t) => {
    const flow = await startRecovery(service, person.nationalCode);
    for (const [name, token] of Object.entries({
      'refresh token': body.refreshToken,
      'device token': body.deviceToken,
      'flow token': flow.token,
      'session id': JSON.parse(Buffer.from(body.accessToken.split('.')[1], 'base64url').toString()).sid,
    })) {
      t.equal(await me(token), 401, `${name} as access token`);
    }
    for (const token of [body.accessToken.slice(0, 200), body.deviceToken, flow.token]) {
      t.equal(await refresh(token), 401);
    }
    const path = `/v1/recoveries/${flow.id}/challenge`;
    for (const token of [body.accessToken, body.refreshToken, body.deviceToken]) {
      t.equal((await service.post(path, { method: 'sms' }, { token })).status, 401, 'not a flow token');
    }
  });

  t.test(
    'rule 11: type, issuer, audience, life time and claims of an access token are checked',
    async (t) => {
      const [key] = service.config.secretKeys.map(deriveSigningKey);
      if (!key) throw new Error('no key');
      const { sub, sid } = JSON.parse(Buffer.from(body.accessToken.split('.')[1], 'base64url').toString());
      const right = {
        iss: service.config.publicUrl,
        aud: 'savabegh',
        sub,
        sid,
        exp: Math.floor(Date.now() / 1000) + 60,
      };
      // Signed by the service's own key: what is wrong is inside.
      const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const sign = (claims: object, typ = 'at+jwt') => {
        const input = `${encode({ alg: 'ES256', typ, kid: key.kid })}.${encode({ ...right, ...claims })}`;
        const signer = { key: key.privateKeyPem, dsaEncoding: 'ieee-p1363' } as const;
        return `${input}.${signBytes('sha256', Buffer.from(input), signer).toString('base64url')}`;
      };
      t.equal(await me(sign({})), 200, 'the right one is right');
      const now = Math.floor(Date.now() / 1000);
      for (const [name, token] of Object.entries({
        'another type': sign({}, 'JWT'),
        'another issuer': sign({ iss: 'https://elsewhere.example' }),
        'another audience': sign({ aud: 'somebody' }),
        'expired a second ago': sign({ exp: now - 1 }),
        'not yet valid': sign({ nbf: now + 60 }),
        'no session': sign({ sid: undefined }),
        'no account': sign({ sub: undefined }),
        'a session of nobody': sign({ sid: '019a0000-0000-7000-8000-000000000000' }),
        'another account than the session’s': sign({ sub: '019a0000-0000-7000-8000-000000000000' }),
      })) {
        t.equal(await me(token), 401, name);
      }
      for (const claims of [{ sid: "' or true --" }, { sid: 7 }, { sid: ['x'] }, { sub: { $ne: '' } }]) {
        const status = await me(sign(claims));
        t.equal(status, 401, JSON.stringify(claims));
      }
    },
  );

  t.test('rule 11: a token of a key that was rotated out is refused', async (t) => {
    const replica = await service.replica(
      { background: false },
      { SECRET_KEYS: `new:${randomBytes(32).toString('base64')}` },
    );
    t.equal((await replica.get('/v1/me', { token: body.accessToken })).status, 401);
    t.equal((await replica.post('/v1/sessions/refresh', { refreshToken: body.refreshToken })).status, 401);
    t.equal(await me(body.accessToken), 200);
    t.equal(await refresh(body.refreshToken), 200, 'a refused key ends no session');
  });

  t.test(
    'rule 8: a link of a notice is good for its purpose and its change alone, once, and cannot be made up',
    async (t) => {
      const post = async (action: string, token: unknown) =>
        (await service.post(`/v1/contact-changes/${action}`, { token })).status;
      const changing = await signUp(service);
      const { body: session } = await signIn(service, changing);
      await changeAddress(service, session.accessToken, 'mobile', otherMobileOf(changing.mobile));
      const link = await linkTokenAt(service, internationalOf(changing.mobile));
      const hold = await service.db.selectFrom('contact_hold').select('id').executeTakeFirstOrThrow();
      const keyring = createKeyring(service.config.secretKeys);
      const bytes = Buffer.from(link, 'base64url');
      for (let bit = 0; bit < bytes.length * 8; bit += 13) {
        const forged = Buffer.from(bytes);
        forged[bit >> 3] = (forged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        t.equal(await post('undo', forged.toString('base64url')), 422, `bit ${bit}`);
      }
      t.equal(await post('undo', deriveNoticeToken(keyring, 'recovery', hold.id)), 422, 'another purpose');
      t.equal(await post('undo', hold.id), 422, 'the id alone');
      t.equal(await post('undo', session.accessToken.slice(0, 200)), 422);
      for (const token of ['', '\u0000', 'x'.repeat(200)]) t.equal(await post('undo', token), 422);
      for (const token of [null, 7, [link], { token: link }, 'x'.repeat(201)]) {
        t.equal(await post('undo', token), 400);
      }
      t.equal(await post('undo', link), 204);
      t.equal(await post('undo', link), 422);
      t.equal(await post('confirmation', link), 422);
    },
  );
});
