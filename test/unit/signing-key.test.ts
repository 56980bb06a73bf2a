import {
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  sign,
  verify,
} from 'node:crypto';
import t from 'tap';
import { type NamedKey, Secret } from '../../src/kernel/secret.ts';
import { deriveSigningKey } from '../../src/kernel/signing-key.ts';

const secretOf = (n: number) => createHash('sha256').update(`probe ${n}`).digest();
const namedKey = (n: number): NamedKey => ({ id: 'test', key: new Secret(new Uint8Array(secretOf(n))) });

/** Whether the private number starts with a zero byte, which `getPrivateKey` leaves out: one in 256 does. */
function startsWithZero(n: number): boolean {
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(Buffer.from(hkdfSync('sha256', secretOf(n), '', 'savabegh/es256/0', 32)));
  return pair.getPrivateKey().length < 32;
}

t.test('what a derived key signs, its public key verifies, whatever the secret', async (t) => {
  const data = Buffer.from('a token');
  const secrets = Array.from({ length: 1_000 }, (_, n) => n);
  t.ok(secrets.filter(startsWithZero).length > 0, 'numbers that start with a zero byte are among them');
  const broken = secrets.filter((n) => {
    const { privateKeyPem, publicKeyPem } = deriveSigningKey(namedKey(n));
    const signature = sign('sha256', data, createPrivateKey(privateKeyPem));
    return !verify('sha256', data, createPublicKey(publicKeyPem), signature);
  });
  t.same(broken, []);
});
