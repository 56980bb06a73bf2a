export {
  cleanUpNetworks,
  createKnownNetworks,
  forgetNetworks,
  type KnownNetworks,
} from './known-networks.ts';
