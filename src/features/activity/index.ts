export { activityRoutes } from './activity.routes.ts';
export { createActivityService } from './activity.service.ts';
export { cleanUpActivityOfNobody, cleanUpOldActivity } from './activity.ts';
