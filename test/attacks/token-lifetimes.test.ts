import t from 'tap';
import { startTestService } from '../support/app.ts';
import { askToken, basic, machineClient } from '../support/clients.ts';
import { signIn, signUp } from '../support/journey.ts';

const service = await startTestService(t);

/** What a signed token (RFC 7519) says of its own life, in seconds. */
function lifetimeOf(token: string): number {
  const { exp, iat } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return exp - iat;
}

/** Every signed token in an answer, wherever it stands. */
function signedTokensIn(text: string): string[] {
  return text.match(/eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/g) ?? [];
}

t.test('every signed token lives for ten minutes, as the answer that brings it says', async (t) => {
  const person = await signUp(service);
  const signedIn = await signIn(service, person);
  const { refreshToken } = signedIn.body;
  const refreshed = await service.post('/v1/sessions/refresh', { refreshToken });
  const repeated = await service.post('/v1/sessions/refresh', { refreshToken });
  const { clientId, secret } = await machineClient(service, ['employer-lists:read']);
  const machine = await askToken(service, basic(clientId, secret));
  for (const [name, answer, said] of [
    ['sign-in', signedIn, signedIn.body.accessTokenExpiresInSeconds],
    ['refresh', refreshed, refreshed.body.accessTokenExpiresInSeconds],
    ['repeated refresh', repeated, repeated.body.accessTokenExpiresInSeconds],
    ['machine client', machine, machine.body.expires_in],
  ] as const) {
    const tokens = signedTokensIn(answer.text);
    t.equal(tokens.length, 1, `${name}: one signed token`);
    for (const token of tokens) t.equal(lifetimeOf(token), 600, name);
    t.equal(said, 600, `${name}: as it says`);
  }
});
