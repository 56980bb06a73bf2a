import t from 'tap';
import { startTestService } from '../support/app.ts';
import {
  challengedRecovery,
  codeSentTo,
  goodPassword,
  insuredPerson,
  messagesTo,
  otherPassword,
  securityAnswers,
  setRecoveredPassword,
  signIn,
  signUp,
} from '../support/journey.ts';

t.test('a person signs up, signs in, loses the password, gets back in', async (t) => {
  const service = await startTestService(t);
  const person = await insuredPerson(service);

  const started = await service.post('/v1/registrations', {
    nationalCode: person.nationalCode,
    birthDate: person.birthDate,
    mobile: person.mobile,
  });
  t.equal(started.status, 201);
  t.equal(started.headers.get('cache-control'), 'no-store');
  t.match(started.body.destination, /^09\d\d•••\d{4}$/);
  const registration = { token: started.body.flowToken };

  const verified = await service.post(
    `/v1/registrations/${started.body.id}/verification`,
    { code: await codeSentTo(service, person.mobile) },
    registration,
  );
  t.equal(verified.status, 200);

  const completed = await service.post(
    `/v1/registrations/${started.body.id}/completion`,
    {
      password: goodPassword,
      passwordConfirmation: goodPassword,
      email: 'somebody@example.org',
      securityAnswers: await securityAnswers(service),
    },
    registration,
  );
  t.equal(completed.status, 201, completed.text);

  const session = await signIn(service, person);
  t.equal(session.status, 201);
  t.ok(session.body.deviceToken);

  const profile = await service.get('/v1/me', { token: session.body.accessToken });
  t.equal(profile.status, 200);
  t.equal(profile.body.nationalCode, person.nationalCode);
  t.match(profile.body.mobile, /•••/, 'contacts are masked');
  t.equal(profile.body.email, null, 'nothing is trusted that has not been proved');

  const flow = await challengedRecovery(service, person);
  const proved = await service.post(
    `/v1/recoveries/${flow.id}/verification`,
    { code: flow.code },
    { token: flow.token },
  );
  t.equal(proved.status, 200, proved.text);
  const reset = await setRecoveredPassword(service, flow, otherPassword);
  t.equal(reset.status, 200);
  t.same(reset.body, { cancelledChanges: [] }, 'no session is created');

  t.equal(
    (await service.get('/v1/me', { token: session.body.accessToken })).status,
    401,
    'the old session has ended',
  );
  t.equal((await signIn(service, person)).status, 401, 'the old password is refused');
  const again = await signIn(service, person, otherPassword);
  t.equal(again.status, 201, 'the new one is accepted');

  const purposes = (await messagesTo(service, person.mobile)).map(({ purpose }) => purpose);
  t.same(
    purposes,
    [
      'signed-in-on-new-device',
      'password-recovered-here',
      'recovery-code',
      'signed-in-on-new-device',
      'welcome',
      'registration-code',
    ],
    'the owner was told',
  );
});

t.test('a signed-in person changes the password and keeps this session only', async (t) => {
  const service = await startTestService(t);
  const person = await signUp(service);
  const { body: here } = await signIn(service, person);
  const { body: elsewhere } = await signIn(service, person);
  const change = (currentPassword: string, newPassword: string, newPasswordConfirmation = newPassword) =>
    service.put(
      '/v1/me/password',
      { currentPassword, newPassword, newPasswordConfirmation },
      { token: here.accessToken },
    );

  const wrong = await change(otherPassword, otherPassword);
  t.equal(wrong.body.code, 'current-password-not-accepted');
  const mismatch = await change(goodPassword, otherPassword, `${otherPassword}x`);
  t.equal(mismatch.status, 422);
  t.equal(mismatch.body.errors[0].pointer, '/newPasswordConfirmation');
  t.equal(
    (await change(goodPassword, goodPassword)).body.code,
    'password-refused',
    'the current one is not a new one',
  );

  t.equal((await change(goodPassword, otherPassword)).status, 200);
  t.equal((await service.get('/v1/me', { token: here.accessToken })).status, 200);
  t.equal((await service.get('/v1/me', { token: elsewhere.accessToken })).status, 401);
  t.equal((await service.post('/v1/sessions/refresh', { refreshToken: elsewhere.refreshToken })).status, 401);
  t.equal((await service.post('/v1/sessions/refresh', { refreshToken: here.refreshToken })).status, 200);
});
