/** The operator's API: every route below /api/v1/admin/, guarded by keys. */
import type { Routes } from '../web/routes.js'
import { guardRoutes } from './auth.js'
import { honourIdempotencyKeys } from './idempotency.js'
import { alertRoutes } from './routes/alerts.js'
import { auditRoutes } from './routes/audit.js'
import { editionStepRoutes } from './routes/edition-steps.js'
import { editionRoutes } from './routes/editions.js'
import { importRoutes } from './routes/imports.js'
import { keyRoutes } from './routes/keys.js'
import { paperRoutes } from './routes/papers.js'
import { serviceRoutes } from './routes/service.js'
import { subscriberStepRoutes } from './routes/subscriber-steps.js'
import { subscriberRoutes } from './routes/subscribers.js'
import { suppressionRoutes } from './routes/suppressions.js'

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
    alertRoutes,
  ]
  for (const routes of groups) await app.register(routes, { services })
}
