import { Type } from 'typebox';
import { browserHeaders } from '../../http/browser-cookies.ts';
import { Uuid } from '../../http/fields.ts';
import { longestCodeText } from '../../kernel/one-time-code.ts';

export const FlowParams = Type.Object({
  id: Uuid('Id of the flow.'),
});

export const CodeBody = Type.Object(
  {
    code: Type.String({
      format: 'one-time-code',
      maxLength: longestCodeText,
      description:
        'The six digits of the message, in Persian, Arabic or Latin digits, also in two halves or with the message around them.',
      examples: ['123456'],
    }),
  },
  { title: 'CodeProof', additionalProperties: false },
);

export const DeviceHeaders = Type.Object({
  'device-token': Type.Optional(
    Type.String({
      maxLength: 100,
      description:
        'From an earlier sign-in on this device; without it the cookie is taken. Wrong guesses made elsewhere do not count ' +
        'against a known device.',
    }),
  ),
  ...browserHeaders,
});
