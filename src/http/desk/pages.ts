/** The pages of the dashboard, its sections in the order in which they are shown. */
import { bouncePage } from './pages/bounces.js'
import type { DashboardPage } from './parts/page.js'
import { editionPages } from './pages/editions.js'
import { overviewPage } from './pages/overview.js'
import { paperPages } from './pages/papers.js'
import { personalPage } from './pages/personal.js'
import { servicePages } from './pages/service.js'
import { subscriberPages } from './pages/subscribers.js'

export const dashboardPages: DashboardPage[] = [
  overviewPage,
  ...editionPages,
  personalPage,
  ...paperPages,
  ...subscriberPages,
  bouncePage,
  ...servicePages,
]
