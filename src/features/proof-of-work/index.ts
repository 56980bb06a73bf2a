export { createPressure } from './pressure.ts';
export { getProofOfWork, proofOfWorkHeader } from './proof-of-work.schemas.ts';
export { createProofOfWork } from './proof-of-work.service.ts';
export {
  type Pressure,
  type ProofOfWork,
  proofOfWorkProblems,
  type RequestedWork,
} from './proof-of-work.ts';
