import { asNumericNetworks } from '../../settings/parsers.ts';
import type { SettingsReader } from '../../settings/reader.ts';

/** From where officers may act for others; none: from everywhere. */
export const readBranchNetworks = (reader: SettingsReader): readonly string[] =>
  reader.read({
    name: 'BRANCH_NETWORKS',
    describe: 'addresses or networks that officers of branches may act from',
    parse: asNumericNetworks,
    fallback: [],
    otherwise: 'from everywhere',
  });
