import t from 'tap';
import { startTestService } from '../support/app.ts';

// biome-ignore lint/suspicious/noExplicitAny: the document is walked as the JSON that it is
type Json = any;

const { body: document } = await (await startTestService(t)).get('/openapi.json');

type Visit = (schema: Json, place: string) => void;

/** Every object of the document but examples, with the place where it stands. */
function walk(part: Json, visit: Visit, place = '#'): void {
  if (typeof part !== 'object' || part === null) return;
  visit(part, place);
  for (const [key, value] of Object.entries(part))
    if (key !== 'examples' && key !== 'example') walk(value, visit, `${place}/${key}`);
}

/** Places where it does not hold; `looked` shows that there was something to look at. */
function exceptions(isConcerned: (part: Json) => boolean, holds: (part: Json, place: string) => boolean) {
  const places: string[] = [];
  let looked = 0;
  walk(document, (part, place) => {
    if (!isConcerned(part)) return;
    looked += 1;
    if (!holds(part, place)) places.push(place);
  });
  t.ok(looked > 0, `${looked} were looked at`);
  return places;
}

const operations: Json[] = Object.values<Json>(document.paths).flatMap((item) => Object.values(item));

t.test('whole numbers say how wide they are, in the format and in their bounds', async (t) => {
  const faults = exceptions(
    ({ type }) => type === 'integer',
    ({ format, minimum, maximum }) =>
      Number.isSafeInteger(minimum) &&
      Number.isSafeInteger(maximum) &&
      (format === 'int64' || (format === 'int32' && minimum >= -(2 ** 31) && maximum < 2 ** 31)),
  );
  t.same(faults, []);
  for (const name of ['Money', 'SignedMoney']) t.equal(document.components.schemas[name].format, 'int64');
});

t.test('closed lists are lists of texts and say so', async (t) => {
  t.same(
    exceptions(
      (part) => Array.isArray(part.enum),
      (part) => part.type === 'string' && part.enum.every((value: unknown) => typeof value === 'string'),
    ),
    [],
  );
  t.same(
    exceptions(
      (part) => typeof part.type === 'string',
      (part) => !('const' in part),
    ),
    [],
  );
});

t.test('codes that may come in greater number are text, with the present ones named', async (t) => {
  const { schemas } = document.components;
  for (const name of ['ProblemCode', 'FindingCode', 'ActivityKind', 'OAuthErrorCode']) {
    t.equal(schemas[name].type, 'string');
    t.ok(schemas[name]['x-extensible-enum'].length > 3, name);
    t.notOk('enum' in schemas[name]);
  }
});

t.test('every object of JSON has a name, once', async (t) => {
  const isNamed = /^#\/components\/schemas\/[^/]+$/;
  const isForm = /\/content\/(multipart\/form-data|application\/x-www-form-urlencoded)\/schema$/;
  const faults = exceptions(
    (part) => part.type === 'object' && part.properties !== undefined,
    (_part, place) => isNamed.test(place) || isForm.test(place),
  );
  t.same(faults, []);
  const { schemas } = document.components;
  for (const name of ['JalaliMonth', 'LocalisedText', 'Days', 'Money', 'Workshop', 'HistoryType'])
    t.ok(schemas[name], name);
  t.equal(schemas.RecordYear.properties.days.$ref, '#/components/schemas/Days');
  t.equal(schemas.RecordYear.properties.days.description, 'Of the months shown.');
});

t.test('an operation has one shape of success', async (t) => {
  for (const { operationId, responses } of operations) {
    const shapes = new Set(
      Object.entries<Json>(responses).flatMap(([status, { content }]) => {
        const schema = Number(status) < 300 && content?.['application/json']?.schema;
        return schema ? [JSON.stringify(schema)] : [];
      }),
    );
    t.ok(shapes.size <= 1, operationId);
  }
});

t.test('what can be wrong with a body is said where one is read, and nowhere else', async (t) => {
  // In the form of OAuth (RFC 6749 §5.2).
  const inOAuth = ['getMachineToken', 'pushAuthorizationRequest'];
  const inProblems = operations.filter(({ operationId }) => !inOAuth.includes(operationId));
  for (const { operationId, requestBody, responses } of inProblems) {
    const named = ['413', '415'].filter((status) => status in responses);
    t.same(named, requestBody ? ['413', '415'] : [], operationId);
  }
});

t.test('answers may get more members, requests take no others', async (t) => {
  const { schemas } = document.components;
  t.equal(schemas.Profile.additionalProperties, true);
  t.equal(schemas.Problem.additionalProperties, true);
  t.equal(schemas.FieldError.additionalProperties, true);
  t.equal(schemas.CodeProof.additionalProperties, false);
  t.equal(schemas.SignInWithNationalCode.additionalProperties, false);
});

t.test('of a choice each alternative is an object with a name and what it needs', async (t) => {
  const { schemas } = document.components;
  t.same(schemas.RecoveryProof.anyOf, [
    { $ref: '#/components/schemas/RecoveryProofWithCode' },
    { $ref: '#/components/schemas/RecoveryProofWithAnswers' },
  ]);
  t.same(schemas.RecoveryProofWithCode.required, ['code']);
  t.same(Object.keys(schemas.RecoveryProofWithCode.properties), ['code']);
  t.same(schemas.SignInWithInsuranceNumber.required, ['insuranceNumber', 'password']);
  t.notOk('nationalCode' in schemas.SignInWithInsuranceNumber.properties);
});

t.test('what has a default may be left out', async (t) => {
  t.same(
    exceptions(
      (part) => part.in !== undefined && part.schema?.default !== undefined,
      (part) => !part.required,
    ),
    [],
  );
  // Generators take a member with a default for one that must be given.
  const bodies = Object.entries<Json>(document.components.schemas).filter(([, { properties }]) =>
    Object.values<Json>(properties ?? {}).some((schema) => 'default' in schema),
  );
  t.same(bodies, []);
});

t.test('the title is one that packages can be called by', async (t) => {
  t.match(document.info.title, /^[\x20-\x7e]+$/);
});

t.test('a parameter is not called what a shape is called', async (t) => {
  const { parameters, schemas } = document.components;
  t.same(
    Object.keys(parameters).filter((name) => name in schemas),
    [],
  );
});
