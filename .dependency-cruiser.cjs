// The arrows of src/README.md: a layer imports only what stands below it.
const layers = [
  ['edges', '^src/(api|worker|cli)\\.ts$|^src/cli/'],
  ['web', '^src/(web|admin|jobs)/'],
  // The edges below take what it says as their first argument.
  ['services', '^src/services\\.ts$'],
  ['deliveries', '^src/deliveries/'],
  ['editions', '^src/editions/'],
  ['domains', '^src/(papers|subscribers)/'],
  ['ground', '^src/(mail|db)/'],
  ['base', '^src/(config|clock|log|errors)(\\.ts$|/)'],
]
const upward = layers.slice(1).map(([name, path], i) => ({
  name: `${name}-imports-nothing-above`,
  severity: 'error',
  from: { path },
  to: {
    path: layers
      .slice(0, i + 1)
      .map(([, above]) => above)
      .join('|'),
  },
}))
const only = (name, module, path) => ({
  name,
  severity: 'error',
  from: { pathNot: path },
  to: { path: module },
})
module.exports = {
  forbidden: [
    ...upward,
    {
      name: 'no-cycles',
      severity: 'error',
      from: { pathNot: 'src/db/generated' },
      to: { circular: true, pathNot: 'src/db/generated' },
    },
    {
      name: 'papers-and-subscribers-apart',
      severity: 'error',
      from: { path: '^src/papers/' },
      to: { path: '^src/subscribers/' },
    },
    {
      name: 'subscribers-and-papers-apart',
      severity: 'error',
      from: { path: '^src/subscribers/' },
      to: { path: '^src/papers/' },
    },
    only('prisma-only-in-db', '@prisma|src/db/generated|node_modules/pg/', '^src/db/'),
    only('nodemailer-only-in-mail', 'node_modules/nodemailer', '^src/mail/'),
    only('mjml-only-in-mail', 'node_modules/mjml', '^src/mail/'),
    only('fastify-only-at-the-edge', 'node_modules/(fastify|@fastify)', '^src/(web|admin|api\\.ts)'),
    only('node-cron-only-in-jobs', 'node_modules/node-cron', '^src/(jobs|worker\\.ts)'),
    only('yargs-only-in-cli', 'node_modules/yargs', '^src/cli'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
