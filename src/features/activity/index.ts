export { activityRoutes } from './activity.routes.ts';
export { createActivityService } from './activity.service.ts';
export { cleanUpDecoyActivity, cleanUpOldActivity } from './activity.ts';
