export { activityRoutes } from './activity.routes.ts';
export { createActivityService } from './activity.service.ts';
export {
  type ActivityKind,
  cleanUpDecoyActivity,
  cleanUpOldActivity,
  deleteActivity,
  type Origin,
  recordActivity,
  recording,
} from './activity.ts';
