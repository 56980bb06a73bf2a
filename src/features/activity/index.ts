export { activityRoutes } from './activity.routes.ts';
export { createActivityService } from './activity.service.ts';
export { sweepActivityOfNobody, sweepOldActivity } from './activity.ts';
