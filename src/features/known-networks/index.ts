export {
  cleanUpNetworks,
  createKnownNetworks,
  forgetNetworks,
  isKnownNetwork,
  type KnownNetworks,
} from './known-networks.ts';
