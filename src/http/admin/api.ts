/** The operator's API: every route below /api/v1/admin/, guarded by keys. */
import type { Routes } from '../contract/routes.js'
import { guardRoutes } from './guard/auth.js'
import { honourIdempotencyKeys } from './guard/idempotency.js'
import { alertRoutes } from './service/alerts.js'
import { auditRoutes } from './service/audit.js'
import { bounceRoutes } from './service/bounces.js'
import { eventRoutes } from './service/events.js'
import { editionStepRoutes } from './editions/edition-steps.js'
import { editionRoutes } from './editions/editions.js'
import { importRoutes } from './subscribers/imports.js'
import { keyRoutes } from './service/keys.js'
import { paperRoutes } from './papers/papers.js'
import { personalRoutes } from './service/personal.js'
import { checkRoutes } from './service/checks.js'
import { sendingRoutes } from './service/sending.js'
import { serviceRoutes } from './service/service.js'
import { subscriberStepRoutes } from './subscribers/subscriber-steps.js'
import { subscriberRoutes } from './subscribers/subscribers.js'
import { suppressionRoutes } from './subscribers/suppressions.js'

/** To be registered with the prefix `/api/v1/admin`. */
export const adminApi: Routes = async (app, { services }) => {
  guardRoutes(app, services)
  honourIdempotencyKeys(app, services)
  const groups = [
    keyRoutes,
    auditRoutes,
    subscriberRoutes,
    subscriberStepRoutes,
    importRoutes,
    paperRoutes,
    editionRoutes,
    editionStepRoutes,
    suppressionRoutes,
    serviceRoutes,
    checkRoutes,
    sendingRoutes,
    alertRoutes,
    eventRoutes,
    bounceRoutes,
    personalRoutes,
  ]
  for (const routes of groups) await app.register(routes, { services })
}
