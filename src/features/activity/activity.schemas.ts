import { Type } from 'typebox';
import { type ActivityKind, activityKinds } from './activity-kinds.ts';

const maxEntries = 100;
const defaultEntries = 20;

export const ActivityQuery = Type.Object({
  cursor: Type.Optional(Type.String({ format: 'uuid', description: '`nextCursor` of the page before.' })),
  limit: Type.Integer({ minimum: 1, maximum: maxEntries, default: defaultEntries }),
});

export const ActivitySchema = Type.Object(
  {
    entries: Type.Array(
      Type.Object({
        id: Type.String({ format: 'uuid' }),
        kind: Type.Enum(Object.keys(activityKinds) as ActivityKind[]),
        title: Type.String({ description: 'For people, in the language of `Accept-Language`.' }),
        outcome: Type.Enum(['succeeded', 'refused']),
        by: Type.Enum(['person', 'organisation'], {
          description: 'Whether it came from somebody acting as the person, or from the organisation.',
        }),
        network: Type.String({ description: 'IPv4 /24 or IPv6 /48.', examples: ['192.0.2.0/24'] }),
        device: Type.Union([Type.String(), Type.Null()], { examples: ['Chrome, Android'] }),
        occurredAt: Type.String({ format: 'date-time' }),
      }),
    ),
    nextCursor: Type.Union([Type.String(), Type.Null()]),
  },
  { $id: 'Activity', title: 'Activity' },
);
