import t from 'tap';
import { createNetworkTest } from '../../src/http/networks.ts';
import { asNumericNetworks } from '../../src/settings/parsers.ts';

t.test('an address is in a network, however it is written', async (t) => {
  const isIn = createNetworkTest(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32']);
  for (const address of ['10.1.2.3', '192.0.2.7', '2001:db8:1::5', '::ffff:10.1.2.3'])
    t.ok(isIn(address), address);
  for (const address of ['11.0.0.1', '192.0.2.8', '2001:db9::1', '::ffff:11.0.0.1', '', 'x']) {
    t.notOk(isIn(address), address);
  }
  t.ok(createNetworkTest([])('203.0.113.9'), 'without any, every address is');
});

t.test('networks are given in numbers', async (t) => {
  t.same(asNumericNetworks('10.0.0.0/8, 2001:db8::/32'), ['10.0.0.0/8', '2001:db8::/32']);
  for (const bad of ['loopback', '10.0.0.0/33', 'branch.example'])
    t.throws(() => asNumericNetworks(bad), bad);
});
