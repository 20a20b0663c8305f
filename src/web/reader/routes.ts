/** What a reader meets on the way from sign-up to goodbye. */
import type { Routes } from '../routes.js'
import { confirmRoutes } from './confirm.js'
import { takeAnyForm } from './request.js'
import { signupRoutes } from './signup.js'
import { unsubscribeRoutes } from './unsubscribe.js'

export const readerRoutes: Routes = async (app, options) => {
  takeAnyForm(app)
  for (const routes of [signupRoutes, confirmRoutes, unsubscribeRoutes]) await app.register(routes, options)
}
