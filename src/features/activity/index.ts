export { activityRoutes } from './activity.routes.ts';
export { createActivityService } from './activity.service.ts';
export {
  type ActivityKind,
  amending,
  cleanUpDecoyActivity,
  cleanUpOldActivity,
  deleteActivity,
  type Origin,
  recordActivity,
  recording,
  withdrawing,
} from './activity.ts';
