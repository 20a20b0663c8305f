// How the list grows, drawn by uPlot in the colours of the page.
const chart = document.querySelector('[data-chart]')

export async function drawGrowth() {
  if (!chart) return
  const days = JSON.parse(chart.dataset.chart)
  const { default: UPlot } = await import('/admin/chart/uPlot.esm.js')
  const data = [days.map(({ day }) => Date.parse(day) / 1000), days.map(({ active }) => active)]
  let plot
  const draw = () => {
    plot?.destroy()
    plot = new UPlot(options(), data, chart)
  }
  draw()
  addEventListener('resize', draw)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw)
}

function options() {
  const style = getComputedStyle(document.documentElement)
  const colour = (name) => style.getPropertyValue(name).trim()
  const axis = {
    stroke: colour('--muted'),
    font: `12px ${colour('--sans')}`,
    grid: { stroke: colour('--hairline'), width: 1 },
    ticks: { show: false },
  }
  const dates = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
  return {
    width: chart.clientWidth,
    height: 180,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: aroundThe } },
    axes: [
      { ...axis, values: (_, marks) => marks.map((at) => dates.format(at * 1000)) },
      { ...axis, size: 60 },
    ],
    series: [{}, { stroke: colour('--accent'), width: 2, points: { show: false } }],
  }
}

/** Some room above and below the line, but never below nought. */
function aroundThe(_, low, high) {
  const room = (high - low || 1) * 0.1
  return [Math.max(0, low - room), high + room]
}
