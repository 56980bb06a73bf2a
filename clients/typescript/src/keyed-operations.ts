// Made from openapi/openapi.json by "npm run generate".

type KeyedOperation = readonly [method: string, path: string, countsAttempts: boolean];

/** Operations that take an `Idempotency-Key`, and whether a refusal of theirs may have been counted as an attempt. */
export const keyedOperations: readonly KeyedOperation[] = [
  ['POST', '/v1/registrations', false],
  ['POST', '/v1/registrations/{id}/code', false],
  ['POST', '/v1/registrations/{id}/verification', true],
  ['POST', '/v1/registrations/{id}/completion', true],
  ['POST', '/v1/sessions', true],
  ['POST', '/v1/sessions/{id}/verification', true],
  ['POST', '/v1/sessions/refresh', false],
  ['PUT', '/v1/me/password', true],
  ['POST', '/v1/me/contact-changes/{id}/cancellation', true],
  ['POST', '/v1/me/mobile-changes', true],
  ['POST', '/v1/me/email-changes', true],
  ['POST', '/v1/me/mobile-changes/{id}/code', false],
  ['POST', '/v1/me/mobile-changes/{id}/verification', true],
  ['POST', '/v1/me/email-changes/{id}/code', false],
  ['POST', '/v1/me/email-changes/{id}/verification', true],
  ['POST', '/v1/me/email-removals', true],
  ['PUT', '/v1/me/security-answers', true],
  ['POST', '/v1/me/barred-kinds', true],
  ['POST', '/v1/me/barred-kinds/{id}/verification', true],
  ['POST', '/v1/disputes', false],
  ['POST', '/v1/recoveries', false],
  ['POST', '/v1/recoveries/{id}/challenge', false],
  ['POST', '/v1/recoveries/{id}/verification', true],
  ['PUT', '/v1/recoveries/{id}/password', false],
  ['POST', '/v1/recoveries/redemptions', true],
  ['POST', '/v1/branch/recoveries', false],
  ['POST', '/v1/branch/recoveries/{id}/approval', false],
  ['PATCH', '/v1/branch/insured-people/{id}', false],
  ['POST', '/v1/branch/insured-people/{id}/merge', false],
  ['POST', '/v1/branch/changes/{id}/approval', false],
  ['POST', '/v1/branch/changes/{id}/reversal', false],
  ['POST', '/v1/employer-lists/{id}/withdrawal', false],
];
