import t from 'tap';
import { startTestService } from '../support/app.ts';
import { insuredPerson, signUp } from '../support/journey.ts';

const beat = 60;
const service = await startTestService(t, { overrides: { serverLimits: { responseQuantumMs: beat } } });

/** Status and milliseconds. */
async function timed(path: string, body: object, token?: string): Promise<[number, number]> {
  const started = performance.now();
  const { status } = await service.post(path, body, token === undefined ? {} : { token });
  return [status, performance.now() - started];
}

t.test('whoever gives a national code is answered on a beat, whatever was found', async (t) => {
  const [known, unknown] = [await signUp(service), await insuredPerson(service)];
  for (const { nationalCode, birthDate, mobile } of [known, unknown]) {
    const { body: flow } = await service.post('/v1/recoveries', { nationalCode });
    const path = `/v1/recoveries/${flow.id}`;
    const answers = [
      await timed('/v1/sessions', { nationalCode, password: 'Wrong7Words' }),
      await timed('/v1/registrations', { nationalCode, birthDate, mobile }),
      await timed('/v1/recoveries', { nationalCode }),
      await timed(`${path}/challenge`, { method: 'sms' }, flow.flowToken),
      await timed(`${path}/verification`, { code: '000000' }, flow.flowToken),
      await timed('/v1/recoveries', { nationalCode: 'x' }),
    ];
    t.same(
      answers.map(([status]) => status),
      [401, 201, 201, 200, 422, 400],
    );
    for (const [index, [, milliseconds]] of answers.entries()) {
      t.ok(milliseconds >= beat, `answer ${index} after ${milliseconds} ms`);
    }
  }
});

t.test('the fastest answers of many come within a moment of the beat', async (t) => {
  const { nationalCode } = await insuredPerson(service);
  const times: number[] = [];
  for (let n = 0; n < 12; n += 1) times.push((await timed('/v1/recoveries', { nationalCode }))[1]);
  times.sort((a, b) => a - b);
  t.ok((times[0] ?? 0) >= beat);
  // On a busy machine some answers are a beat later, none is in between but for the way back to the client.
  t.ok((times[2] ?? 0) % beat < beat / 2, `${times}`);
});
