import { randomBytes, sign as signBytes } from 'node:crypto';
import t from 'tap';
import { createKeyring } from '../../src/kernel/keyring.ts';
import { deriveNoticeToken } from '../../src/kernel/notice-token.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { deriveSigningKey } from '../../src/kernel/signing-key.ts';
import { startTestService } from '../support/app.ts';
import { changeAddress, internationalOf, otherMobileOf } from '../support/contacts.ts';
import { signIn, signUp, startRecovery } from '../support/journey.ts';
import { noticeToken, withEmail } from '../support/recovery.ts';

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
    'rule 8: the link of a notice is good for its event and its address alone, and cannot be made up',
    async (t) => {
      const post = async (token: unknown) => (await service.post('/v1/disputes', { token })).status;
      const changing = await signUp(service);
      const email = await withEmail(service, changing);
      const { body: session } = await signIn(service, changing);
      await changeAddress(service, session.accessToken, 'mobile', otherMobileOf(changing.mobile));
      const link = await noticeToken(service, changing.mobile, 'mobile-change-pending');
      const linkOfMail = await noticeToken(service, email, 'mobile-change-pending');
      t.not(link, linkOfMail, 'each address has its own');
      const event = await service.db
        .selectFrom('account_event')
        .where('cause', '=', 'change')
        .select('id')
        .executeTakeFirstOrThrow();
      const keyring = createKeyring(service.config.secretKeys);
      const mobile = internationalOf(changing.mobile);
      t.equal(link, deriveNoticeToken(keyring, event.id, mobile), 'what is forged here is what is sent');
      const bytes = Buffer.from(link, 'base64url');
      for (let bit = 0; bit < bytes.length * 8; bit += 13) {
        const forged = Buffer.from(bytes);
        forged[bit >> 3] = (forged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        t.equal(await post(forged.toString('base64url')), 422, `bit ${bit}`);
      }
      const elsewhere = internationalOf(otherMobileOf(changing.mobile));
      t.equal(await post(deriveNoticeToken(keyring, event.id, elsewhere)), 422, 'the new address has no say');
      const others = createKeyring([{ id: 'other', key: new Secret(randomBytes(32)) }]);
      t.equal(await post(deriveNoticeToken(others, event.id, mobile)), 422, 'another key');
      t.equal(
        await post(deriveNoticeToken(keyring, '019a0000-0000-7000-8000-000000000000', mobile)),
        422,
        'an event of nobody',
      );
      t.equal(await post(event.id), 422, 'the id alone');
      t.equal(await post(session.accessToken.slice(0, 100)), 422);
      for (const token of ['', '\u0000', 'x'.repeat(100)]) t.equal(await post(token), 422);
      for (const token of [null, 7, [link], { token: link }, 'x'.repeat(101)])
        t.equal(await post(token), 400);
      t.equal(
        (await service.get('/v1/me', { token: session.accessToken })).status,
        200,
        'nothing has happened',
      );
      t.equal(await post(link), 204);
      t.equal(await post(link), 204, 'the same again, and nothing new');
      t.equal(await post(linkOfMail), 204, 'the other address says the same');
      const { account_id: accountId } = await service.db
        .selectFrom('account_event')
        .where('id', '=', event.id)
        .select('account_id')
        .executeTakeFirstOrThrow();
      const locked = await service.db
        .selectFrom('activity')
        .where('account_id', '=', accountId)
        .where('kind', '=', 'account-locked')
        .select('id')
        .execute();
      t.equal(locked.length, 1);
    },
  );
});
