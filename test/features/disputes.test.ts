import { sql } from 'kysely';
import t from 'tap';
import { startTestService, type TestService } from '../support/app.ts';
import {
  changeAddress,
  everyMessageEnded,
  internationalOf,
  messagesAt,
  otherMobileOf,
} from '../support/contacts.ts';
import {
  codeSentTo,
  goodPassword,
  otherPassword,
  type Person,
  setRecoveredPassword,
  signIn,
  signUp,
  startRecovery,
} from '../support/journey.ts';
import {
  accountOf,
  age,
  challenge,
  dispute,
  type Method,
  mailTo,
  noticeToken,
  rightAnswers,
  verify,
  withEmail,
} from '../support/recovery.ts';

const third = 'Jw5kBsf2Gc';
const hours = 3600;

/** The answer to the proof of a method, in a flow of its own or in the one given. */
async function prove(
  service: TestService,
  person: Person,
  method: Method,
  given?: { id: string; token: string },
) {
  const flow = given ?? (await startRecovery(service, person.nationalCode));
  // The pause before another message is not what is looked at here.
  await sql`update recovery set sent_at = null where id = ${flow.id}`.execute(service.db);
  await challenge(service, flow, method);
  if (method === 'questions') {
    return { ...flow, answer: await verify(service, flow, { answers: await rightAnswers(service) }) };
  }
  const address = `arezoo.${person.nationalCode}@example.ir`;
  const code =
    method === 'sms' ? await codeSentTo(service, person.mobile) : codeIn(await mailTo(service, address));
  return { ...flow, answer: await verify(service, flow, { code }) };
}

function codeIn(mails: { code: string | null }[]): string {
  const code = mails.find((mail) => mail.code)?.code;
  if (!code) throw new Error('no code');
  return code;
}

async function recover(
  service: TestService,
  person: Person,
  method: Method,
  password: string,
): Promise<void> {
  const flow = await prove(service, person, method);
  const { status, text } = await setRecoveredPassword(service, flow, password);
  if (status !== 200) throw new Error(`the recovery failed: ${text}`);
}

t.test('"it was not me"', async (t) => {
  const service = await startTestService(t);
  const person = async () => {
    const somebody = await signUp(service);
    return { somebody, email: await withEmail(service, somebody) };
  };
  const toCode = async (token: string) => (await dispute(service, token)).body?.code;

  t.test('after a recovery the link goes to the addresses that it did not rest on', async (t) => {
    const { somebody, email } = await person();
    await recover(service, somebody, 'sms', otherPassword);
    const [sms] = await messagesAt(service, internationalOf(somebody.mobile));
    t.match(sms, { purpose: 'password-recovered-here' });
    t.notMatch(sms?.text, /#dispute/);
    const [mail] = await mailTo(service, email);
    t.match(mail, { purpose: 'password-recovered', text: /\/notice#dispute=[\w-]{43}/ });
    t.match(mail?.text, /127\.0\.0\.x/, 'says from where');

    await recover(service, somebody, 'questions', third);
    t.match(await messagesAt(service, internationalOf(somebody.mobile)), [{ purpose: 'password-recovered' }]);
    const other = await noticeToken(service, somebody.mobile, 'password-recovered');
    t.not(other, await noticeToken(service, email, 'password-recovered'), 'each address has its own');
  });

  t.test('a stolen SIM is barred by the mailbox; then two kinds are needed', async (t) => {
    const { somebody, email } = await person();
    await recover(service, somebody, 'sms', otherPassword);
    const { body: session } = await signIn(service, somebody, otherPassword);
    const half = await startRecovery(service, somebody.nationalCode);
    const token = await noticeToken(service, email, 'password-recovered');
    t.equal((await dispute(service, token)).status, 204);
    t.equal((await dispute(service, token)).status, 204, 'the same answer again, and nothing new');
    t.equal((await service.get('/v1/me', { token: session.accessToken })).status, 401, 'sessions have ended');
    t.equal((await service.post('/v1/sessions/refresh', { refreshToken: session.refreshToken })).status, 401);
    const sent = (await messagesAt(service, internationalOf(somebody.mobile))).length;
    t.equal((await challenge(service, half, 'sms')).status, 200, 'who began a flow sees no difference');
    t.equal(
      (await messagesAt(service, internationalOf(somebody.mobile))).length,
      sent,
      'and it opens nothing',
    );
    t.equal((await signIn(service, somebody, otherPassword)).body.code, 'account-locked');
    t.equal(
      (await signIn(service, somebody, goodPassword)).status,
      401,
      'told after the right password only',
    );
    const account = await accountOf(service, somebody);
    t.match(account, { state: 'locked-two', barred_kinds: ['mobile'] });
    const [told] = await mailTo(service, email);
    t.equal(told?.purpose, 'account-locked');
    t.not(
      (await messagesAt(service, internationalOf(somebody.mobile)))[0]?.purpose,
      'account-locked',
      'not the thief',
    );

    const one = await prove(service, somebody, 'email');
    t.match(one.answer.body, { next: 'prove-another-method', methods: ['sms', 'questions'] });
    t.equal((await setRecoveredPassword(service, one, third)).status, 409, 'one kind opens nothing');
    const two = await prove(service, somebody, 'questions', one);
    t.equal(two.answer.body.next, 'set-password');
    t.equal((await setRecoveredPassword(service, two, third)).status, 200);
    t.equal((await signIn(service, somebody, third)).status, 201);
    t.match(
      await accountOf(service, somebody),
      { state: 'open', barred_kinds: ['mobile'] },
      'barred all the same',
    );
  });

  t.test('what was proved by a barred kind counts for nothing, alone or with another', async (t) => {
    const { somebody } = await person();
    const db = service.db.updateTable('account').where('national_code', '=', somebody.nationalCode);
    await db.set({ barred_kinds: ['answers'] }).execute();
    const byAnswers = await prove(service, somebody, 'questions');
    t.equal(byAnswers.answer.body.next, 'prove-another-method');
    t.equal((await prove(service, somebody, 'sms', byAnswers)).answer.body.next, 'set-password');
    await db.set({ barred_kinds: ['answers'], lock: 'locked-two' }).execute();
    const again = await prove(service, somebody, 'questions');
    const both = await prove(service, somebody, 'sms', again);
    t.equal(both.answer.body.next, 'prove-another-method');
    t.equal((await prove(service, somebody, 'email', both)).answer.body.next, 'set-password');
    await db.set({ barred_kinds: ['answers', 'email'], lock: 'locked-two' }).execute();
    const last = await prove(service, somebody, 'sms', await prove(service, somebody, 'questions'));
    t.equal(last.answer.body.next, 'prove-another-method', 'a stranger is not told what is barred');
  });

  t.test('of answers that others know, the address speaks and one kind is enough', async (t) => {
    const { somebody } = await person();
    await recover(service, somebody, 'questions', otherPassword);
    t.equal(
      (await dispute(service, await noticeToken(service, somebody.mobile, 'password-recovered'))).status,
      204,
    );
    t.match(await accountOf(service, somebody), { state: 'locked', barred_kinds: ['answers'] });
    await recover(service, somebody, 'sms', third);
    t.equal((await signIn(service, somebody, third)).status, 201);
  });

  t.test('a change, of an address or of the password, is disputed from any trusted address', async (t) => {
    for (const change of ['address', 'password']) {
      const { somebody, email } = await person();
      const token = (await signIn(service, somebody)).body.accessToken;
      const passwords = {
        currentPassword: goodPassword,
        newPassword: otherPassword,
        newPasswordConfirmation: otherPassword,
      };
      if (change === 'address') await changeAddress(service, token, 'mobile', otherMobileOf(somebody.mobile));
      else await service.put('/v1/me/password', passwords, { token });
      const purpose = change === 'address' ? 'mobile-change-pending' : 'password-changed';
      await noticeToken(service, somebody.mobile, purpose);
      t.equal((await dispute(service, await noticeToken(service, email, purpose))).status, 204);
      t.match(await accountOf(service, somebody), { state: 'locked', barred_kinds: [] });
      const pending = await service.db
        .selectFrom('pending_change')
        .innerJoin('account', 'account.id', 'account_id');
      t.same(await pending.where('national_code', '=', somebody.nationalCode).select('kind').execute(), []);
      await recover(service, somebody, 'sms', third);
      t.equal((await signIn(service, somebody, third)).status, 201);
    }
  });

  t.test('a link is worth nothing once its address is barred, replaced or removed', async (t) => {
    for (const set of [
      { barred_kinds: ['email' as const] },
      { email: 'other@example.org' },
      { email: null },
    ]) {
      const { somebody, email } = await person();
      await recover(service, somebody, 'questions', otherPassword);
      const token = await noticeToken(service, email, 'password-recovered');
      await service.db
        .updateTable('account')
        .set(set)
        .where('national_code', '=', somebody.nationalCode)
        .execute();
      t.equal(await toCode(token), 'dispute-not-accepted');
      t.equal((await accountOf(service, somebody)).state, 'open');
    }
  });

  t.test('a link is good for 72 hours from when it left, and only as it was sent', async (t) => {
    const { somebody, email } = await person();
    await recover(service, somebody, 'sms', otherPassword);
    const token = await noticeToken(service, email, 'password-recovered');
    const flipped = `${token.slice(0, -2)}${token.at(-2) === 'A' ? 'B' : 'A'}${token.at(-1)}`;
    for (const wrong of ['', 'x', flipped, `${token}A`, token.slice(0, 42), 'A'.repeat(43)]) {
      t.equal(await toCode(wrong), 'dispute-not-accepted', wrong);
    }
    const { id } = await accountOf(service, somebody);
    const notice = service.db
      .updateTable('message')
      .where('account_id', '=', id)
      .where('purpose', '=', 'password-recovered');
    await notice.set({ state: 'handed_over', handed_over_at: new Date() }).execute();
    await age(service, 72 * hours + 5);
    t.equal(await toCode(token), 'dispute-not-accepted');
    await notice.set({ handed_over_at: new Date(Date.now() - 71 * hours * 1000) }).execute();
    t.equal((await dispute(service, token)).status, 204, 'it left late');
  });

  t.test('of twenty at once one locks, and the others are answered the same', async (t) => {
    const { somebody, email } = await person();
    await recover(service, somebody, 'sms', otherPassword);
    const token = await noticeToken(service, email, 'password-recovered');
    const answers = await Promise.all(Array.from({ length: 20 }, () => dispute(service, token)));
    t.ok(answers.every(({ status }) => status === 204));
    const { id } = await accountOf(service, somebody);
    const entries = await service.db
      .selectFrom('activity')
      .where('account_id', '=', id)
      .where('kind', '=', 'account-locked')
      .select('id')
      .execute();
    t.equal(entries.length, 1);
  });

  t.test('a disabled account stays disabled, and is locked when an operator opens it', async (t) => {
    const { somebody, email } = await person();
    await recover(service, somebody, 'sms', otherPassword);
    const account = service.db.updateTable('account').where('national_code', '=', somebody.nationalCode);
    await account.set({ disabled_at: new Date() }).execute();
    t.equal((await dispute(service, await noticeToken(service, email, 'password-recovered'))).status, 204);
    t.equal((await accountOf(service, somebody)).state, 'disabled');
    await account.set({ disabled_at: null }).execute();
    t.equal((await accountOf(service, somebody)).state, 'locked-two');
  });

  t.test('opening the link, or looking at it, changes nothing', async (t) => {
    const { somebody, email } = await person();
    await recover(service, somebody, 'sms', otherPassword);
    const token = await noticeToken(service, email, 'password-recovered');
    for (const method of ['GET', 'HEAD']) {
      for (const path of [`/notice?dispute=${token}`, `/v1/disputes?token=${token}`]) {
        await (await fetch(`${service.origin}${path}`, { method })).text();
      }
    }
    t.equal((await accountOf(service, somebody)).state, 'open');
  });
});

t.test('a notice by e-mail says when, with which device and from where', async (t) => {
  const service = await startTestService(t);
  const somebody = await signUp(service);
  const email = await withEmail(service, somebody);
  const { body: session } = await signIn(service, somebody);
  const devices = {
    'دستگاه «\u2066Firefox, Windows\u2069»':
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
    'دستگاهی ناشناس': 'x',
  };
  let current = goodPassword;
  for (const [index, [device, userAgent]] of Object.entries(devices).entries()) {
    const next = index === 0 ? otherPassword : third;
    const body = { currentPassword: current, newPassword: next, newPasswordConfirmation: next };
    const headers = { 'user-agent': userAgent };
    const answer = await service.put('/v1/me/password', body, { token: session.accessToken, headers });
    t.equal(answer.status, 200, answer.text);
    current = next;
    await everyMessageEnded(service);
    const text =
      (await mailTo(service, email)).find(({ purpose }) => purpose === 'password-changed')?.text ?? '';
    t.match(text, `با ${device} و نشانی اینترنتی \u2066127.0.0.x\u2069 تغییر کرد`);
    t.match(text, /در [۰-۹]{4}\/[۰-۹]{2}\/[۰-۹]{2} ساعت [۰-۹]{2}:[۰-۹]{2}/, 'in local time');
  }
});
