import { Type } from 'typebox';
import { problemResponses } from '../../http/problems.ts';
import { clientProblems, machineGuardProblems } from '../clients/index.ts';
import { employerListProblems } from './employer-lists.problems.ts';
import { uploadLimits } from './upload.ts';

/** What every route has that takes the files of a list. */

/** What an upload is made of, for the contract alone: the form is streamed, not validated by a schema. */
const listForm = Type.Object(
  {
    list: Type.Array(Type.String({ format: 'binary' }), {
      minItems: 1,
      maxItems: 2,
      description: 'Two files, DSKKAR00.DBF and DSKWOR00.DBF, or one zip file with both.',
    }),
  },
  { description: 'The names of the form’s fields do not matter, those of the files do.' },
);

/** Writes the form into the contract. */
export function withListForm<Schema, Url>({ schema, url }: Readonly<{ schema: Schema; url: Url }>) {
  return { schema: { ...schema, body: { content: { 'multipart/form-data': { schema: listForm } } } }, url };
}

/** For @fastify/multipart. */
export const uploadOptions = { limits: uploadLimits, throwFileSizeLimit: false } as const;

export const uploadProblems = problemResponses(
  ...machineGuardProblems,
  employerListProblems.filesMissing,
  employerListProblems.zipUnreadable,
  clientProblems.workshopNotAllowed,
);
