import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';

const maxProofCharacters = 2_000;

export const proofOfWorkHeader = {
  'proof-of-work': Type.Optional(
    Type.String({
      maxLength: maxProofCharacters,
      description:
        'After 428 `proof-of-work-required`: base64url of the JSON `{"challenge", "solution": {"counter", "derivedKey"}}`, where ' +
        '`challenge` is that of the problem. For each counter from 0 the candidate key is SHA-256 over salt, nonce and the ' +
        'counter as four bytes, then `cost` − 1 times SHA-256 over the result; the right one begins with `keyPrefix` (all in ' +
        'hexadecimal). Good for the same request, once, for five minutes.',
    }),
  ),
};

export function getProofOfWork(request: FastifyRequest): string | null {
  const proof = request.headers['proof-of-work'];
  return typeof proof === 'string' ? proof : null;
}
