import { Type } from 'typebox';
import { Instant, Nullable, OpenEnum, StringEnum, Uuid } from '../../http/fields.ts';
import { NextCursor, pageQuery } from '../../http/paging.ts';
import { activityKinds } from './activity-kinds.ts';

export const ActivityQuery = Type.Object(pageQuery, { additionalProperties: false });

const Entry = Type.Object(
  {
    id: Uuid(),
    kind: OpenEnum(Object.keys(activityKinds), { title: 'ActivityKind' }),
    title: Type.String({ description: 'For people, in the language of `Accept-Language`.' }),
    outcome: StringEnum(['succeeded', 'refused']),
    by: StringEnum(['person', 'organisation'], {
      description: 'Whether it came from somebody acting as the person, or from the organisation.',
    }),
    network: Type.String({ description: 'IPv4 /24 or IPv6 /48.', examples: ['192.0.2.0/24'] }),
    device: Nullable(Type.String(), { examples: ['Chrome, Android'] }),
    occurredAt: Instant(),
  },
  { title: 'ActivityEntry' },
);

export const ActivitySchema = Type.Object(
  { entries: Type.Array(Entry), nextCursor: NextCursor },
  { $id: 'ActivityPage', title: 'ActivityPage' },
);
